"""Damaged and hostile archives: read as far as they go, told what was not, and never more."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import archives
import h5py
import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saveguard.archive.budget import BUDGET, UNREADABLE, Damaged, NotUnderstood
from saveguard.archive.read import read
from saveguard.archive.values import blocks


def reread(path: Path, content: bytes) -> Any:
    path.write_bytes(content)
    return read(path)


def kinds(facts: Any) -> set[str]:
    return {part.kind for part in facts.unread}


def test_cut_at_any_byte(tmp_path: Path) -> None:
    held = archives.members()
    content = archives.zipped(tmp_path / "whole.keras", held).read_bytes()
    path = tmp_path / "cut.keras"
    for end in range(1, len(content), 61):
        assert reread(path, content[:end]).damage or end < 4, end
    # The configuration comes before the weights, so most of a cut file still tells it.
    assert len(reread(path, content[: len(content) // 2]).nodes) == 3


def test_a_legacy_file_cut_at_any_byte(tmp_path: Path) -> None:
    config = archives.sequential(archives.dense())
    content = archives.legacy(tmp_path / "whole.h5", config).read_bytes()
    for end in range(8, len(content), 61):
        facts = reread(tmp_path / "cut.h5", content[:end])
        assert facts.damage, end
    assert "stored_eof" in facts.damage and len(facts.nodes) == 3


def test_a_zip_archive_without_its_directory(tmp_path: Path) -> None:
    content = archives.zipped(tmp_path / "m.keras", archives.members()).read_bytes()
    facts = reread(tmp_path / "m.keras", content[: content.index(b"PK\x01\x02")])
    assert facts.damage == "BadZipFile: File is not a zip file" and facts.layout == "keras"
    assert len(facts.nodes) == 3 and len(facts.arrays) == 4
    assert [member.name for member in facts.members] == list(archives.members())


def test_compressed_weights_that_are_cut(tmp_path: Path) -> None:
    content = archives.zipped(tmp_path / "m.keras", archives.members(), 8).read_bytes()
    facts = reread(tmp_path / "m.keras", content[: content.index(b"PK\x01\x02") - 20])
    assert facts.damage and facts.arrays and len(facts.nodes) == 3


def test_a_save_that_was_killed(tmp_path: Path) -> None:
    """The member's header still says that it has no bytes."""
    content = bytearray(archives.zipped(tmp_path / "m.keras", archives.members()).read_bytes())
    at = content.index(b"model.weights.h5") - 30
    content[at + 14 : at + 26] = bytes(12)
    facts = reread(tmp_path / "m.keras", bytes(content[: content.index(b"PK\x01\x02")]))
    assert len(facts.arrays) == 4


def test_members_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    held = archives.members()
    other = json.dumps(archives.keras_3(archives.dense(name="other"))).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("config.json", other)
    facts = read(path)
    assert [m.duplicate for m in facts.members if m.name == "config.json"] == [True, False]
    assert facts.nodes[1].name == "other"


def test_a_name_that_the_directory_has_differently(tmp_path: Path) -> None:
    content = archives.zipped(tmp_path / "m.keras", archives.members()).read_bytes()
    facts = reread(tmp_path / "m.keras", content.replace(b"config.json", b"hidden.json", 1))
    member = next(member for member in facts.members if member.name == "config.json")
    assert member.local_name == "hidden.json" and "differ" in facts.damage


def test_a_checksum_that_does_not_hold(tmp_path: Path) -> None:
    content = archives.zipped(tmp_path / "m.keras", archives.members()).read_bytes()
    facts = reread(tmp_path / "m.keras", content.replace(b'"relu"', b'"tanh"'))
    assert "Bad CRC-32 for file 'config.json'" in facts.damage
    assert facts.nodes[-1].class_name == "tanh"
    kernel = archives.KERNEL.tobytes()
    facts = reread(tmp_path / "m.keras", content.replace(kernel, kernel[::-1]))
    assert "Bad CRC-32 for file 'model.weights.h5'" in facts.damage


def test_bytes_before_an_archive(tmp_path: Path) -> None:
    content = archives.zipped(tmp_path / "m.keras", archives.members()).read_bytes()
    facts = reread(tmp_path / "m.keras", b"#!/bin/sh\n" + content)
    assert not facts.damage and len(facts.arrays) == 4 and len(facts.nodes) == 3


