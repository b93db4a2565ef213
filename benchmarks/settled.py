"""Each turn of a measurement begins alike."""

from __future__ import annotations

import gc
import os

import numpy as np


def settle(touched: int, *, large: bool = False) -> None:
    """Nothing left to write, no garbage, and so many bytes of memory that have been touched.

    A virtual machine may have given free pages back; the first touch of each is then slow.

    Args:
        large: Whether in large pages, in which NumPy's arrays lie, where they are what is measured.
    """
    os.sync()
    gc.collect()
    if large:
        np.full(touched, 1, np.uint8)
        return
    warm = bytearray(touched)
    warm[::4096] = bytes(len(range(0, touched, 4096)))
