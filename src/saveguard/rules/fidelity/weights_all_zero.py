"""The kernel of a layer is zero throughout.

## What happens

The layer gives its bias, whatever it is given. The model loads and predicts without an error.

## Why

A kernel that was trained is never zero throughout. The values were lost on the way: a file system
that gave back empty blocks, a save from a process that did not hold this part of a distributed
model, a conversion that made the layer and forgot to fill it. A few models begin with a kernel of
zeros on purpose and were not trained yet.

## Fix

Compare with another copy: `saveguard diff FILE OTHER`. If there is none, train the layer again.

## Seen in

- Every version: silent.

## References

- https://keras.io/api/layers/initializers/#zeros-class
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.archive.owners import owners
from saveguard.archive.shapes import Arrays, arrays_of
from saveguard.facts import ArchiveFacts, StoredArray
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG416", "weights-all-zero", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for owner in owners(facts) if facts.keras else ():
        expected = arrays_of(owner.layer)
        if not expected:
            continue
        for array in owner.own:
            multiplies = len(array.shape) > 1 and not _begins_at_zero(array, expected)
            if array.zero and multiplies and array.count > 1:
                yield rule.finding(
                    where=f"{array.member or facts.path} {array.path}",
                    message=f"an array {list(array.shape)} of the layer `{owner.layer.name}` is"
                    " zero throughout",
                    why=f"The {owner.layer.class_name} layer multiplies what it is given by these"
                    " values, so that nothing of it is left. Training does not lead there.",
                    fix="hold the file against another copy: saveguard diff FILE OTHER",
                    certainty="possible",
                )


def _begins_at_zero(array: StoredArray, expected: Arrays) -> bool:
    """A bias of several rows, as a GRU's, or the second array of LoRA."""
    leaf = array.path.rpartition("/")[2].partition(":")[0]
    place = int(leaf) if leaf.isdigit() else len(expected)
    name = expected[place][0] if place < len(expected) else leaf
    return name.startswith(("bias", "lora_"))


def bad(tmp: Path) -> Call:
    """A kernel that was emptied."""
    return _check(tmp, 0.0)


def good(tmp: Path) -> Call:
    """The same kernel with one value left."""
    return _check(tmp, 0.5)


def _check(tmp: Path, value: float) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="dense")], name="m")
    kernel = np.zeros((3, 2), "float32")
    kernel[1, 1] = value
    model.set_weights([kernel, np.zeros(2, "float32")])
    model.save(tmp / "m.keras")
    return Call("check", (tmp / "m.keras",))
