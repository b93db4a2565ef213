"""Processes of this machine: what ends one of them costs the part that it read, no more."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from saveguard.data.engines.lost import lost
from saveguard.data.source import Part
from saveguard.data.summary import Summary
from saveguard.data.work import Work, summarise

Numbered = tuple[int, Part]


def run(work: Work, parts: Sequence[Numbered], workers: int) -> Iterator[tuple[int, Summary]]:
    """The summaries of the parts, as they are done.

    Where a process dies, nobody knows which of the parts that were being read did it: each of
    them is read again alone, and the one that ends its process once more is told as lost.
    """
    left = list(parts)
    while left:
        suspects: list[Numbered] = []
        for number, found in _together(work, left, workers, suspects):
            yield number, found
        for number, part in suspects:
            yield number, _alone(work, number, part)


def _together(
    work: Work, left: list[Numbered], workers: int, suspects: list[Numbered]
) -> Iterator[tuple[int, Summary]]:
    """The summaries until a process dies; takes what it begins out of `left`."""
    running: dict[Future[Summary], Numbered] = {}
    pool = _pool(workers)
    try:
        while left or running:
            while left and len(running) < workers:
                number, part = left[0]
                running[pool.submit(summarise, work, number, part)] = (number, part)
                left.pop(0)
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                found = done.result()
                yield running.pop(done)[0], found
    except BrokenProcessPool:
        suspects += running.values()
    finally:
        _end(pool)


def _alone(work: Work, number: int, part: Part) -> Summary:
    pool = _pool(1)
    try:
        return pool.submit(summarise, work, number, part).result()
    except BrokenProcessPool:
        return lost(part, "the process that read it died, twice")
    finally:
        _end(pool)


def _pool(workers: int) -> ProcessPoolExecutor:
    # A fork would copy the threads' locks of whatever framework this process holds.
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        # Ctrl-C is for whoever asked; a process that it reaches first must not look broken.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )


def _end(pool: ProcessPoolExecutor) -> None:
    pool.shutdown(wait=True, cancel_futures=True)
