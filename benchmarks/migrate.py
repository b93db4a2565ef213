"""What a migration takes in memory: peaks of its processes, as multiples of the weights.

    python benchmarks/migrate.py [--mebibytes 500] [--format h5] [--record]

A file (`h5` or `keras`) with that many MiB of weights is written by a process of its own, and
migrated by another, which also compares it with a golden and has it reloaded. `--record` keeps the
figures for docs/migrating.md.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
import threading
import time
from pathlib import Path

import psutil

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

KEPT = Path(__file__).parents[1] / "tools" / "migrating" / "memory.json"
WIDTH = 2048
MIB = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mebibytes", type=int, default=500)
    parser.add_argument("--format", choices=("h5", "keras"), default="h5")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    old = f"old.{given.format}"
    found: dict[str, float] = {}
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        apart(context, write, folder, old, given.mebibytes)
        weights = (Path(folder) / old).stat().st_size
        for what, work in (("migrated", migrate), ("read into memory only", load)):
            base, own, others, seconds = apart(context, measured, folder, old, work)
            found |= {what: (own - base) / weights, "mebibytes": weights / MIB}
            found |= {"reloaded": (others - base) / weights} if others else {}
            reloads = f", what reloads it {max(0, others - base) / weights:.2f} x" if others else ""
            print(
                f"{what}: {(own - base) / weights:.2f} x the weights ({weights / MIB:.0f} MiB)"
                f"{reloads}, {seconds:.1f} s"
            )
    if given.record:
        kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
        kept[given.format] = {name: round(value, 2) for name, value in found.items()}
        KEPT.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")


def apart(context, work, *arguments):
    """Call a function in a process of its own, and give back what it returns."""
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=answering, args=(send, work, arguments))
    process.start()
    send.close()
    found = receive.recv()
    process.join()
    return found


def answering(send, work, arguments) -> None:
    send.send(work(*arguments))


def write(folder: str, old: str, mebibytes: int) -> None:
    """A model of square Dense layers, and what it answers."""
    import keras
    import numpy as np

    layers = max(1, mebibytes * MIB // (WIDTH * WIDTH * 4))
    dense = [keras.layers.Dense(WIDTH, activation="tanh") for _ in range(layers)]
    model = keras.Sequential([keras.Input((WIDTH,)), *dense])
    model.save(Path(folder) / old)
    inputs = np.random.default_rng(0).normal(size=(4, WIDTH)).astype("float32")
    outputs = np.asarray(model(inputs))
    np.savez(Path(folder) / "golden.npz", in_00=inputs, out_00=outputs)


def measured(folder: str, old: str, work) -> tuple[int, int, int, float]:
    """Bytes resident before; the most of this process, and of those that it started; seconds."""
    import keras

    import saveguard

    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    saveguard.migrate  # noqa: B018  imports what it needs
    base, peaks, stop = resident(os.getpid()), {"own": 0, "others": 0}, threading.Event()
    watching = threading.Thread(target=watch, args=(peaks, stop))
    watching.start()
    start = time.monotonic()
    work(folder, old)
    seconds = time.monotonic() - start
    stop.set()
    watching.join()
    return base, peaks["own"], peaks["others"], seconds


def watch(peaks: dict[str, int], stop: threading.Event) -> None:
    own = psutil.Process()
    while not stop.wait(0.02):
        peaks["own"] = max(peaks["own"], resident(own.pid))
        for other in own.children(recursive=True):
            peaks["others"] = max(peaks["others"], resident(other.pid))


def resident(process: int) -> int:
    """Bytes that a process holds, a file that it maps not counted; 0 where it is gone."""
    try:
        memory = psutil.Process(process).memory_info()
    except psutil.Error:
        return 0
    return memory.rss - getattr(memory, "shared", 0)


def migrate(folder: str, old: str) -> None:
    import saveguard

    place = Path(folder)
    receipt = saveguard.migrate(
        place / old, place / "new.keras", golden=place / "golden.npz", overwrite=True
    )
    assert receipt.ok, receipt


def load(folder: str, old: str) -> None:
    import saveguard

    saveguard.load(Path(folder) / old)


if __name__ == "__main__":
    main()
