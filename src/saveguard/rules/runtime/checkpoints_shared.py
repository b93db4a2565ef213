"""Two trainings write the same series of checkpoints.

## What happens

Each replaces what the other has written. With `save_best_only` the best value of one keeps the
files of the other from being written; with `keep` one removes the files of the other; and
`resume` goes on with the wrong model.

## Why

Both were given the same file name. A job that was started twice does so, and so does a scheduler
that starts a job again before the first one has ended.

## Fix

Give each training a folder of its own, or end the other one first:

    saveguard.Checkpoint(f"runs/{run_name}/best-{{epoch:02d}}.keras")

## Seen in

- `keras.callbacks.ModelCheckpoint`, every version: silent.

## References

- https://github.com/keras-team/keras/issues/17012
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.rule import Call, Rule

rule = Rule("SG730", "checkpoints-shared", since="0.1")


def in_use(template: str) -> SaveguardError:
    """The error of a training whose checkpoints another one is writing."""
    finding = rule.finding(
        where=template,
        message=f"another training is writing the checkpoints {template}",
        why="Two trainings under one name replace each other's files, and neither can be resumed."
        " Nothing was trained or written.",
        fix="end the other training, or give this one a folder of its own",
    )
    return SaveguardError(Report(subject=template, findings=(finding,)))


def bad(tmp: Path) -> Call:
    """A second training under the name of one that is running."""
    return Call(_train, (tmp / "a.keras", tmp / "a.keras"))


def good(tmp: Path) -> Call:
    """A second training with a name of its own."""
    return Call(_train, (tmp / "a.keras", tmp / "b.keras"))


def _train(running: Path, second: Path) -> Any:
    import keras
    import numpy as np

    import saveguard

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    first = saveguard.Checkpoint(running, prove=False)
    first.on_train_begin()
    callbacks = [saveguard.Checkpoint(second, prove=False)]
    try:
        model.fit(np.ones((2, 3)), np.ones((2, 2)), callbacks=callbacks, verbose=0)
    finally:
        first.on_train_end()
