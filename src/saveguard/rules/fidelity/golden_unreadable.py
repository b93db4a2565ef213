"""The recorded outputs that a migration is to be held against cannot be read.

## What happens

`saveguard migrate OLD NEW --golden FILE` stops before anything is written.

## Why

The file is no `.npz`, holds pickled objects, which are never opened, or names its arrays in a way
that does not tell inputs from outputs.

## Fix

Write it where the old model runs, with the inputs in the model's order as `in_00`, `in_01`, ... and
the outputs as `out_00`, `out_01`, ...:

    inputs = numpy.random.RandomState(0).normal(size=(4, 10)).astype("float32")
    numpy.savez("golden.npz", in_00=inputs, out_00=model.predict(inputs))

Inputs and outputs that have names may be called `in:NAME` and `out:NAME`.

## Seen in

- `numpy.save` used for `numpy.savez`: an array without a name.
- Arrays called `x` and `y`.

## References

- https://numpy.org/doc/stable/reference/generated/numpy.savez.html
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG441", "golden-unreadable", since="0.1")


def refused(path: str, why: str) -> Finding:
    """The finding for recorded outputs that cannot be used; `why` says what is there instead."""
    return rule.finding(
        where=path,
        message=f"{path} does not hold the inputs and outputs of a model",
        why=f"An .npz with the arrays in_00, in_01, ... and out_00, out_01, ... is wanted; {why}.",
        fix='numpy.savez("golden.npz", in_00=inputs, out_00=model.predict(inputs)), where the old'
        " model runs",
        evidence=(why[:300],),
        file=path,
    )


def bad(tmp: Path) -> Call:
    """Arrays whose names do not tell what they are."""
    return _migrated(tmp, "x", "y")


def good(tmp: Path) -> Call:
    """The same under names that do."""
    return _migrated(tmp, "in_00", "out_00")


def _migrated(tmp: Path, *names: str) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save(tmp / "old.h5")
    inputs = np.arange(6, dtype="float32").reshape(2, 3)
    arrays = dict(zip(names, (inputs, np.asarray(model(inputs))), strict=True))
    np.savez(tmp / "golden.npz", **arrays)  # type: ignore[arg-type]
    options = {"golden": tmp / "golden.npz"}
    return Call("migrate", (tmp / "old.h5", tmp / "new.keras"), options)
