"""Save and load a model that is larger than half of the memory it may take.

    python benchmarks/bounded.py [--gigabytes 4] [--tensors 36]     writes docs/bounded-memory.md

Each step is a process of its own in a memory cgroup with that limit, which the kernel ends where it
takes more; what the file cache holds can be taken back, and is not in the peak. Linux, as root.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import resident
from page_table import table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "bounded-memory.md"
GROUPS = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
ROWS = 4096
STEPS = {
    "save": "`saveguard.save(model, 'm.keras', prove=False)`",
    "shards": "`saveguard.save(model, 'm.weights.json', prove=False, max_shard_size=0.5)`",
    "load": "`saveguard.load('m.keras')`",
    "plain load": "`keras.models.load_model('m.keras')`",
    "plain save": "`model.save('k.keras')`",
}


def _group(limit: int) -> Path:
    """A new memory cgroup, of either version."""
    first = GROUPS[0].is_dir()
    group = GROUPS[0 if first else 1] / f"saveguard-{os.getpid()}"
    group.mkdir()
    name = "memory.limit_in_bytes" if first else "memory.max"
    (group / name).write_text(str(limit), encoding="ascii")
    return group


def _held() -> int:
    """Bytes of this process that are no part of a file."""
    return resident.bytes_of("RssAnon")


def _peak(work: Callable[[], Any]) -> int:
    """The most that the process held while the work was done."""
    seen, over = [_held()], threading.Event()

    def watch() -> None:
        while not over.wait(0.005):
            seen.append(_held())

    watching = threading.Thread(target=watch)
    watching.start()
    kept = work()
    over.set()
    watching.join()
    del kept
    return max(seen)


def _step(name: str, tensors: int, folder: str, group: str) -> None:
    (Path(group) / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    import keras
    import subject

    import saveguard

    start = _held()
    if name.endswith("load"):
        load = saveguard.load if name == "load" else keras.models.load_model
        print(start, start, _peak(lambda: load(f"{folder}/m.keras")))
        return
    model = subject.build(subject.Size(tensors, ROWS), marker=1)
    ways: dict[str, Callable[[], Any]] = {
        "save": lambda: saveguard.save(model, f"{folder}/m.keras", prove=False),
        "shards": lambda: saveguard.save(
            model, f"{folder}/m.weights.json", prove=False, max_shard_size=0.5
        ),
        "plain save": lambda: model.save(f"{folder}/k.keras"),
    }
    held = _held()
    print(start, held, _peak(ways[name]))


def _row(name: str, options: argparse.Namespace, folder: str) -> list[str]:
    group = _group(int(options.gigabytes * 2**30))
    command = [sys.executable, __file__, "--step", name, folder, str(group)]
    try:
        command += ["--tensors", str(options.tensors)]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    finally:
        time.sleep(1)  # until the kernel has let go of the process
        group.rmdir()
    if done.returncode:
        return [STEPS[name], f"ended by signal {-done.returncode}", "-", "-"]
    start, held, peak = (int(number) for number in done.stdout.split()[-3:])
    return [STEPS[name], "done", f"{(held - start) / 2**30:.2f}", f"{(peak - held) / 2**30:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=4)
    parser.add_argument("--tensors", type=int, default=36, help="float32, of 4,096 x 4,096")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        name, folder, group = options.step
        _step(name, options.tensors, folder, group)
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = [_row(name, options, folder) for name in STEPS]
    size = options.tensors * ROWS * ROWS * 4 / 2**30
    lines = table(["step", "came to its end", "GB held before", "GB more at the peak"], rows)
    print(lines)
    PAGE.write_text(_page(size, options.gigabytes, lines), encoding="utf-8")


def _page(size: float, limit: float, lines: str) -> str:
    return f"""\
# Models larger than half of the memory

{size:.2f} GB of weights in processes that may take {limit:g} GB, Python and Keras included.
Written by `python benchmarks/bounded.py`; do not edit.

Keras {version("keras")} on {os.environ.get("KERAS_BACKEND", "tensorflow")}. Each step is a process
of its own in a memory cgroup. What a load adds is the model itself.

{lines}
"""


if __name__ == "__main__":
    main()
