"""Have the disk begin on what is written, so that the flush at the end finds little left to do.

A system keeps written bytes in memory for some seconds, and an `fsync` then waits for all of them
at once. Begun early, the disk works while the next bytes are copied and summed. Nothing is promised
by it: that the file is on the disk, the flush alone says.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Callable

_BEGIN = 2  # SYNC_FILE_RANGE_WRITE of sync_file_range(2)


def begin(descriptor: int, at: int, size: int) -> None:
    """Have the system start writing some bytes of a file, and do not wait; elsewhere, nothing."""
    call = _sync_file_range()
    if call is not None:
        call(descriptor, at, size, _BEGIN)


@functools.cache
def _sync_file_range() -> Callable[[int, int, int, int], int] | None:
    """Linux's own call, which Python does not have."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        call = ctypes.CDLL(None, use_errno=True).sync_file_range
        call.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
        found: Callable[[int, int, int, int], int] = call
        return found
    return None
