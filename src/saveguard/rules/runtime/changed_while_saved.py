"""A model was changed while a save in the background was reading it.

## What happens

`saveguard.save(..., background=True)` copies the variables and goes on in a thread. If the model
then gets other variables, of a new optimizer or a new layer, the file would have those of one
moment and those of another: it is thrown away, the previous file stays, and `result()` raises.

## Why

The variables were copied when the save began; ones that were made later are not among the copies.
`compile` makes a new optimizer, and `add`, `pop` or `quantize` make other layers.

## Fix

Wait for the save before the model is changed:

    saving = saveguard.save(model, "m.keras", background=True)
    saving.result()
    model.compile(...)

## Seen in

- `saveguard.save(..., background=True)`, every version.

## References

- https://keras.io/api/models/model_training_apis/#compile-method
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG731", "changed-while-saved", since="0.1")


def changed(path: str) -> Finding:
    """The finding of a save whose model got other variables before it was written."""
    return rule.finding(
        where=path,
        message=f"the model was changed before {path} was written",
        why="A save in the background copies the variables that a model has when it begins. Others"
        " have taken their place since; the file would have had some of both, and was not kept."
        " The file before it stays.",
        fix="wait for the save (`saving.result()`) before `compile` or another layer",
    )


def bad(tmp: Path) -> Call:
    """A model that gets another optimizer while it is being saved."""
    return Call(_save, (tmp / "m.keras", False))


def good(tmp: Path) -> Call:
    """A model that gets another optimizer once it is saved."""
    return Call(_save, (tmp / "m.keras", True))


def _save(path: Path, wait: bool) -> Any:
    import keras

    import saveguard

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    earlier = saveguard.save(model, path.with_name("earlier.keras"), background=True)
    saving = saveguard.save(model, path, prove=False, background=True)
    if wait:
        saving.result()
    model.compile("sgd", "mse")
    earlier.result()
    return saving.result()
