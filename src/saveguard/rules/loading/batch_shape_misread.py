"""The shape of a Sequential model's first layer is read with the batch as a further axis.

## What happens

The model is built for inputs of one axis more than it had. Most stop there: a convolution, a
pooling or a recurrent layer meets the wrong rank. A model of Dense layers alone loads, and then
takes and gives tensors of another rank.

## Why

Keras 2 stored `batch_input_shape` with the first layer, or none. The loader of Keras 3 hands it
on as `input_shape`, with the batch still in it; a Sequential model that begins with an
InputLayer, as tf.keras writes since 2.2, is not concerned.

## Fix

Put an InputLayer in front, in place:

    with h5py.File("m.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        layers = config["config"]["layers"]
        shape = layers[0]["config"].pop("batch_input_shape")
        layers.insert(0, {"class_name": "InputLayer", "config": {"batch_shape": shape}})
        file.attrs["model_config"] = json.dumps(config)

## Seen in

- Keras 3.0 to 3.15.1: "Kernel shape must have the same length as input, but received kernel of
  shape (3, 3, 3, 16) and input of shape (None, None, 63, 63, 3)."
- Keras 3.0 to 3.15.1: "Input 0 with name 'None' of layer 'lstm' is incompatible with the layer:
  expected ndim=3, found ndim=4."
- Keras 3.0 to 3.15.1: "Shapes used to initialize variables must be fully-defined (no `None`
  dimensions)."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/saving_utils.py
  (batch_input_shape)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/sequential.py (add)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.revive import Stop
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG215", "batch-shape-misread", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, _ in halts(facts, "axis", "axis-more"):
        shape, read, first = (stop.values[key] for key in ("shape", "read", "first"))
        yield rule.finding(
            where=f"{stop.document} {stop.turn.removesuffix('.~')}",
            message=f"the batch_input_shape {shape} of the first layer `{first}` is read as {read}",
            why=f"Keras {facts.keras} takes it for one without the batch; {_then(facts, stop)}.",
            fix=f'with h5py.File({facts.path!r}, "r+") as file:\n'
            '    config = json.loads(file.attrs["model_config"])\n'
            '    layers = config["config"]["layers"]\n'
            '    shape = layers[0]["config"].pop("batch_input_shape")\n'
            '    entry = {"class_name": "InputLayer", "config": {"batch_shape": shape}}\n'
            "    layers.insert(0, entry)\n"
            '    file.attrs["model_config"] = json.dumps(config)',
            certainty=stop.certainty,
        )


def _then(facts: ArchiveFacts, stop: Stop) -> str:
    if stop.kind == "axis":
        return f"at the layer `{stop.values['layer']}` {stopping(facts, stop)}"
    if stop.certainty == "likely":
        return "the model loads, and wants its inputs with one axis more than it was trained with"
    return "a layer that is not followed here decides whether the model can be built so"


def bad(tmp: Path) -> Call:
    """A pooling layer that says the shape of its inputs."""
    pool = layer("MaxPooling2D", "pool", batch_input_shape=[None, 8, 8, 3], pool_size=[2, 2])
    return Call("check", (h5(tmp / "m.h5", sequential(pool)),))


def good(tmp: Path) -> Call:
    """An input layer says it."""
    entry = layer("InputLayer", "x", batch_input_shape=[None, 8, 8, 3])
    pool = layer("MaxPooling2D", "pool", pool_size=[2, 2])
    return Call("check", (h5(tmp / "m.h5", sequential(entry, pool)),))
