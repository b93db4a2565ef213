"""How much memory one save takes beyond what the process holds already; in a process of its own.

    python benchmarks/peak.py '200 MB' saveguard.save

Prints two numbers of bytes: for this process, and for the one that proves the file. Linux only.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import resident
import subject
from subject import SAVERS, SIZES, Size


def main(size: str, saver: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # Whatever the first save imports is none of its cost, nor is the verifier's start.
        with _watched_proof() as first:
            SAVERS[saver](subject.build(Size(1, 1)), Path(folder) / "first.keras")
        model = subject.build(SIZES[size])
        gc.collect()
        resident.forget_peak()
        held = resident.bytes_of("VmRSS")
        with _watched_proof() as second:
            SAVERS[saver](model, Path(folder) / "model.keras")
        print(resident.bytes_of("VmHWM") - held, max(second) - max(first))


@contextlib.contextmanager
def _watched_proof() -> Iterator[list[int]]:
    """The memory that the verifier's fork holds, again and again until the block ends."""
    peaks = [0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            with contextlib.suppress(OSError, LookupError):  # it has ended meanwhile
                for verifier in _children(os.getpid()):
                    peaks.extend(resident.bytes_of("VmHWM", fork) for fork in _children(verifier))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()


def _children(process: int | str) -> list[str]:
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return [child for listed in lists for child in listed.read_text(encoding="ascii").split()]


if __name__ == "__main__":
    main(*sys.argv[1:])
