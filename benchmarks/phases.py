"""The phases of a save in the background, and a trap that kills the process in one of them."""

from __future__ import annotations

import functools
import importlib
import os
import signal
import threading
from typing import Any, NamedTuple


class Phase(NamedTuple):
    """What a phase is, and within how many seconds of its beginning the process is killed.

    Attributes:
        place: A function or method, `module:name`, whose first call is the phase.
        spread: The longest time until the kill; it comes with the end of the call at the latest.
    """

    place: str
    spread: float


PHASES = {
    "the weights are copied": Phase("saveguard.persist.snapshot:_copied", 0.02),
    "values are written": Phase("saveguard.persist.writer.archive:write_state", 0.05),
    "the file is closed": Phase("saveguard.persist.writer.archive:_close_entry", 0.001),
    "the file is proven": Phase("saveguard.persist.proof:prove", 0.5),
    "the receipt is added": Phase(
        "saveguard.persist.writer.archive:KerasArchive.write_receipt", 0.002
    ),
    "the file is flushed": Phase("saveguard.persist.staging:flush", 0.05),
    "the file takes its name": Phase("os:replace", 0.001),
}


class Trap(NamedTuple):
    """In which phase to end, and after which part (0 to 1) of its spread."""

    phase: str
    part: float


def spring(trap: Trap) -> None:
    """From now on, this process ends by SIGKILL once it comes to that phase."""
    phase = PHASES[trap.phase]
    module, _, path = phase.place.partition(":")
    holder: Any = importlib.import_module(module)
    *way, name = path.split(".")
    for part in way:
        holder = getattr(holder, part)
    original = getattr(holder, name)

    @functools.wraps(original)
    def trapped(*arguments: Any, **options: Any) -> Any:
        threading.Timer(phase.spread * trap.part, _kill).start()
        try:
            return original(*arguments, **options)
        finally:
            _kill()

    setattr(holder, name, trapped)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
