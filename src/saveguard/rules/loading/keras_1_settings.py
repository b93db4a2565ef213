"""A regularizer or constraint is stored as Keras 1 wrote it.

## What happens

`load_model` stops at the layer that has it.

## Why

Keras 1 stored such an object as its settings with a `name` among them; since Keras 2 it is a
dictionary with `class_name` and `config`, and Keras 3 reads nothing else.

## Fix

Write it anew, in place: `{"name": "L2", "l2": 0.01}` as `{"class_name": "L2", "config": {"l2":
0.01}}`; or null, since a regularizer matters for training only.

## Seen in

- Keras 3.0 to 3.15.1: "Unknown `config` as a `dict`, config={'name': 'L1L2Regularizer', 'l1':
  0.0, 'l2': 0.01}"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py
  (deserialize_keras_object)
- https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG227", "keras-1-settings", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "keras-1"):
        yield rule.finding(
            where=stop.where,
            message=f"`{stop.values['name']}` is stored as Keras 1 wrote it{more}",
            why=f"{stopping(facts, stop)}.",
            fix=f"write null at {stop.path} of {stop.document}, or"
            f' {{"class_name": ..., "config": ...}}',
        )


def bad(tmp: Path) -> Call:
    """A regularizer with its name among its settings."""
    return _check(tmp, {"name": "L2", "l2": 0.01})


def good(tmp: Path) -> Call:
    """One with its class beside them."""
    return _check(tmp, {"class_name": "L2", "config": {"l2": 0.01}})


def _check(tmp: Path, regularizer: dict[str, object]) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4])
    relu = layer("Activation", "relu", activation="relu", activity_regularizer=regularizer)
    return Call("check", (h5(tmp / "m.h5", sequential(entry, relu)),))
