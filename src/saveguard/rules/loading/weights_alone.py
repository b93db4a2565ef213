"""The file holds weights only, and is loaded as a whole model.

## What happens

`load_model` stops: there is no configuration in the file.

## Why

`save_weights`, and `ModelCheckpoint` with `save_weights_only=True`, write the arrays without the
layers. A save that failed half-way leaves such a file too.

## Fix

Build the model by its code, and load the weights into it:

    model = build()
    model.load_weights("w.weights.h5")

## Seen in

- TF to 2.3: "ValueError: No model found in config file."
- TF 2.4 to 2.15, Keras 3: "ValueError: No model config found in the file at w.weights.h5."
- TF 2: "ValueError: Cannot parse config: no model config"

## References

- https://github.com/keras-team/keras/issues/5231
- https://github.com/keras-team/keras/issues/6937
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG240", "weights-alone", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "OSError", "KeyError"),
        pattern=r"Checkpoint does not contain model configuration"
        r"|No model found in config file"
        r"|Cannot create group in read.only mode"
        r"|No model config found in the file at (?P<path>[^<\n]*?)\.?(?:$|\n|<)",
        message="{where} holds weights only, and no model",
        why="The list of layers that load_model reads is not in it.",
        fix='build the model by its code, then model.load_weights("{where}")',
    )
)


def bad(_tmp: Path) -> Call:
    """Weights of a checkpoint."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: No model config found in the file at w.weights.h5.",
                'serve.py:<module>:keras.models.load_model("w.weights.h5")',
                "keras/src/legacy/saving/legacy_h5_format.py:load_model_from_hdf5",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A configuration of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: No config found in the file at app.ini.",
                'serve.py:<module>:read("app.ini")',
            ),
        ),
    )
