"""An array in the file has another shape than its layer expects.

## What happens

`load_model` rebuilds the layers from the configuration and stops at the first array that does not
fit, after everything before it was read.

## Why

The configuration and the weights come from two different models: a `config.json` that was edited,
weights copied in from another file, or an argument whose default has changed. A GRU written before
TF 2.0 says nothing of `reset_after`; Keras 3 takes it for True, and expects two rows of biases
where the file has one.

## Fix

Put the argument back that the arrays were trained with; the finding names the layer and both
shapes. For a GRU of an old file that is `"reset_after": false`.

## Seen in

- Keras 3.15.1, `.h5`: "ValueError: Shape mismatch in layer #0 (named gru)for weight
  sequential/gru/gru_cell/bias. Weight expects shape (2, 6). Received saved weight with shape (6,)"
- Keras 3.15.1, `.keras`: "A total of 1 objects could not be loaded."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/legacy_h5_format.py
  (load_weights_from_hdf5_group)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.archive.owners import Owner, owners
from saveguard.archive.shapes import Shape, arrays_of
from saveguard.facts import ArchiveFacts, StoredArray
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG415", "shapes-differ", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for owner in owners(facts) if facts.keras else ():
        for name, expected, array in _unlike(owner):
            shape = ", ".join("?" if extent is None else str(extent) for extent in expected)
            yield rule.finding(
                where=f"{array.member or facts.path} {array.path}",
                message=f"`{name}` of the layer `{owner.layer.name}` has the shape"
                f" {list(array.shape)} in the file; the configuration makes it [{shape}]",
                why=f"Keras {facts.keras} builds the {owner.layer.class_name} layer from"
                f" {owner.layer.path} first; load_model() stops when it reads this array.",
                fix=f"correct the arguments of `{owner.layer.name}` in the configuration, or take"
                " weights and configuration from the same save",
            )


def _unlike(owner: Owner) -> Iterator[tuple[str, Shape, StoredArray]]:
    """Arrays that do not fit, by position in Keras 3's files and by name in legacy ones."""
    expected = arrays_of(owner.layer) or ()
    if not owner.own or not expected:
        return
    names = {array.path.rpartition("/")[2].partition(":")[0]: array for array in owner.own}
    for index, (name, shape) in enumerate(expected):
        array = names.get(str(index), names.get(name))
        if array is not None and not _fits(array.shape, shape):
            yield name, shape, array


def _fits(found: tuple[int, ...], expected: Shape) -> bool:
    alike = (want in (None, have) for have, want in zip(found, expected, strict=False))
    return len(found) == len(expected) and all(alike)


def bad(tmp: Path) -> Call:
    """A GRU of three gates, whose file does not say that it has one row of biases."""
    return _check(tmp, said=False)


def good(tmp: Path) -> Call:
    """The same file, which says so."""
    return _check(tmp, said=True)


def _check(tmp: Path, *, said: bool) -> Call:
    import json

    import h5py
    import keras

    gru = keras.layers.GRU(2, reset_after=False, name="gru")
    keras.Sequential([keras.Input((4, 3)), gru], name="m").save(tmp / "m.h5")
    if not said:
        with h5py.File(tmp / "m.h5", "r+") as file:
            config = json.loads(file.attrs["model_config"])
            del config["config"]["layers"][-1]["config"]["reset_after"]
            file.attrs["model_config"] = json.dumps(config)
    return Call("check", (tmp / "m.h5",))
