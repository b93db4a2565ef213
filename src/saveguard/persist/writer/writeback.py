"""Have the disk begin on what is written, and memory ready for it, before the flush at the end.

A system keeps written bytes in memory for some seconds, and an `fsync` then waits for all of them
at once. Begun early, the disk works while the next bytes are copied and summed. Nothing is promised
by it: that the file is on the disk, the flush alone says.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import stat
from collections.abc import Callable
from pathlib import Path

# Of a smaller file the memory is no matter.
_LARGE = 1 << 24
_BEGIN = 2  # SYNC_FILE_RANGE_WRITE of sync_file_range(2)


def begin(descriptor: int, at: int, size: int) -> None:
    """Have the system start writing some bytes of a file, and do not wait; elsewhere, nothing."""
    call = _sync_file_range()
    if call is not None:
        call(descriptor, at, size, _BEGIN)


def make_room(path: Path) -> None:
    """Give back the memory in which the system keeps a large file that is to be replaced.

    The new file's bytes can take it; as long as both are kept, they need memory that nothing has
    touched for a while, which a virtual machine gets from its host page by page. The file itself
    stays, and who reads it reads from the disk.
    """
    with contextlib.suppress(OSError, AttributeError):  # no such file, or no Linux
        told = path.stat()
        if stat.S_ISREG(told.st_mode) and told.st_size >= _LARGE:
            with path.open("rb", buffering=0) as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@functools.cache
def _sync_file_range() -> Callable[[int, int, int, int], int] | None:
    """Linux's own call, which Python does not have."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        call = ctypes.CDLL(None, use_errno=True).sync_file_range
        call.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
        found: Callable[[int, int, int, int], int] = call
        return found
    return None
