"""A migrated model answers as before, and does not train on as the old one would have.

## What happens

`saveguard migrate` writes the new file, with its weights. What the finding names is missing from
it: the moments and the count of steps that the optimizer had gathered, or how the model was
compiled. `fit` on the new model begins with a fresh optimizer, or asks for `compile`.

## Why

The state of an optimizer is carried where every array of it is certain: which kind of moment it is,
of which weight, and that today's Keras makes the same step of it. That is not so where a layer has
weights of another form today (cuDNN's LSTM, layers of Keras 1), where the release named no weights
and others are trained today, for Nadam before TensorFlow 2.11, whose momentum followed another
schedule, and for the optimizers that TensorFlow 2.11 calls legacy in `.keras` files, of which
Keras 2 wrote no state. Of Keras 2.2 and 2.3 without TensorFlow, whose arrays have no names, it is
proven by one step more for SGD and RMSprop, and of 2.3 for Adagrad, Adadelta, Adamax and AMSGrad;
nothing else of theirs is carried. Losses, metrics and optimizers of the author's own are only there
where they were given with `--custom`.

## Fix

For predictions nothing is missing. To train on, compile the new model as the old one was; a few
hundred steps with a small learning rate let a fresh optimizer gather its moments again.

## Seen in

- `.h5` checkpoints of long trainings that were to go on with today's Keras.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/optimizers/legacy/nadam.py
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/optimizers/nadam.py
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.old_files import fill, h5, layer, sequential

rule = Rule("SG444", "training-not-carried", since="0.1")


def lost(where: str, told: str) -> Finding:
    """The finding for what of the training is not in the new file, in words."""
    return rule.finding(
        where=where,
        message=f"not carried over: {told}",
        why="The new file answers as the old one did. `fit` begins with an optimizer that"
        " remembers no step, or, where the model is not compiled, asks for `compile`.",
        fix="compile the new model as the old one was, and begin with a small learning rate",
        certainty="likely",
    )


def bad(tmp: Path) -> Call:
    """A model that was compiled with a loss of its author's."""
    return _migrated(tmp, "focal_loss")


def good(tmp: Path) -> Call:
    """The same with a loss that Keras has."""
    return _migrated(tmp, "mse")


def _migrated(tmp: Path, loss: str) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4], dtype="float32")
    adam = {"class_name": "Adam", "config": {"learning_rate": 0.01}}
    training = {"loss": loss, "metrics": [], "optimizer_config": adam}
    path = h5(tmp / "m.h5", sequential(entry, layer("Dense", "dense", units=2)), training)
    fill(path, dense={"kernel": (4, 2), "bias": (2,)})
    return Call("migrate", (path, tmp / "new.keras"))
