"""The weights in the file are those of another architecture than the model that loads them.

## What happens

`load_weights` or `set_weights` stops at the first layer whose arrays do not fit, or at a count of
layers that differs. What was loaded before it stays loaded.

## Why

The code that rebuilds the model differs from the code that trained it: a layer more or fewer, other
units, another number of classes, a backbone with or without its top. The weights alone do not say
what they belong to.

## Fix

Build the model with the same arguments as in training; `saveguard inspect FILE` prints the layers
and shapes of the file. Save the whole model, and this cannot happen:

    saveguard.save(model, "m.keras", example=x)

To load only what fits, give the layers the names of the file and pass `skip_mismatch=True`, knowing
that the others stay fresh.

## Seen in

- Keras 2 and TF to 2.8: "ValueError: You are trying to load a weight file containing 3 layers into
  a model with 1 layers."
- TF 2.9 to 2.15, Keras 3 with `.h5`: "ValueError: Layer count mismatch when loading weights from
  file. Model expected 2 layers, found 1 saved layers."
- TF 1.15 to 2.15: "ValueError: Shapes (5, 2) and (3, 2) are incompatible", "Cannot assign value to
  variable ' dense/kernel:0': Shape mismatch."
- Keras 3: "ValueError: A total of 2 objects could not be loaded. Example error message for object
  <Dense name=dense>: The shape of the target variable and the shape of the target value in
  `variable.assign(value)` must match."

## References

- https://github.com/keras-team/keras/issues/12865
- https://github.com/tensorflow/tensorflow/issues/62193
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG241", "weights-differ", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"weight file containing (?P<got>[1-9]\d*) layers into a model with"
        r" (?P<expected>[1-9]\d*) layers"
        r"|Model expected (?P<expected2>[1-9]\d*) layers, found (?P<got2>[1-9]\d*)"
        r" saved layers",
        stages=("load",),
        message="the file holds weights of {got}{got2} layers, the model has {expected}{expected2}",
        why="The code that built this model differs from the code that trained the weights.",
        fix="build the model as it was in training; `saveguard inspect {where}` prints the "
        "layers and shapes of the file",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "InvalidArgumentError", "AssertionError"),
        pattern=r"Weight count mismatch for top-level weights"
        r"|Shape mismatch in .{0,80}?for (?:top-level )?weight"
        r"|Layer #\d+ \(named \"?(?P<layer2>[\w/.-]+)\"?\) expects \d+ weight\(s\), but"
        r" the saved weights have"
        r"|Invalid bias shape: "
        r"|(?:GRU|LSTM)\([^)]*\) is not compatible with (?:GRU|LSTM|CuDNN)"
        r"|Shape mismatch in layer #\d+ \(named (?P<layer>[\w/.-]+)\)[\s\S]*?expects?"
        r" shape (?P<expected>\([\d, ]*\))[\s\S]*?shape (?P<got>\([\d, ]*\))"
        r"|Weight count mismatch for layer"
        r"|was found to correspond to layer"
        r"|Cannot assign (?:value )?to variable .*(?:Shape mismatch|are incompatible)"
        r"|has shape \([\d, ]*\), but the saved weight has shape"
        r"|(?<!Optimizer )weight shape (?P<expected2>\([\d, ]*\)) (?:is )?not compatible with"
        r" provided"
        r" weight shape (?P<got2>\([\d, ]*\))"
        r"|called `set_weights\(weights\)` on (?:layer|Sequential|Model)"
        r"|Received incompatible tensor with shape"
        r"|Python objects (?:that )?were not bound to checkpointed values|Unresolved object in"
        r" checkpoint",
        stages=("load",),
        message="a layer {layer}{layer2} of the model takes other arrays than the file has: "
        "{expected}{expected2} and {got}{got2}",
        why="The code that built this model differs from the code that trained the weights: "
        "other units, classes or inputs.",
        fix="give the layer the size that it had in training; `saveguard inspect {where}` "
        "prints the shapes of the file",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "InvalidArgumentError"),
        pattern=r"Shapes (?P<expected>\([\d, ]+\)) and (?P<got>\([\d, ]+\)) (?:are incompatible"
        r"|must have the same rank)"
        r"|A total of (?P<count>\d+) objects could not be loaded"
        r"|Layer '(?P<layer>[^']+)' expected [1-9]\d* variables, but received \d+"
        r" variables"
        r"|shape of the target variable and the shape of the target value in"
        r" `variable\.assign\(value\)` must match"
        r"|Assign requires shapes of both tensors to match"
        r"|Dimension \d+ in both shapes must be equal, but are .* for 'Assign"
        r"|axes don't match array",
        stages=("load",),
        message="the arrays of the file do not fit the model {layer} {expected} {got}",
        why="The code that built this model differs from the code that trained the weights.",
        fix="build the model as it was in training; `saveguard inspect {where}` prints the "
        "layers and shapes of the file",
        frames=r"load_weights|set_weights|batch_set_value|preprocess_weights",
        alone=r".",
    )
)


def bad(_tmp: Path) -> Call:
    """Weights of two layers for a model of one."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Layer count mismatch when loading weights from file. Model "
                "expected 1 layers, found 2 saved layers.",
                'train.py:<module>:model.load_weights("w.h5")',
                "keras/src/saving/legacy/hdf5_format.py:load_weights_from_hdf5_group",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Another library that says much the same."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: Error(s) in loading state_dict for Linear: size mismatch for weight",
                "train.py:<module>:net.load_state_dict(s)",
                "torch/nn/modules/module.py:load_state_dict",
            ),
        ),
    )
