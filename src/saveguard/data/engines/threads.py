"""Threads of this process: decoding and the kernels leave Python's lock alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from saveguard.data.source import Part
from saveguard.data.summary import Summary
from saveguard.data.work import Work, summarise

T = TypeVar("T")
Numbered = tuple[int, Part]


def run(work: Work, parts: Sequence[Numbered], workers: int) -> Iterator[tuple[int, Summary]]:
    """The summaries of the parts, as they are done; whoever stops asking stops the work."""
    stop = threading.Event()

    def read(number: int, part: Part) -> Summary:
        return summarise(work, number, part, stop.is_set)

    for (number, _), found in each(parts, workers, read, stop.set):
        yield number, found


def each(
    parts: Sequence[Numbered],
    workers: int,
    read: Callable[[int, Part], T],
    stop: Callable[[], None],
) -> Iterator[tuple[Numbered, T]]:
    """What `read` gives of each part, as they are done.

    Args:
        workers: How many threads call it.
        stop: Called when nobody wants more of it, and some calls may still run.
    """
    left = iter(parts)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="audit")
    running: dict[Future[T], Numbered] = {}
    try:
        while True:
            for number, part in left:
                running[pool.submit(read, number, part)] = (number, part)
                if len(running) > workers:  # one waits, so that no thread does
                    break
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(done), done.result()
    finally:
        stop()
        pool.shutdown(cancel_futures=True)
