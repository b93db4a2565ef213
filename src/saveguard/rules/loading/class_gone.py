"""The file names a class of Keras that the loading release does not have.

## What happens

`load_model` stops at the first object of that class, as if it were a custom one that nobody
registered. The release that wrote the file still loads it.

## Why

Keras 3 left layers of Keras 2 out (`ThresholdedReLU`, `LocallyConnected2D`, `CuDNNLSTM`,
`RandomHeight`, `DenseFeatures`, and the names of Keras 1), and each release adds some that
older ones do not know. A file holds names, not code.

## Fix

Hand the loader a class that does the same, under the old name:

    class ThresholdedReLU(keras.layers.Layer):
        def __init__(self, theta=1.0, **kwargs):
            super().__init__(**kwargs)
            self.theta = theta

        def call(self, inputs):
            return keras.ops.where(inputs > self.theta, inputs, 0.0)

    keras.saving.load_model("m.h5", custom_objects={"ThresholdedReLU": ThresholdedReLU})

Or load and save the file once more in the last release that has the class.

## Seen in

- Keras 3.0 to 3.15.1, `.h5`: "Unknown layer: 'ThresholdedReLU'. Please ensure you are using a
  `keras.utils.custom_object_scope` and that this object is included in the scope."
- Keras 3.0 to 3.15.1, `.keras`: "Could not locate class 'ThresholdedReLU'."

## References

- https://keras.io/guides/migrating_to_keras_3/
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/__init__.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, release_told, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG212", "class-gone", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "gone", "newer"):
        name, newer = stop.values["name"], stop.kind == "newer"
        last = release_told(stop.values["since" if newer else "until"])
        yield rule.finding(
            where=stop.where,
            message=f"`{name}` is not in Keras {facts.keras}{more}",
            why=f"Keras has it {'since' if newer else 'until'} {last}; {stopping(facts, stop)}.",
            fix=f"load it with Keras {last}{' or newer' if newer else ' and save it again'}; or"
            f' pass custom_objects={{"{name}": ...}} with a class that does the same',
        )


_GONE = (
    "Functional|Model|CuDNNLSTM|CuDNNGRU|ThresholdedReLU|LocallyConnected[12]D|Highway"
    "|MaxoutDense|Merge|TimeDistributedDense|AtrousConvolution[12]D|RandomHeight|RandomWidth"
    "|SyncBatchNormalization|ExperimentalPreprocessing\\w*"
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=rf"Unknown layer: ?'?(?P<name>{_GONE})\b"
        rf"|Could not locate class '(?P<name2>{_GONE})'",
        stages=("load",),
        message="the file holds a layer `{name}{name2}`, a class that this release does not have",
        why="It is a class of Keras itself, of an older or a newer release than the one that loads"
        " the file; `Functional` is how TF 2.4 and newer write a functional model.",
        fix="load it with the release that wrote it: saveguard check FILE says which",
    )
)


def bad(tmp: Path) -> Call:
    """A layer that Keras 3 left out."""
    return _check(tmp, layer("ThresholdedReLU", "cut", theta=1.0))


def good(tmp: Path) -> Call:
    """One that it kept, which does the same."""
    return _check(tmp, layer("ReLU", "cut", threshold=1.0))


def _check(tmp: Path, cut: dict[str, object]) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4])
    return Call("check", (h5(tmp / "m.h5", sequential(entry, cut)),))
