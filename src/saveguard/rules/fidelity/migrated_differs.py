"""A migrated model gives other outputs than the version that saved it.

## What happens

The old file was rewritten for today's Keras, and the new model was called on the same inputs as the
old one. Their outputs differ by more than sums in another order explain. The new file does not get
its name; it is kept beside it as `NAME.unproven.keras`.

## Why

Something that the old release computed is computed otherwise today, and no step of the migration
knows of it; or a class that was given with `--custom` is not the one that the model was trained
with; or the recorded outputs belong to another model, or to other inputs.

## Fix

`saveguard migrate OLD NEW --diff` shows what was rewritten. Hold the classes that were given
against the ones of then: defaults of their arguments are what changes most. Where a built-in layer
is to blame, please report it with the finding's text.

## Seen in

- Keras 2 files with `hard_sigmoid` that were rewritten by hand: up to 0.29 of a probability, with
  no error.
- Layers of a third-party package whose newer release has other defaults.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/activations/activations.py
  (hard_sigmoid is x/6 + 0.5; before, it was 0.2x + 0.5)
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG440", "migrated-differs", since="0.1")


def differs(
    path: str, source: str, found: tuple[str, str, str], gaps: tuple[float, float]
) -> Finding:
    """The finding for the migrated model of `path`.

    Args:
        source: Who gave the outputs that are expected.
        found: The place of the largest difference, and what was expected and is there.
        gaps: The largest difference and the one allowed, as shares of the sample's largest output.
    """
    where, expected, got = found
    share, limit = gaps
    return rule.finding(
        where=where or path,
        message=f"the migrated model gives {got} where {source} gives {expected}",
        why=f"The largest difference is {share:.2g} of its sample's largest output, and"
        f" {limit:g} is allowed. The new model is not the one that was saved.",
        fix=f"saveguard migrate {path} NEW --diff shows what was rewritten; hold the classes given"
        " with --custom against those that the model was trained with",
        file=path,
    )


def bad(tmp: Path) -> Call:
    """A model of Keras 2 with outputs that another model gave."""
    return _migrated(tmp, factor=1.5)


def good(tmp: Path) -> Call:
    """The same with its own."""
    return _migrated(tmp, factor=1.0)


def _migrated(tmp: Path, *, factor: float) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, kernel_initializer="ones")])
    model.save(tmp / "old.h5")
    inputs = np.arange(6, dtype="float32").reshape(2, 3)
    outputs = factor * np.asarray(model(inputs))
    np.savez(tmp / "golden.npz", in_00=inputs, out_00=outputs)
    options = {"golden": tmp / "golden.npz"}
    return Call("migrate", (tmp / "old.h5", tmp / "new.keras"), options)
