"""Tasks on a Ray cluster: the one that is connected, or one on this machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any

from saveguard.data.engines.lost import lost
from saveguard.data.source import Part
from saveguard.data.sources.extras import need
from saveguard.data.summary import Summary
from saveguard.data.work import Work, summarise

# Tasks that wait at each worker, so that none has to wait for us.
_AHEAD = 2


def run(
    work: Work, parts: Sequence[tuple[int, Part]], workers: int
) -> Iterator[tuple[int, Summary]]:
    """The summaries of the parts, as they are done.

    Ray itself does a task again whose worker died; if that dies too, its part is told as lost.

    Args:
        workers: How many tasks may run at a time; 0 for as many as the cluster has CPUs.

    Raises:
        SaveguardError: SG741, if Ray is not installed.
    """
    ray = need("ray", "ray", "for engine='ray'")
    mine = not ray.is_initialized()
    if mine:
        # A cluster that somebody started knows how many CPUs it has.
        own = {} if "RAY_ADDRESS" in os.environ else {"num_cpus": workers or None}
        ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.WARNING, **own)
    try:
        yield from _tasks(ray, work, parts, workers or int(ray.cluster_resources()["CPU"]))
    finally:
        if mine:
            ray.shutdown()


def _tasks(
    ray: Any, work: Work, parts: Sequence[tuple[int, Part]], workers: int
) -> Iterator[tuple[int, Summary]]:
    task = ray.remote(max_retries=1)(summarise)
    given, left = ray.put(work), iter(parts)
    running: dict[Any, tuple[int, Part]] = {}
    try:
        while True:
            for number, part in left:
                running[task.remote(given, number, part)] = (number, part)
                if len(running) >= workers * _AHEAD:
                    break
            if not running:
                return
            for done in ray.wait(list(running))[0]:
                number, part = running.pop(done)
                yield number, _result(ray, done, part)
    finally:
        for reference in running:
            ray.cancel(reference, force=True)


def _result(ray: Any, done: Any, part: Part) -> Summary:
    died = ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError
    try:
        found: Summary = ray.get(done)
    except (*died, ray.exceptions.NodeDiedError) as error:
        return lost(part, f"the Ray worker that read it died, twice ({type(error).__name__})")
    return found
