"""Threads of this process: decoding and the kernels leave Python's lock alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from saveguard.data.source import Part
from saveguard.data.summary import Summary
from saveguard.data.work import Work, pieces, summarise


def run(
    work: Work, parts: Sequence[tuple[int, Part]], workers: int
) -> Iterator[tuple[int, Summary]]:
    """The summaries of the parts, as they are done; whoever stops asking stops the work.

    What can be read only once is told batch by batch, so that nothing of it is lost.
    """
    if not work.source.movable:
        for number, part in parts:
            yield from ((number, piece) for piece in pieces(work, number, part))
        return
    stop, left = threading.Event(), iter(parts)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="audit")
    running: dict[Future[Summary], int] = {}
    try:
        while True:
            for number, part in left:
                running[pool.submit(summarise, work, number, part, stop.is_set)] = number
                if len(running) > workers:  # one waits, so that no thread does
                    break
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(done), done.result()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
