"""Staging: a file is written beside its target, and takes its name at once or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from saveguard.persist import staging
from saveguard.persist.staging import flush, staged, sweep

# Begins a staging of its first argument, says so, and waits to be killed.
BEGINS = """
import sys, time
from saveguard.persist.staging import Staging
staging = Staging(sys.argv[1])
staging.path.write_bytes(b"half")
print(staging.folder, flush=True)
time.sleep(600)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")
    return path


def saved(target: Path, content: bytes, *, keep_previous: bool = False) -> Path | None:
    with staged(target) as begun:
        begun.path.write_bytes(content)
        return begun.commit(keep_previous=keep_previous)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def begun_elsewhere(target: Path) -> Iterator[Path]:
    """The folder of a staging in another process, which is killed when the block ends."""
    command = [sys.executable, "-c", BEGINS, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Path(process.stdout.readline().strip())
        process.kill()


def killed_in_the_middle(target: Path) -> Path:
    with begun_elsewhere(target) as folder:
        pass
    assert folder.is_dir()
    return folder


def test_the_target_stays_as_it_was_until_the_commit(target: Path) -> None:
    with staged(target) as begun:
        begun.path.write_bytes(b"new")
        assert target.read_bytes() == b"old"
        begun.commit()
        assert target.read_bytes() == b"new"


def test_an_error_leaves_the_target_and_nothing_else(target: Path) -> None:
    with pytest.raises(ZeroDivisionError), staged(target) as begun:
        begun.path.write_bytes(b"%d" % (1 // 0))
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["model.keras"]


def test_it_is_flushed_before_it_is_renamed(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    replace, fsync = os.replace, os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append("flush"), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("rename"), replace(a, b)))
    saved(target, b"new")
    assert order == ["flush", "rename", "flush"]


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o664, 0o755])
def test_permissions_of_the_previous_file_are_kept(target: Path, bits: int) -> None:
    target.chmod(bits)
    saved(target, b"new")
    assert mode(target) == bits


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_permissions_of_a_new_file_are_those_of_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        assert saved(tmp_path / "first.keras", b"new", keep_previous=True) is None
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert mode(tmp_path / "first.keras") == 0o666 & ~mask


def test_a_symbolic_link_is_followed_and_stays_a_link(target: Path) -> None:
    link = target.with_name("latest.keras")
    link.symlink_to(target.name)
    saved(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["latest.keras", "model.keras"]


@pytest.mark.parametrize("names_of_before", [[], ["model.keras.prev"]])
def test_the_last_file_is_kept_beside_the_new_one(
    target: Path, names_of_before: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in names_of_before:
        target.with_name(name).write_bytes(b"older")
    replace = os.replace

    def looked(source: Path, destination: Path) -> None:
        assert target.read_bytes() == b"old"
        replace(source, destination)
        assert target.exists()

    monkeypatch.setattr(os, "replace", looked)
    kept = saved(target, b"new", keep_previous=True)
    assert kept == target.with_name("model.keras.prev")
    assert (kept.read_bytes(), target.read_bytes()) == (b"old", b"new")
    assert names(target.parent) == ["model.keras", "model.keras.prev"]


def test_without_hard_links_the_last_file_is_copied(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    target.chmod(0o640)
    kept = saved(target, b"new", keep_previous=True)
    assert kept is not None
    assert (kept.read_bytes(), mode(kept)) == (b"old", 0o640)
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "aside"),
    [
        ("model.keras", "model.unproven.keras"),
        ("model.weights.h5", "model.unproven.weights.h5"),
        ("epoch.03.keras", "epoch.unproven.03.keras"),
        ("model", "model.unproven"),
    ],
)
def test_what_is_put_aside_has_its_mark_before_the_extensions(
    tmp_path: Path, name: str, aside: str
) -> None:
    (tmp_path / name).write_bytes(b"old")
    with staged(tmp_path / name) as begun:
        begun.path.write_bytes(b"new")
        assert begun.put_aside("unproven") == tmp_path / aside
    assert (tmp_path / name).read_bytes() == b"old"
    assert (tmp_path / aside).read_bytes() == b"new"
    assert names(tmp_path) == sorted([name, aside])


def test_two_at_once_write_files_of_their_own_and_the_last_wins(target: Path) -> None:
    with staged(target) as first, staged(target) as second:
        first.path.write_bytes(b"first")
        second.path.write_bytes(b"second")
        assert first.folder != second.folder
        first.commit()
        assert target.read_bytes() == b"first"
        second.commit()
    assert target.read_bytes() == b"second"
    assert names(target.parent) == ["model.keras"]


def test_many_threads_lose_nothing(target: Path) -> None:
    contents = [bytes([letter]) * 10_000 for letter in b"abcd"]
    with ThreadPoolExecutor() as threads:
        saves = [threads.submit(saved, target, content) for content in 50 * contents]
        found = {target.read_bytes() for _ in range(300)}
    assert not any(save.exception() for save in saves)
    assert found <= {b"old", *contents}
    assert names(target.parent) == ["model.keras"]


def test_what_a_killed_process_left_is_removed_by_the_next(target: Path) -> None:
    folder = killed_in_the_middle(target)
    saved(target, b"new")
    assert not folder.exists()
    assert names(target.parent) == ["model.keras"]


def test_the_living_are_spared(target: Path) -> None:
    with begun_elsewhere(target) as folder, staged(target):
        sweep(target)
        assert (folder / "model.keras").read_bytes() == b"half"
        assert len(names(target.parent)) == 3


def test_other_targets_are_none_of_its_business(target: Path) -> None:
    others = [target.with_name(name) for name in ("other.keras", "my.model.keras")]
    folders = [killed_in_the_middle(other) for other in others]
    saved(target, b"new")
    assert all(folder.is_dir() for folder in folders)


def test_files_and_links_of_that_name_are_left_alone(target: Path) -> None:
    mine = target.with_name(".model.keras.saveguard-notes")
    mine.write_text("mine")
    link = target.with_name(".model.keras.saveguard-link")
    link.symlink_to(target.parent)
    saved(target, b"new")
    assert mine.read_text() == "mine"
    assert link.is_symlink()


def test_a_folder_that_its_process_has_not_locked_yet_is_given_up(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    mkdtemp = staging.tempfile.mkdtemp

    def swept_at_once(**options: object) -> str:
        folder = mkdtemp(**options)
        if not made:
            sweep(target)
        made.append(Path(folder))
        return str(folder)

    monkeypatch.setattr(staging.tempfile, "mkdtemp", swept_at_once)
    saved(target, b"new")
    assert len(made) == 2
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["model.keras"]


def test_flush_takes_files_and_folders(target: Path) -> None:
    flush(target)
    flush(target.parent)
    with pytest.raises(FileNotFoundError):
        flush(target.with_name("nothing"))
