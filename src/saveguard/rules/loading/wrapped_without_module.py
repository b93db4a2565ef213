"""A layer inside a wrapper is stored without its module, so that Keras 3 cannot find it.

## What happens

`load_model` stops at every Bidirectional, TimeDistributed or RNN layer of the file with "Could
not locate class 'LSTM'", as if LSTM were a custom class.

## Why

Keras 2 before 2.12 stored the inner layer by its class name alone. The wrappers of Keras 3 look
it up as `.keras` files name their classes, by module and name; only the layers of a model
itself are still found by name.

## Fix

Write the module beside each inner layer, in place:

    def modules(value):
        if isinstance(value, list):
            return [modules(part) for part in value]
        if not isinstance(value, dict):
            return value
        value = {key: modules(part) for key, part in value.items()}
        inner = value.get("layer") or value.get("cell")
        if isinstance(inner, dict) and "module" not in inner:
            inner |= {"module": "keras.layers", "registered_name": None}
        return value

and store `modules(config)` as the attribute `model_config`.

## Seen in

- Keras 3.0 to 3.15.1: "Could not locate class 'LSTM'. Make sure custom classes and functions
  are decorated with `@keras.saving.register_keras_serializable()`."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/core/wrapper.py
  (from_config)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/bidirectional.py
  (from_config)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts, named, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG220", "wrapped-without-module", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "no-module"):
        place = stop.path.removesuffix(".class_name")
        yield rule.finding(
            where=stop.where,
            message=f"the {named(stop)}, inside another layer, is stored without its module{more}",
            why=f"Keras 3 finds an inner layer by module and name only; {stopping(facts, stop)}.",
            fix='write "module": "keras.layers", "registered_name": null beside'
            f" {stop.values['name']!r} at {place} of {stop.document}",
        )


def bad(tmp: Path) -> Call:
    """An inner layer as Keras 2 wrote it."""
    return _check(tmp, layer("Dropout", "drop", rate=0.5))


def good(tmp: Path) -> Call:
    """An inner layer with its module."""
    own = {"module": "keras.layers", "registered_name": None}
    return _check(tmp, {**layer("Dropout", "drop", rate=0.5), **own})


def _check(tmp: Path, inner: dict[str, object]) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4, 3])
    each = layer("TimeDistributed", "each", layer=inner)
    return Call("check", (h5(tmp / "m.h5", sequential(entry, each)),))
