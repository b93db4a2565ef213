"""How far a command is, on stderr, where a person looks."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
# Whoever waits less than this needs no comfort.
_AFTER, _EVERY = 1.0, 0.1


def shown(items: Iterable[Item], count: int, *, quiet: bool) -> Iterator[Item]:
    """`items` as they come, counted on stderr if that is a terminal."""
    if quiet or not sys.stderr.isatty() or os.environ.get("CI"):
        yield from items
        return
    begin = told = time.monotonic()
    for number, item in enumerate(items, 1):
        now = time.monotonic()
        if now - begin > _AFTER and now - told > _EVERY:
            told = now
            sys.stderr.write(f"\r{number:,} of {count:,} files")
            sys.stderr.flush()
        yield item
    if told != begin:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
