"""A subclassed model is to be saved as `.h5`, which only holds graphs of layers.

## What happens

`model.save("m.h5")` stops, or the checkpoint does after the first epoch. Keras 3 writes the file,
and cannot load it.

## Why

An `.h5` file holds a list of layers and how they are connected. A subclassed model is a Python
method, of which Keras knows no graph.

## Fix

Save to `.keras` with a registered class that has `get_config`:

    saveguard.save(model, "m.keras", example=x)

Or save the weights alone and rebuild the model by its code: `model.save_weights("m.weights.h5")`.

## Seen in

- TF 1.15 to 2.15: "NotImplementedError: Saving the model to HDF5 format requires the model to be a
  Functional model or a Sequential model. It does not work for subclassed models, because such
  models are defined via the body of a Python method, which isn't safely serializable."
- TF 1.13: "NotImplementedError: Currently `save` requires model to be a graph network."

## References

- https://github.com/tensorflow/tensorflow/issues/37945
- https://github.com/tensorflow/similarity/issues/271
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG246", "subclass-in-h5", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError",),
        pattern=r"Saving the model to HDF5 format requires the model to be a Functional model"
        r"|Currently `save` requires model to be a graph network",
        stages=("save", "checkpoint"),
        message="a subclassed model cannot be written as .h5",
        why="An .h5 file holds a graph of layers; this model is a Python method.",
        fix="save to .keras, with a registered class that has get_config(); or "
        'model.save_weights("m.weights.h5")',
    )
)
rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError",),
        pattern=r"^$",
        stages=("save", "checkpoint"),
        message="a subclassed or unbuilt model cannot be written by this release",
        why="Keras 2.2 and 2.3 write graphs of layers only, and say nothing of it.",
        fix='model.save_weights("m.h5"), and rebuild the model by its code; or build it '
        "before the save",
        certainty="likely",
        frames=r"network\.py:save",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """A subclassed model."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: Saving the model to HDF5 format requires the model to "
                "be a Functional model or a Sequential model. It does not work for "
                "subclassed models",
                'train.py:<module>:model.save("m.h5")',
                "tensorflow/python/keras/saving/hdf5_format.py:save_model_to_hdf5",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A class of one's own that does not save."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: save",
                'train.py:<module>:pipeline.save("m.h5")',
                'train.py:save:raise NotImplementedError("save")',
            ),
        ),
    )
