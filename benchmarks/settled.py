"""Each turn of a measurement begins alike."""

from __future__ import annotations

import gc
import os


def settle(touched: int) -> None:
    """Nothing left to write, no garbage, and so many bytes of memory that have been touched.

    A virtual machine may have given free pages back; the first touch of each is then slow.
    """
    os.sync()
    gc.collect()
    warm = bytearray(touched)
    warm[::4096] = bytes(len(range(0, touched, 4096)))
    del warm
