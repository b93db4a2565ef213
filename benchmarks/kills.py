"""Kill a process while it saves over a good file, at moments drawn from the whole of the save.

Each kill has a process of its own, which builds a model and says when the save begins.
"""

from __future__ import annotations

import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import forks
import phases
import subject
import warm
from subject import PROVEN, SAVERS, Content, Row, Size

FAULT = "SIGKILL in the middle of the save"
# Seconds that a process may take to build its model and to make its first proof.
PATIENCE = 300.0


class Task(NamedTuple):
    """A save for a fork to make."""

    saver: str
    size: Size
    marker: int
    target: Path
    trap: phases.Trap | None = None


def run(
    folder: Path,
    saver: str,
    size: Size,
    kills: int,
    seed: int = 0,
    samples: int = 10,
    phase: str = "",
) -> tuple[Row, float]:
    """Kill `kills` saves in the middle; kills that come after the end of a save do not count.

    Args:
        samples: One kept file in so many is also loaded by plain Keras, and must come back.
        phase: One of `phases.PHASES`, in which the save is then killed.

    Returns:
        The row of the table, and how many seconds a save takes that is left alone.
    """
    place = Path(tempfile.mkdtemp(dir=folder))
    good, target = folder / f"{place.name}.good.keras", place / "model.keras"
    undisturbed = 1 if phase else 3
    seconds = [_undisturbed(Task(saver, size, 1, target)) for _ in range(undisturbed)]
    shutil.copyfile(target, good)
    draw, found = random.Random(seed), []
    before = Content(1, size.tensors)
    for marker in range(2, 2 + 4 * kills):
        task, delay = Task(saver, size, marker, target), draw.uniform(0, 1.1 * max(seconds))
        if phase:
            task, delay = task._replace(trap=phases.Trap(phase, draw.random())), PATIENCE
        middle = _killed(task, delay)
        after = subject.content(target)
        whole = after in (before, Content(marker, size.tensors))
        if middle:
            found.append("lost" if not whole else "old" if after == before else "new")
            if whole and len(found) % samples == 0:
                assert forks.answer(subject.loads, target, after), f"{target} does not load"
        if not whole:
            shutil.copyfile(good, target)
        before = after if whole and after else Content(1, size.tensors)
        if len(found) == kills:
            break
    fault = f"SIGKILL while {phase}" if phase else FAULT
    row = _row(fault, saver, found, _strays_after_a_save(Task(saver, size, 1, target)))
    shutil.rmtree(place)
    good.unlink()
    return row, sorted(seconds)[len(seconds) // 2]


def _row(fault: str, saver: str, found: list[str], strays: list[str]) -> Row:
    counts = [found.count(name) for name in ("old", "new", "lost")]
    return Row(fault, saver, len(found), *counts, ", ".join(strays) or "none", "killed")


def _strays_after_a_save(task: Task) -> list[str]:
    _undisturbed(task)
    return subject.strays(task.target)


def _undisturbed(task: Task) -> float:
    """Save in peace; returns how many seconds the save took."""
    process, told = _begun(task)
    seconds = float(told.recv())
    process.kill()
    process.join()
    return seconds


def _killed(task: Task, delay: float) -> bool:
    """Kill a process `delay` seconds after its save began; whether the save was still going on."""
    process, told = _begun(task)
    told.poll(delay)
    process.kill()
    process.join()
    if process.exitcode != -signal.SIGKILL:
        raise forks.Died(f"{task.saver}: {forks.how_it_ended(process.exitcode)}")
    try:
        told.recv()
    except EOFError:
        return True
    return False


def _begun(task: Task) -> tuple[Any, Connection]:
    """A process whose save has just begun, and the pipe on which it says when it is done."""
    ends = warm.begun() if task.saver in PROVEN else None
    process, told = forks.begun(_save, task, ends)
    if ends is not None:
        ends.close()
    if not told.poll(PATIENCE):
        process.kill()
        raise TimeoutError(f"{task.saver} did not begin within {PATIENCE:g} s")
    told.recv()
    return process, told


def _save(task: Task, ends: warm.Ends | None, telling: Connection) -> None:
    """In its own process: build, say that the save begins, save, say how long it took, wait."""
    if ends is not None:
        warm.used(ends)
        with tempfile.TemporaryDirectory() as folder:
            SAVERS[task.saver](subject.build(Size(1, 1), 1), Path(folder) / "first.keras")
    model = subject.build(task.size, task.marker)
    if task.trap is not None:
        phases.spring(task.trap)
    telling.send("begins")
    start = time.perf_counter()
    SAVERS[task.saver](model, task.target)
    telling.send(time.perf_counter() - start)
    signal.pause()


def every(folder: Path, kills: int, size: Size, seed: int = 0) -> Iterator[tuple[Row, float]]:
    """The same number of kills for plain Keras and `prove=False`, a fifth with the proof."""
    for saver in SAVERS:
        number = max(1, kills // 5) if saver in PROVEN else kills
        yield run(folder, saver, size, number, seed)


def in_phases(folder: Path, kills: int, size: Size, seed: int = 0) -> Iterator[Row]:
    """A tenth of the kills in each phase of a proven save in the background."""
    for phase in phases.PHASES:
        number = max(1, kills // 10)
        yield run(folder, "saveguard.save(background=True)", size, number, seed, 5, phase)[0]
