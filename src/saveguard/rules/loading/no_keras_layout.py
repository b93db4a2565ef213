r"""An HDF5 file that is to be loaded does not have the layout that Keras writes.

## What happens

`load_model` or `load_weights` stops at a group or an attribute that is not there, or says that the
file holds no layers.

## Why

Every release has its own layout: a whole model holds `model_config` and `model_weights`, weights
alone `layer_names`, Keras 3 `layers` or `_layer_checkpoint_dependencies`. A file of data, of
another framework or of a converter is HDF5 too, and has none of them.

## Fix

Ask the file what it is, and use the function that reads it:

    saveguard inspect weights.h5

## Seen in

- Keras 2 and 3: "KeyError: \"Unable to open object (object 'model_weights' doesn't exist)\"",
  "KeyError: 'model_weights'"
- Keras 2: "KeyError: \"Can't open attribute (can't locate attribute: 'layer_names')\""
- All: "ValueError: Layer count mismatch when loading weights from file. Model expected 1 layers,
  found 0 saved layers."

## References

- https://github.com/keras-team/keras/issues/6788
- https://github.com/keras-team/keras/issues/1737
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG255", "no-keras-layout", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("KeyError", "ValueError"),
        pattern=r"(?:model_weights|layer_names|weight_names|nb_layers)'?(?: doesn't exist|\)|$)"
        r"|object '(?:model_weights|model_config|layers|layer_names)' doesn't exist"
        r"|can't locate attribute: '(?:layer_names|weight_names|nb_layers|model_config)'"
        r"|found 0 saved layers"
        r"|weight file containing 0 layers",
        stages=("load",),
        message="{where} is HDF5, but not a file of Keras of this kind",
        why="What the reader looks for, the list of layers or the group of weights, is not in it.",
        fix="saveguard inspect {where} says what it is; a whole model is loaded with "
        "load_model, weights with load_weights",
    )
)


def bad(_tmp: Path) -> Call:
    """A file of images."""
    return Call(
        "explain",
        (
            pasted(
                "KeyError: \"Can't open attribute (can't locate attribute: 'layer_names')\"",
                'serve.py:<module>:model.load_weights("images.h5")',
                "keras/engine/topology.py:load_weights",
                "h5py/_hl/attrs.py:__getitem__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A key of one's own that is not there."""
    return Call(
        "explain",
        (
            pasted(
                "KeyError: \"Unable to open object (object 'images' doesn't exist)\"",
                'convert.py:<module>:file["images"]',
                "h5py/_hl/group.py:__getitem__",
            ),
        ),
    )
