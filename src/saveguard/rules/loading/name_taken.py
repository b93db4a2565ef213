"""Two variables of one layer, or two layers, have the same name in an HDF5 file.

## What happens

`model.save` to `.h5` or `save_weights` stops half-way, and leaves a file that cannot be loaded.

## Why

HDF5 stores each array under a name. Variables that a layer makes without a name, or with the same
one, end up under one path; so do sub-layers that were made by hand with equal names.

## Fix

Give each variable and layer a name of its own:

    self.scale = self.add_weight(name="scale", shape=(3,))
    self.shift = self.add_weight(name="shift", shape=(3,))

The `.keras` format numbers them by itself.

## Seen in

- h5py 2, TF 1 and 2: "RuntimeError: Unable to create link (name already exists)"
- h5py 3: "ValueError: Unable to create dataset (name already exists)", "Unable to synchronously
  create dataset (name already exists)"

## References

- https://github.com/keras-team/keras/issues/19375
- https://github.com/tensorflow/tensorflow/issues/46871
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG244", "name-taken", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    if facts.layout != "h5":
        return
    for path, count in Counter(variable.path for variable in facts.variables).items():
        if count > 1:
            yield rule.finding(
                where=path,
                message=f"{count} variables have the name {path}",
                why=f"An .h5 file stores each array under its name. model.save() of Keras"
                f" {facts.keras} stops in the middle of it with `name already exists`.",
                fix='name them: self.add_weight(name="scale", ...); or save to .keras, which'
                " numbers them",
            )


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError", "OSError"),
        pattern=r"contains two variables with a duplicate path"
        r"|variable path is found twice in the model"
        r"|[Uu]nable to (?:synchronously )?create (?:link|dataset|group) \(name already"
        r" exists\)",
        stages=("save", "checkpoint"),
        message="two arrays have the same name in {where}",
        why="HDF5 stores each array under a name, and a layer has two variables, or the "
        "model two layers, of one name.",
        fix='name them: self.add_weight(name="scale", ...); or save to .keras, which numbers them',
        alone=r".",
    )
)


def bad(_tmp: Path) -> Call:
    """A layer with two weights of one name."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Unable to synchronously create dataset (name already exists)",
                'train.py:<module>:model.save("m.h5")',
                "keras/src/legacy/saving/legacy_h5_format.py:save_weights_to_hdf5_group",
                "h5py/_hl/group.py:create_dataset",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """h5py, called by a script of its own."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Unable to create dataset (name already exists)",
                'convert.py:<module>:file["images"] = images',
                "h5py/_hl/group.py:create_dataset",
            ),
        ),
    )
