"""What padding costs, against Keras and against a plain write of the output's bytes.

    python benchmarks/pad.py [--rounds 3]                      writes its part of docs/padding.md
    python benchmarks/pad.py --sequences 100000                only prints

Medians of pairs that are run one after the other in one process, on the same sequences (lognormal,
mean 50, longest 400, int32). Read the ratios; the times are this machine's.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from page_table import table
from settled import settle

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

PAGE = Path(__file__).parent.parent / "docs" / "padding.md"
WHOLE = 1_000_000
LONGEST = 400
# More than a run takes: an array of a million rows, its mask, and what is made on the way.
_TOUCHED = 3 << 30
Run = Callable[[], Any]


def sequences(count: int) -> tuple[Any, Any]:
    """Lengths, and all values one after the other; ids from 1 on, so that 0 is free."""
    generator = np.random.default_rng(0)
    lengths = generator.lognormal(np.log(50) - 0.32, 0.8, count).astype(np.int64)
    lengths = np.clip(lengths, 1, LONGEST)
    lengths[0] = LONGEST
    return lengths, generator.integers(1, 30_000, int(lengths.sum())).astype(np.int32)


def seconds(run: Run) -> float:
    start = time.perf_counter()
    held = run()
    taken = time.perf_counter() - start
    del held
    return taken


def _settled(run: Run) -> float:
    """The seconds of a run that begins with memory which has just been touched."""
    settle(_TOUCHED, large=True)
    return seconds(run)


def pairs(first: Run, second: Run, rounds: int) -> tuple[float, float, float]:
    """Medians of the seconds of both, and of first/second of each pair."""
    taken = [(_settled(first), _settled(second)) for _ in range(rounds)]
    ratios = statistics.median(one / other for one, other in taken)
    return (*(statistics.median(side) for side in zip(*taken, strict=True)), ratios)


class Row(NamedTuple):
    """A line of the table: cells as text, and whether its bound is held."""

    cells: tuple[str, ...]
    held: bool


def told(name: str, result: tuple[float, float, float], bound: str, held: bool) -> Row:
    verdict = "held" if held else "NOT held"
    row = Row((name, *(f"{number:.2f}" for number in result), bound, verdict), held)
    print(*row.cells, sep=", ", flush=True)
    return row


def padding(count: int, rounds: int) -> list[Row]:
    import keras
    import pyarrow as pa

    import saveguard

    lengths, values = sequences(count)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    arrow = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values))
    arrays = [values[a:b] for a, b in itertools.pairwise(offsets)]
    shape = (count, LONGEST)

    def theirs(rows: Any) -> Run:
        return lambda: keras.utils.pad_sequences(rows, padding="post")

    def ours(rows: Any) -> Run:
        return lambda: saveguard.pad(rows).values

    def masked() -> Any:
        padded = saveguard.pad(arrow)
        return padded.values, padded.mask

    # The first touch of memory costs a machine many times what later ones do.
    np.full(shape, 7, np.int32)
    assert np.array_equal(theirs(arrays)(), ours(arrow)())
    print(f"{count:,} sequences, {len(values):,} steps, {np.prod(shape) * 4 / 1e9:.2f} GB padded\n")
    plain = pairs(ours(arrow), lambda: np.full(shape, 7, np.int32), 2 * rounds + 1)
    found = [told("Arrow, values : plain write", plain, "<= 1.6", plain[2] <= 1.6)]
    both: Run = lambda: (np.full(shape, 7, np.int32), np.full(shape, True))  # noqa: E731  as above
    plain = pairs(masked, both, 2 * rounds + 1)
    found.append(told("Arrow, values and mask : plain write", plain, "<= 1.6", plain[2] <= 1.6))
    made = saveguard.bucket(arrow)
    consumed: Run = lambda: deque(saveguard.bucket(arrow), maxlen=0)  # noqa: E731  as in a loop
    whole = pairs(consumed, ours(arrow), 2 * rounds + 1)
    found.append(told("all batches : one array", whole, "<= 0.5", whole[2] <= 0.5))
    result = pairs(theirs(arrays), ours(arrays), rounds)
    found.append(told("Keras : ours, from arrays", result, ">= 2", result[2] >= 2))
    lists = [array.tolist() for array in arrays]
    result = pairs(theirs(lists), ours(lists), rounds)
    found.append(told("Keras : ours, from lists", result, ">= 1.9", result[2] >= 1.9))
    waste = (f"{made.waste:.1%}", f"{made.waste_before:.1%}", "", "<= 12 %")
    held = made.waste <= 0.12
    wasted = ("padding in batches : in one array", *waste, "held" if held else "NOT held")
    return [*found, Row(wasted, held)]


def guarding() -> bool:
    """What a guard adds to a step of a small model."""
    import keras

    import saveguard
    from saveguard.model import quick

    layers = [keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((16,)), *layers])
    model.compile("adam", "mse")
    x, y = np.ones((32, 16), "float32"), np.ones((32, 1), "float32")
    look = quick.compiled(saveguard.guard(model).contract)
    model.train_on_batch(x, y), model(x)
    looks = min(seconds(lambda: [look(x) for _ in range(1000)]) for _ in range(5)) / 1000
    steps = min(seconds(lambda: model.train_on_batch(x, y)) for _ in range(200))
    calls = min(seconds(lambda: model(x)) for _ in range(200))
    print(
        f"guard: {looks * 1e6:.1f} us; a training step {steps * 1e6:.0f} us"
        f" ({looks / steps:.2%}, <= 1 %), a call {calls * 1e6:.0f} us ({looks / calls:.2%})"
    )
    return looks / steps <= 0.01


def written(rows: list[Row]) -> None:
    """Put the table into its place in docs/padding.md."""
    headings = ("first : second", "first, s", "second, s", "ratio", "bound", "")
    begin, end = "<!-- benchmarks/pad.py -->\n", "<!-- end -->"
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    lines = table(headings, [row.cells for row in rows])
    PAGE.write_text(f"{before}{begin}\n{lines}\n\n{end}{rest.split(end)[1]}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=WHOLE)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    found = padding(arguments.sequences, arguments.rounds)
    if arguments.sequences == WHOLE:
        written(found)
    return 0 if all([*(row.held for row in found), guarding()]) else 1


if __name__ == "__main__":
    sys.exit(main())
