"""What checkpoints cost a training, and what a preflight costs: beside plain Keras, in one run.

    python benchmarks/checkpoint.py                  writes docs/checkpoint-cost.md
    python benchmarks/checkpoint.py --runs 3 --size '10 MB' --no-page

The trainings take turns, so that what else the machine does falls on all of them alike; the
figures are medians of what is lost within one turn. A checkpoint's cost is counted in steps of
training: how many more the training without any would have made in the same time.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import subject
from page_table import table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "checkpoint-cost.md"
STEPS, EVERY = 200, 20
KERAS, OURS = "keras.callbacks.ModelCheckpoint", "saveguard.Checkpoint"


class Turn(NamedTuple):
    """Steps lost a checkpoint, by callback; the seconds of one step without, and of the end.

    Attributes:
        lost: The whole of `fit`, the wait at its end included.
        during: Until the last step is made.
        end: Seconds that the end of the training waits for the last proof.
    """

    lost: dict[str, float]
    during: dict[str, float]
    step: float
    end: float


def turns(size: str, runs: int, folder: Path) -> list[Turn]:
    """Every way of training in turn, `runs` times after one that is not counted."""
    import keras
    import numpy as np

    import saveguard

    model = subject.build(subject.SIZES[size])
    model.compile(keras.optimizers.SGD(1e-4), "mse")
    rows = subject.SIZES[size].rows
    x = np.random.default_rng(0).normal(size=(32, rows)).astype("float32")
    data = [(x, x)]
    path, every = str(folder / "m.keras"), {"save_freq": EVERY}
    ways: dict[str, Callable[[], list[Any]]] = {
        "": list,
        KERAS: lambda: [keras.callbacks.ModelCheckpoint(path, **every)],
        OURS: lambda: [saveguard.Checkpoint(path, example=x[:2], **every)],
    }
    found = []
    for run in range(runs + 1):
        names = list(ways)[run % 3 :] + list(ways)[: run % 3]
        whole, steps = {}, {}
        for name in names:
            whole[name], steps[name] = _fit(model, data[0], ways[name]())
        step, saves = whole[""] / STEPS, STEPS // EVERY
        lost = {n: (whole[n] - whole[""]) / step / saves for n in (KERAS, OURS)}
        during = {n: (steps[n] - steps[""]) / step / saves for n in (KERAS, OURS)}
        found.append(Turn(lost, during, step, whole[OURS] - steps[OURS]))
    return found[1:]


def _fit(model: Any, data: Any, callbacks: list[Any]) -> tuple[float, float]:
    """Seconds of a training of `STEPS` steps: the whole, and until its last epoch ends."""
    import keras

    x, y = data
    ended: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ended.append(time.perf_counter())
    )
    os.sync()
    begin = time.perf_counter()
    model.fit(x, y, batch_size=32, epochs=STEPS, callbacks=[*callbacks, clock], verbose=0)
    return time.perf_counter() - begin, ended[-1] - begin


def preflight(runs: int, folder: Path) -> list[tuple[float, float]]:
    """(preflight, model.save and load_model) seconds of MobileNetV2, the first not counted."""
    import keras
    import numpy as np

    import saveguard

    model = keras.applications.MobileNetV2(weights=None)
    x = np.random.default_rng(0).normal(size=(2, 224, 224, 3)).astype("float32")
    path, found = folder / "mobile.keras", []

    def plain() -> None:
        model.save(path)
        keras.saving.load_model(path)

    def ours() -> None:
        assert saveguard.check(model, x).ok

    for run in range(runs + 1):
        pair = dict.fromkeys((ours, plain), 0.0)
        for way in (ours, plain)[:: 1 if run % 2 else -1]:
            begin = time.perf_counter()
            way()
            pair[way] = time.perf_counter() - begin
        found.append((pair[ours], pair[plain]))
    return found[1:]


def text(size: str, found: list[Turn], pairs: list[tuple[float, float]]) -> str:
    """The text of docs/checkpoint-cost.md."""
    median = statistics.median
    rows = [
        [name, *(f"{median(side[name] for side in sides):.1f}" for sides in _sides(found))]
        for name in (KERAS, OURS)
    ]
    ours, plain = (median(pair[side] for pair in pairs) for side in (0, 1))
    ratio = median(pair[0] / pair[1] for pair in pairs)
    return f"""\
# What checkpoints and a preflight cost

Written by `make bench-checkpoint` (`benchmarks/checkpoint.py`); do not edit.

Keras {version("keras")} on {os.environ.get("KERAS_BACKEND", "tensorflow")}, Python \
{platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, no accelerator.

## A checkpoint, in steps of training

A model of {size} is trained for {STEPS} steps of {median(turn.step for turn in found) * 1e3:.0f} ms
with a checkpoint every {EVERY}; medians of {len(found)} turns. Each file of `saveguard.Checkpoint`
is proven by a fresh process, which takes its share of the same cores. The end of the training waits
for the last proof, {median(turn.end for turn in found):.1f} s; the first column counts that among
the steps lost, the second does not.

{table(("callback", "steps lost a checkpoint", "until the last step"), rows)}

## A preflight of MobileNetV2

`saveguard.check(model, example)` takes {ours:.2f} s, and `model.save` with
`keras.saving.load_model` {plain:.2f} s: {ratio:.2f} times as long, the median of {len(pairs)} turns
with a warm process.
"""


def _sides(found: list[Turn]) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    return [turn.lost for turn in found], [turn.during for turn in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=subject.SIZES, default="200 MB")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--no-page", action="store_true", help="only print it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pairs = preflight(options.runs, Path(folder))
        found = turns(options.size, options.runs, Path(folder))
    written = text(options.size, found, pairs)
    print(written)
    if not options.no_page:
        PAGE.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