def test_what_is_not_json(tmp_path: Path) -> None:
    held = archives.members() | {"config.json": b'{"class_name": "Dense", '}
    facts = read(archives.zipped(tmp_path / "m.keras", held))
    assert facts.damage.startswith("JSONDecodeError: config.json: ")
    assert kinds(facts) == {"damage"} and facts.unread[0].text == '{"class_name": "Dense", '


def test_halves_of_characters(tmp_path: Path) -> None:
    held = archives.members(archives.keras_3(archives.dense(name="a\ud800b")))
    facts = read(archives.zipped(tmp_path / "m.keras", held))
    assert facts.nodes[1].name == "a?b"


@pytest.mark.parametrize(
    "limit, what",
    [
        ({"members": 2}, "members"),
        ({"document": 100}, "config.json"),
        ({"depth": 3}, "config.json"),
        ({"values": 3}, "config.json"),
        ({"nodes": 2}, "config.json"),
        ({"objects": 3}, "layers"),
        ({"pieces": 30}, ""),
        ({"structure": 400}, ""),
    ],
    ids=str,
)
def test_what_is_over_the_budget_is_told(tmp_path: Path, limit: dict[str, int], what: str) -> None:
    path = archives.zipped(tmp_path / "m.keras", archives.members())
    facts = read(path, budget=msgspec.structs.replace(BUDGET, **limit))
    parts = [part for part in facts.unread if part.kind == "budget"]
    assert parts and what in parts[0].what and parts[0].why.startswith("over the budget of ")


def test_a_member_that_declares_too_much(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in archives.members().items():
            archive.writestr(name, content)
        with archive.open("assets/zeros", "w") as member:
            for _ in range(300):
                member.write(bytes(1 << 20))
    facts = read(path)
    assert [part.what for part in facts.unread] == ["assets/zeros"] and kinds(facts) == {"budget"}


def test_arrays_that_share_their_bytes(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w") as file:
        for name in "abc":
            file[name] = np.full(1000, ord(name), "f4")
        places = {name: file[name].id.get_offset() for name in "abc"}
    content = path.read_bytes()
    for name in "bc":
        content = content.replace(
            places[name].to_bytes(8, "little"), places["a"].to_bytes(8, "little")
        )
    facts = reread(path, content[: places["c"]] + bytes(0))
    assert facts.damage and sum(array.offset >= 0 for array in facts.arrays) < 3


def test_a_folder_with_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.keras")
    assert read(tmp_path / "pipe.keras").layout == ""
    held = archives.members()
    del held["config.json"]
    folder = archives.unpacked(tmp_path / "model", held)
    os.mkfifo(folder / "config.json")
    assert read(folder).unread[0].what == "config.json"


def test_values_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w", libver="latest") as file:
        file.create_dataset("rows", data=np.ones((64, 8)), chunks=(8, 8))
        file["words"] = ["a"]
    facts = read(path)
    assert kinds(facts) == {"unknown"}
    for array in facts.arrays:
        with pytest.raises(NotUnderstood):
            list(blocks(array))
    archives.weights(path)
    held = [array for array in read(path).arrays if array.role == "weight"]
    path.write_bytes(path.read_bytes()[: held[0].offset + 3])
    with pytest.raises(Damaged):
        list(blocks(held[0]))


def _seeds() -> list[bytes]:
    held = archives.members()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in held.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    latest = archives.weights(io.BytesIO(), libver="latest")
    return [packed.getvalue(), held["model.weights.h5"], latest]


@pytest.fixture(scope="module")
def seeds() -> list[bytes]:
    return _seeds()


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_change_leaves_facts(tmp_path: Path, seeds: list[bytes], data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(seeds)))
    rng = random.Random(data.draw(st.integers(0, 1 << 32)))
    for _ in range(data.draw(st.integers(1, 12))):
        at, width = rng.randrange(len(content)), rng.choice((1, 1, 2, 4, 8))
        number = rng.choice((0, 255, len(content), 1 << 40, rng.getrandbits(64)))
        content[at : at + width] = (number % (1 << 8 * width)).to_bytes(width, "little")
    path = tmp_path / "m"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    facts = read(path)
    assert facts.layout or facts.content in ("empty", "unknown", "text")
    for array in facts.arrays:
        with contextlib.suppress(*UNREADABLE):
            assert sum(piece.size for piece in blocks(array)) in (0, array.count)


def test_a_program_that_names_the_signature(tmp_path: Path) -> None:
    program = b"\x7fELF" + bytes(range(256)) * 8 + b"PK\x05\x06" + bytes(range(1, 200))
    assert reread(tmp_path / "program", program).content == "unknown"
