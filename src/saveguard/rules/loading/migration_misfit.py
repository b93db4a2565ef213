"""An old file's arrays are not those of the layer that they belong to.

## What happens

`saveguard migrate OLD NEW` stops, with the layer and both shapes. Nothing is written.

## Why

The configuration and the arrays in the file do not go together: the file was put together from
two models, the layer is a class of the author's own whose weights have changed since, or it is
a form of an old release that is not known here.

## Fix

For a class of the author's own, give the version of it that the model was saved with. Otherwise
save the model again where it still loads.

## Seen in

- `model_config` edited by hand, so that a layer has other units than its arrays.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/legacy_h5_format.py
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.old_files import fill, h5, layer, sequential

rule = Rule("SG286", "migration-misfit", since="0.1")


def stopped(path: str, told: str) -> Finding:
    """The finding for arrays that do not fit; `told` says which, with both shapes."""
    return rule.finding(
        where=path,
        message="the arrays in the file are not those of the layers",
        why=f"{told}: so the weights cannot be carried over.",
        fix="give the class of the layer as it was when the model was saved; or save the model"
        " again with the version that wrote the file",
        evidence=(told,),
        file=path,
    )


def bad(tmp: Path) -> Call:
    """A dense layer of two units with the kernel of three."""
    return _migrated(tmp, 3)


def good(tmp: Path) -> Call:
    """The same with its own."""
    return _migrated(tmp, 2)


def _migrated(tmp: Path, units: int) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4], dtype="float32")
    path = h5(tmp / "m.h5", sequential(entry, layer("Dense", "dense", units=2)))
    fill(path, dense={"kernel": (4, units), "bias": (units,)})
    return Call("migrate", (path, tmp / "new.keras"))
