"""What was given is no model of Keras 3.

## What happens

`saveguard.save`, `rescue` and `restore` refuse it before anything is written.

## Why

Only a `keras.Model` of Keras 3 has the variables and the configuration that a Keras file holds.
Models of Keras 2 (`tf_keras`, or `tf.keras` of TF 2.15 and older), of torch and of scikit-learn
have the same names, `Sequential`, `fit`, `predict`, and other insides. A class is not yet a model;
a layer becomes one inside a `Sequential`.

## Fix

Give the model itself, built with `import keras`:

    import keras                       # not tf_keras, not tensorflow.python.keras
    saveguard.save(model, "m.keras")   # the model first, then the path

Where the model must stay in Keras 2, save it with its own `model.save`; for torch there is
`torch.save(model.state_dict(), ...)`, for scikit-learn `joblib.dump`.

## Seen in

- TF 2.15: `tf.keras.Sequential` is `keras.src.engine.sequential.Sequential`; TF 2.10:
  `keras.engine.sequential.Sequential`; TF 1.15 and 2.0:
  `tensorflow.python.keras.engine.sequential.Sequential`.
- Keras 3.15.1: `keras.src.models.sequential.Sequential`.

## References

- https://keras.io/guides/migrating_to_keras_3/
- https://github.com/keras-team/keras/issues/20648
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG708", "not-a-keras-model", since="0.1")

_KERAS_2 = (
    "is a model of Keras 2",
    "Keras 2 (tf_keras, and tf.keras of TF 2.15 and older) has classes of its own, which Keras 3"
    " takes for foreign ones.",
    "build it with `import keras` (Keras 3), with TF_USE_LEGACY_KERAS unset; or save it as it is"
    " with its own model.save",
)
# By the start of a class's full name, or of the name of one of its bases.
_KINDS = {
    "tf_keras.": _KERAS_2,
    "keras.engine.": _KERAS_2,
    "keras.src.engine.": _KERAS_2,
    "tensorflow.python.keras.": _KERAS_2,
    "keras.src.layers.": (
        "is a layer, not a model",
        "A Keras file holds a model; a layer alone has no inputs that could be recorded.",
        "model = keras.Sequential([keras.Input(SHAPE), layer])",
    ),
    "torch.": (
        "is a torch module",
        "Its variables and its code are torch's; Keras runs on torch as a backend, but saves only"
        " its own models.",
        'torch.save(model.state_dict(), "model.pt")',
    ),
    "sklearn.": (
        "is a scikit-learn estimator",
        "It has fit and predict, but no layers and no configuration of Keras.",
        'joblib.dump(model, "model.joblib")',
    ),
    "builtins.str": (
        "is text, not a model",
        "The model comes first and the path second.",
        'saveguard.save(model, "m.keras")',
    ),
}
_OTHER = (
    "is not a Keras model",
    "Only a keras.Model has the variables and the configuration that a Keras file holds.",
    "give the keras.Model itself; a wrapper often holds it as .model or .model_",
)


def found(kind: str, is_class: bool, bases: Sequence[str] = ()) -> Finding:
    """The finding for something that is no model.

    Args:
        kind: The full name of its class, `torch.nn.modules.linear.Linear`; or of itself.
        is_class: It is a class, not an object of one.
        bases: The full names of that class's bases, by which a user's own class is recognised.
    """
    short = kind.rpartition(".")[2]
    if is_class:
        told = "is a class, not a model"
        why = "A class has no variables yet; they come with the object that it makes."
        fix = f"model = {short}(...), then saveguard.save(model, PATH)"
    else:
        names = (kind, *bases)
        starts = (start for start in _KINDS if any(name.startswith(start) for name in names))
        told, why, fix = _KINDS.get(next(starts, ""), _OTHER)
    return rule.finding(
        where="model",
        message=f"`{short}` {told}",
        why=f"It is {kind}. {why} Nothing was touched.",
        fix=fix,
    )


def bad(tmp: Path) -> Call:
    """The class in place of an object of it."""
    import keras

    return Call("save", (keras.Sequential, tmp / "m.keras"), {"prove": False})


def good(tmp: Path) -> Call:
    """An object of the class."""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    return Call("save", (model, tmp / "m.keras"), {"prove": False})
