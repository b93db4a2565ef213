"""An argument has a value that the class of the loading release does not take.

## What happens

`load_model` stops where it calls the constructor, before any weight is read.

## Why

Some values changed between Keras 2 and 3: Hashing wants a whole number's dtype. In an `.h5`
file, besides, a string that is also the name of a function of `keras.layers` is taken for that
function: the `dot` of an Attention layer; and several axes of a LayerNormalization are taken
out, so that it normalizes the last one only, and its weights do not fit.

## Fix

Change the value in the configuration, in place. For Attention leave `score_mode` out, as `dot`
is what it is by itself:

    with h5py.File("m.h5", "r+") as file:
        text = file.attrs["model_config"]
        file.attrs["model_config"] = text.replace('"score_mode": "dot", ', "")

A LayerNormalization keeps its axes if its layer says where it comes from: beside its
`class_name`, write `"module": "keras.layers"`.

## Seen in

- Keras 3.15.1, `.h5`: "Invalid value for argument score_mode. Expected one of {'dot',
  'concat'}. Received: score_mode=<function dot at 0x7f6467787600>"
- Keras 3.15.1: "`dtype` should be an integer type, 'int32' or 'in64'. Received: dtype=float32"

- Keras 3.15.1, `.h5`: "Shape mismatch in layer #0 (named layer_normalization)for weight
  layer_normalization/gamma. Weight expects shape (4,). Received saved weight with shape (3, 4)"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/serialization.py
  (class_and_config_for_serialized_keras_object)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/preprocessing/hashing.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.revive import Stop
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts, named, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG228", "value-refused", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "value", "mistaken", "axes"):
        argument, value = stop.values["argument"], stop.values["value"]
        wanted = stop.values["wanted"]
        yield rule.finding(
            where=stop.where,
            message=f"Keras {facts.keras} does not take `{argument}={value}` of the"
            f" {named(stop)}{more}",
            why=f"{stopping(facts, stop)}.",
            fix=_keeping(stop)
            if stop.kind == "axes"
            else f"write {wanted!r} instead at {stop.path} of {stop.document}"
            if wanted
            else f"take `{argument}` out at {stop.path} of {stop.document}: {value!r} is what it is"
            " by itself",
        )


def _keeping(stop: Stop) -> str:
    """How the loader of old files is led past the layer."""
    place = stop.path.removesuffix(".config.axis")
    return f'write "module": "keras.layers" beside the class_name at {place} of {stop.document}'


def bad(tmp: Path) -> Call:
    """Buckets counted in floating point."""
    return _check(tmp, "float32")


def good(tmp: Path) -> Call:
    """Buckets counted in whole numbers."""
    return _check(tmp, "int64")


def _check(tmp: Path, dtype: str) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 1], dtype="int64")
    model = sequential(entry, layer("Hashing", "bucket", num_bins=3, dtype=dtype))
    return Call("check", (h5(tmp / "m.h5", model),))
