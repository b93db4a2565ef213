"""The phases of a save in the background, and a trap that kills the process in one of them."""

from __future__ import annotations

import functools
import importlib
import os
import signal
import threading
import time
from typing import Any, NamedTuple


class Phase(NamedTuple):
    """Where a phase begins, and within how many seconds of that the process is killed.

    Attributes:
        place: A function or method, `module:name`.
        spread: The longest time between its call and the kill.
    """

    place: str
    spread: float


PHASES = {
    "the weights are copied": Phase("saveguard.persist.snapshot:_copied", 0.02),
    "values are written": Phase("saveguard.persist.writer.stream:Stream._write", 0.1),
    "the file is closed": Phase("saveguard.persist.writer.archive:KerasArchive._member", 0.01),
    "the file is proven": Phase("saveguard.persist.proof:prove", 0.5),
    "the receipt is added": Phase("saveguard.persist.writer.archive:KerasArchive.write_receipt", 0),
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
        _kill_in(phase.spread * trap.part)
        return original(*arguments, **options)

    setattr(holder, name, trapped)


def _kill_in(seconds: float) -> None:
    if not seconds:
        os.kill(os.getpid(), signal.SIGKILL)

    def kill() -> None:
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
