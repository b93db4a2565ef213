"""Saves that cannot succeed, over a good file: a full or read-only disk, a bad layer.

    python benchmarks/refused.py FOLDER              a `get_config` that raises, a failing write
    python benchmarks/refused.py FOLDER --mounts     also the disks, which are mounted for it

`faults.py` runs the second in a mount namespace of its own, so that whatever happens the mounts
vanish with the process. The rows are printed as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import forks
import subject
from subject import SAVERS, SIZES, Content, Row, Size

OLD = SIZES["1 MB"]
UNPROVEN = [saver for saver in SAVERS if saver not in subject.PROVEN]


class Disk(NamedTuple):
    """A disk that is too small: for which model, over which, with how many bytes free."""

    new: Size
    old: Size
    rooms: tuple[int, ...]


LARGE = SIZES["10 MB"]
DISKS = {
    # The data do not fit.
    "full disk": Disk(
        LARGE, OLD, tuple(int(part * LARGE.bytes) for part in (0, 0.001, 0.01, 0.3, 0.6, 0.8))
    ),
    # What HDF5 writes last, at the end or when the file is closed, does not fit.
    "full disk, small tensors": Disk(Size(30, 8), Size(1, 8), tuple(range(0, 120_000, 15_000))),
}
NAMESPACE = ("unshare", "--mount")
RESCUE, BALLAST = "model.rescue.h5", "ballast"


class Attempt(NamedTuple):
    """One save that could not succeed: what the target is then, how it ended, what lies about."""

    found: Content | None
    ended: str
    strays: tuple[str, ...]


def attempt(saver: str, build: Callable[[], Any], target: Path, largest: int = -1) -> Attempt:
    """Try to save, and look at what is there afterwards; a rescue is no stray.

    Args:
        largest: The bytes that a file may have, beyond which the system refuses to write.
    """
    try:
        ended = forks.answer(_ended, saver, build, target, largest)
    except forks.Died as death:  # HDF5 may crash on a full disk
        ended = str(death)
    left = [name for name in subject.strays(target) if name not in (RESCUE, BALLAST)]
    return Attempt(subject.content(target), ended, tuple(left))


def _ended(saver: str, build: Callable[[], Any], target: Path, largest: int) -> str:
    """How a save ends, in words; run in a process of its own."""
    from saveguard.errors import report_of

    model = build()
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    try:
        SAVERS[saver](model, target)
    except Exception as error:  # noqa: BLE001  the error is what is looked at
        report = report_of(error)
        codes = ", ".join(report.codes) if report else ""
        return f"{type(error).__name__} {codes}".strip()
    return "no error"


def row(fault: str, saver: str, old: Content, new: Content, attempts: Sequence[Attempt]) -> Row:
    """The row of the table that these attempts make."""
    found = [each.found for each in attempts]
    left = sorted({name for each in attempts for name in each.strays})
    ended = sorted({each.ended for each in attempts})
    kept, replaced = found.count(old), found.count(new)
    lost = len(found) - kept - replaced
    told = (", ".join(left) or "none", "; ".join(ended))
    return Row(fault, saver, len(found), kept, replaced, lost, *told)


def raising_configuration(folder: Path, saver: str) -> Row:
    """A layer whose `get_config` raises, saved over a good file."""
    target = _good_file(folder)
    tried = [attempt(saver, raising_model, target)]
    return row("get_config raises", saver, Content(1, 1), Content(2, 1), tried)


def failing_write(folder: Path, saver: str) -> Row:
    """A larger model over a good file, some write of which the system refuses."""
    target, tried = _good_file(folder), []
    good = target.read_bytes()
    for part in (0.001, 0.01, 0.3, 0.6, 0.8, 0.99):
        target.write_bytes(good)
        build = partial(subject.build, LARGE, 2)
        tried.append(attempt(saver, build, target, int(part * LARGE.bytes)))
    return row("a write that fails", saver, Content(1, 1), Content(2, LARGE.tensors), tried)


def full_disk(folder: Path, saver: str, fault: str = "full disk") -> Row:
    """A larger model over a good file, with more and more room, but never enough."""
    new, old, rooms = DISKS[fault]
    disk = _mounted(folder, f"size={old.bytes + new.bytes + (4 << 20)}")
    good, tried = _good_file(folder, old), []
    for room in rooms:
        target = disk / "model.keras"
        shutil.copyfile(good, target)
        _leave(disk, room)
        tried.append(attempt(saver, partial(subject.build, new, 2), target))
        for path in disk.iterdir():
            path.unlink() if path.is_file() else shutil.rmtree(path)
    return row(fault, saver, Content(1, old.tensors), Content(2, new.tensors), tried)


def full_disk_at_the_end(folder: Path, saver: str) -> Row:
    """The same, where the last bytes do not fit."""
    return full_disk(folder, saver, "full disk, small tensors")


def read_only_disk(folder: Path, saver: str) -> Row:
    """A model over a good file on a disk that nobody may write to."""
    disk = _mounted(folder, f"size={4 * OLD.bytes}")
    target = disk / "model.keras"
    shutil.copyfile(_good_file(folder), target)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    tried = [attempt(saver, partial(subject.build, OLD, 2), target)]
    return row("read-only directory", saver, Content(1, 1), Content(2, 1), tried)


def raising_model() -> Any:
    """A model that Keras cannot save, as a layer raises when it is asked how it is made."""
    import keras

    class Raising(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs

        def get_config(self) -> dict[str, Any]:
            raise ValueError("the vocabulary is gone")

    inputs = keras.Input((OLD.rows,))
    return keras.Model(inputs, Raising()(keras.layers.Dense(OLD.rows)(inputs)))


def mounts_allowed() -> str:
    """Why no disk can be mounted in a namespace of its own; empty where one can."""
    command = [*namespace(), "sh", "-c", "mount -t tmpfs none /mnt"]
    try:
        tried = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        return str(error)
    return tried.stderr.strip() or "not permitted" if tried.returncode else ""


def namespace() -> list[str]:
    """The command in front of another that gives it mounts of its own."""
    root = os.geteuid() == 0
    return [*NAMESPACE] if root else [*NAMESPACE, "--map-root-user"]


def rows_of(folder: Path, mounts: bool, savers: Sequence[str]) -> list[Row]:
    """Every fault of this file, by those ways of saving, in a process of its own."""
    command = [sys.executable, __file__, str(folder), *(["--mounts"] if mounts else [])]
    command += ["--savers", *savers]
    done = subprocess.run(
        [*namespace(), *command] if mounts else command,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Row(*cells) for cells in json.loads(done.stdout.splitlines()[-1])]


def _good_file(folder: Path, size: Size = OLD) -> Path:
    good = folder / "good" / "model.keras"
    good.parent.mkdir(exist_ok=True)
    for path in good.parent.iterdir():
        path.unlink()
    forks.answer(_save_good, size, good)
    return good


def _save_good(size: Size, path: Path) -> None:
    subject.build(size, 1).save(path)


def _mounted(folder: Path, options: str) -> Path:
    disk = folder / f"disk-{len(list(folder.iterdir()))}"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(disk)], check=True)
    return disk


def _leave(disk: Path, room: int) -> None:
    """Fill a disk until `room` bytes are free."""
    state = os.statvfs(disk)
    with open(disk / BALLAST, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, state.f_bavail * state.f_frsize - room)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mounts", action="store_true")
    parser.add_argument("--savers", nargs="+", default=UNPROVEN)
    options = parser.parse_args()
    faults: list[Callable[[Path, str], Row]] = [raising_configuration, failing_write]
    if options.mounts:
        faults += [full_disk, full_disk_at_the_end, read_only_disk]
    rows = [fault(options.folder, saver) for fault in faults for saver in options.savers]
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
