"""Who does the work: threads, processes, or the workers of a Ray cluster.

An engine is `run(work, parts, workers)`: it gives the number and the summary of each part as soon
as it is done, in any order, and one summary of troubles where a worker died with a part.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from saveguard.data.source import Part
from saveguard.data.summary import Summary
from saveguard.data.work import Work, pieces

Engine = Literal["local", "processes", "ray"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
_MODULES = {"local": "threads", "processes": "processes", "ray": "cluster"}


def run(
    engine: Engine, work: Work, parts: Sequence[tuple[int, Part]], workers: int
) -> Iterator[tuple[int, Summary]]:
    """The summaries of the parts, as they are done.

    What can be read only once is read here, and told batch by batch, so that nothing of it is lost.

    Raises:
        SaveguardError: SG741, if the engine is not installed.
    """
    if not work.source.movable:
        for number, part in parts:
            yield from ((number, piece) for piece in pieces(work, number, part))
        return
    module = importlib.import_module(f"saveguard.data.engines.{_MODULES[engine]}")
    found: Iterator[tuple[int, Summary]] = module.run(work, parts, workers)
    yield from found
