"""Several processes save to one path at once, while others read it all the time."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import forks
import subject
from subject import SAVERS, SIZES, Content, Row, Size

FAULT = "two writers at once"
WRITERS, READERS = 2, 1
# However slow the machine: so many saves of each writer, and reads of each reader.
LEAST = 3, 20


def run(folder: Path, saver: str, seconds: float, size: Size = SIZES["5 MB"]) -> Row:
    """Every read must find a whole file of one of the writers.

    Returns:
        The row of the table; `old` counts reads of the first file, `new` those of a writer's.
    """
    place = Path(tempfile.mkdtemp(dir=folder))
    target = place / "model.keras"
    forks.answer(_save_once, size, target)
    end = time.time() + 2 + seconds
    writers = [
        forks.begun(_write, saver, size, marker, target, end) for marker in range(1, WRITERS + 1)
    ]
    readers = [forks.begun(_read, target, end) for _ in range(READERS)]
    seen: Counter[Content | None] = Counter()
    for process, told in readers:
        seen.update(told.recv())
        process.join()
    told_by_writers = [told.recv() for _, told in writers]
    saves = sum(saves for saves, _ in told_by_writers)
    errors = Counter(error for _, errors in told_by_writers for error in errors)
    row = _row(saver, size, seen, saves, errors, subject.strays(target))
    shutil.rmtree(place)
    return row


def _row(
    saver: str,
    size: Size,
    seen: Counter[Content | None],
    saves: int,
    errors: Counter[str],
    strays: list[str],
) -> Row:
    old = seen[Content(0, size.tensors)]
    new = sum(seen[Content(marker, size.tensors)] for marker in range(1, WRITERS + 1))
    ended = f"{saves} saves" + "".join(f", {n} {name}" for name, n in errors.items())
    lost = seen.total() - old - new
    return Row(FAULT, saver, seen.total(), old, new, lost, ", ".join(strays) or "none", ended)


def _save_once(size: Size, target: Path) -> None:
    subject.build(size, 0).save(target)


def _write(
    saver: str, size: Size, marker: int, target: Path, end: float, telling: Connection
) -> None:
    """Save again and again until `end`; tell how often, and what was raised."""
    model = subject.build(size, marker)
    saves, errors = 0, []
    while time.time() < end or saves + len(errors) < LEAST[0]:
        try:
            SAVERS[saver](model, target)
            saves += 1
        except Exception as error:  # noqa: BLE001  counted
            errors.append(type(error).__name__)
    telling.send((saves, errors))


def _read(target: Path, end: float, telling: Connection) -> None:
    """Read again and again until `end`; tell how often each content was found."""
    seen: Counter[Content | None] = Counter()
    while time.time() < end or seen.total() < LEAST[1]:
        seen[subject.content(target)] += 1
        time.sleep(0.005)  # a broken file is found to be broken sooner than a whole one is read
    telling.send(seen)
