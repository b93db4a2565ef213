"""Processes of this machine: what ends one of them costs the part that it read, no more."""

from __future__ import annotations

import pickle
import queue
from collections.abc import Iterator, Sequence
from contextlib import closing

from saveguard.data.engines.lost import lost
from saveguard.data.engines.process import Process
from saveguard.data.engines.threads import Numbered, each
from saveguard.data.source import Part
from saveguard.data.summary import Summary
from saveguard.data.work import Work


def run(work: Work, parts: Sequence[Numbered], workers: int) -> Iterator[tuple[int, Summary]]:
    """The summaries of the parts, as they are done.

    A part whose process died is read again when the others are done: alone, with all the memory
    that there is. If it ends its process once more, it is told as lost.

    Raises:
        ChildProcessError: If a process ends before it reads anything.
        TypeError: If the source is of a class that no other process can import.
    """
    given, suspects = pickle.dumps(work), list[Numbered]()
    for (number, part), found in _together(given, parts, workers):
        if found is None:
            suspects.append((number, part))
        else:
            yield number, found
    with closing(Process(given)) as process:
        for number, part in suspects:
            again = process.summary(number, part)
            yield number, again or lost(part, "the process that read it died, twice")


def _together(
    given: bytes, parts: Sequence[Numbered], workers: int
) -> Iterator[tuple[Numbered, Summary | None]]:
    """The summaries, each asked for by a thread; None where the process died."""
    team = [Process(given) for _ in range(min(workers, len(parts)))]
    idle: queue.SimpleQueue[Process] = queue.SimpleQueue()
    for process in team:
        idle.put(process)

    def read(number: int, part: Part) -> Summary | None:
        process = idle.get()
        try:
            return process.summary(number, part)
        finally:
            idle.put(process)

    def stop() -> None:
        for process in team:
            process.close()

    if team:
        yield from each(parts, len(team), read, stop)
