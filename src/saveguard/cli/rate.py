"""How far an audit is, how fast it goes and how long it will take, on a terminal."""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from saveguard.data.reading import Step

# Whoever waits less than this needs no comfort.
_AFTER, _EVERY = 1.0, 0.1


class Rate:
    """A line on a terminal that is written anew; nothing elsewhere.

    Args:
        stream: Where to write.
        quiet: Whether nothing is to be written.
    """

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        wanted = not quiet and stream.isatty() and not os.environ.get("CI")
        self._stream = stream if wanted else None
        self._begin = self._told = time.monotonic()
        self._first: Step | None = None

    def show(self, step: Step) -> None:
        """Show how far it is, unless that was shown just now."""
        now = time.monotonic()
        self._first = self._first or step
        if self._stream is None or now - self._begin < _AFTER or now - self._told < _EVERY:
            return
        self._told = now
        self._stream.write(f"\r\x1b[K{line(step, self._first, now - self._begin)}")
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None and self._told != self._begin:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def line(step: Step, first: Step, seconds: float) -> str:
    """`12 of 24 parts, 3,000,000 rows, 812 MB/s, 1 min 5 s left`.

    Args:
        first: How far it was when the first part of this run was done.
        seconds: How long the run took by now.
    """
    told = [f"{step.parts:,} of {step.all_parts:,} parts", f"{step.rows:,} rows"]
    done = step.bytes - first.bytes
    if done > 0 and seconds > 0:
        rate = done / seconds
        left = (step.all_bytes - step.bytes) / rate
        told += [f"{rate / 1e6:,.0f} MB/s", f"{duration(left)} left"]
    return ", ".join(told)


def duration(seconds: float) -> str:
    """`8 s`, `2 min 5 s`, `1 h 10 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
