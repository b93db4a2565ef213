"""Which archives are found under files, folders and globs."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from saveguard.examine.find import Found, archives

HDF5 = b"\x89HDF\r\n\x1a\n"


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("config.json", "{}")
    return content.getvalue()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    def put(name: str, content: bytes = b"") -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    put("a.keras", b"cut")
    put("b/by-content", HDF5)
    put("b/behind-others.bin", b"x" * 512 + HDF5)
    put("b/behind-a-program", b"#!/bin/sh\n" + zipped())
    put("b/notes.txt", b"no archive")
    put("c/saved_model.pb")
    put("c/variables/variables.index", HDF5)
    put("d/config.json", b"{}")
    put("d/model.weights.h5", HDF5)
    put("e/config.json", b"{}")  # as transformers keep it
    put("e/tf_model.h5", HDF5)
    put(".git/objects/x.keras", HDF5)
    put("env/pyvenv.cfg")
    put("env/lib/x.h5", HDF5)
    return tmp_path


def names(folder: Path, *paths: str) -> list[str]:
    return [os.path.relpath(found.path, folder) for found in archives(paths or (str(folder),))]


def test_a_folder_is_walked_and_archives_are_known_by_their_content(tree: Path) -> None:
    assert names(tree) == [
        "a.keras",
        "b/behind-a-program",
        "b/behind-others.bin",
        "b/by-content",
        "c",
        "d",
        "e/tf_model.h5",
    ]


def test_only_what_is_named_like_an_archive_must_be_one(tree: Path) -> None:
    sure = {os.path.basename(found.path) for found in archives([str(tree)]) if found.sure}
    assert sure == {"a.keras", "c", "d", "tf_model.h5"}


def test_what_is_asked_for_by_name_is_never_left_out(tree: Path) -> None:
    asked = [str(tree / name) for name in ("b/notes.txt", "c", "gone.h5", ".git/objects/x.keras")]
    assert list(archives(asked)) == [Found(path) for path in asked]


def test_globs(tree: Path) -> None:
    assert names(tree, f"{tree}/**/*.h5") == ["d/model.weights.h5", "e/tf_model.h5", "env/lib/x.h5"]
    assert names(tree, f"{tree}/?") == names(tree)[1:]
    assert names(tree, f"{tree}/*.onnx") == []


def test_a_name_with_the_marks_of_a_glob_is_a_name_first(tmp_path: Path) -> None:
    (tmp_path / "m[1].keras").write_bytes(b"")
    (tmp_path / "m1.keras").write_bytes(b"")
    assert names(tmp_path, str(tmp_path / "m[1].keras")) == ["m[1].keras"]


def test_shards_belong_to_the_file_that_maps_them(tmp_path: Path) -> None:
    shards = {"/a": "m_00000.weights.h5", "/b": ["m_00001.weights.h5"]}
    (tmp_path / "m.weights.json").write_text(json.dumps({"weight_map": shards}))
    for name in ("m_00000.weights.h5", "m_00001.weights.h5", "other.weights.h5"):
        (tmp_path / name).write_bytes(HDF5)
    assert names(tmp_path) == ["m.weights.json", "other.weights.h5"]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"weight_map": 3}', '{"weight_map": {"a": [[]]}}', "[" * 9**5]
)
def test_a_map_that_is_none_hides_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.weights.json").write_text(text)
    (tmp_path / "m_00000.weights.h5").write_bytes(HDF5)
    assert names(tmp_path) == ["m.weights.json", "m_00000.weights.h5"]


def test_a_link_to_a_file_is_followed_and_a_link_to_a_folder_is_not(tree: Path) -> None:
    walked = tree / "links"
    walked.mkdir()
    (walked / "f.keras").symlink_to(tree / "a.keras")
    (walked / "up").symlink_to(tree)
    (walked / "dangling.h5").symlink_to(tree / "gone")
    assert names(tree, str(walked)) == ["links/f.keras"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_may_not_be_read_is_told(tree: Path) -> None:
    (tree / "b").chmod(0)
    try:
        assert Found(str(tree / "b"), unread="Permission denied") in list(archives([str(tree)]))
    finally:
        (tree / "b").chmod(0o700)


def test_a_folder_that_cannot_be_listed_is_told(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("/b"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = {os.path.basename(one.path): one for one in archives([str(tree)])}
    assert found["b"].unread == "Permission denied"
    assert "a.keras" in found


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.keras")
    assert names(tmp_path) == []
    pipe = str(tmp_path / "m.keras")
    assert list(archives([pipe])) == [Found(pipe, unread="it is neither a file nor a folder")]
