"""The installed Keras is older than the releases that Saveguard writes with.

## What happens

`saveguard.save` raises before anything is written. `saveguard.load`, `verify` and `check` of a
file are not concerned, and neither is plain Keras.

## Why

Saveguard lets Keras say what is stored where, through places of its code that other releases have
elsewhere, or not at all. A file that is written so in Keras 3.5 to 3.9 has no weights for most
layers; in 3.0 to 3.3 writing stops. pip does not install the two together, unless it is told to
ignore what Saveguard needs.

## Fix

    python -m pip install -U "keras>=3.15"

Where the old release must stay, save by `model.save`, and have the file proven from an environment
that has Saveguard:

    saveguard verify m.keras --python OLD_ENV/bin/python

## Seen in

- Keras 3.5.0 to 3.9.2: "A total of 6 objects could not be loaded" on `keras.models.load_model` of
  such a file (`make readers`).
- Keras 3.1.1 and 3.3.3: "module 'keras.src.saving.saving_lib' has no attribute
  '_serialize_model_as_json'".

## References

- https://github.com/keras-team/keras/releases
- https://keras.io/api/models/model_saving_apis/
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG721", "keras-too-old", since="0.1")

OLDEST = (3, 15)


def found(version: str) -> Finding:
    """The finding for an installed Keras of that version."""
    oldest = ".".join(map(str, OLDEST))
    return rule.finding(
        where="keras",
        message=f"Keras {version} is older than {oldest}, the first that Saveguard writes with",
        why="What is stored where is decided in places of Keras that this release does not have;"
        " its own reader may then not find the weights. Nothing was touched.",
        fix=f'python -m pip install -U "keras>={oldest}"; or model.save(PATH), and the proof'
        " from another environment: saveguard verify PATH --python ENV/bin/python",
    )


def bad(tmp: Path) -> Call:
    """A save by a release of before."""
    return Call(_saved_by, ("3.9.2", tmp / "m.keras"))


def good(tmp: Path) -> Call:
    """A save by the first release that has all of them."""
    return Call(_saved_by, ("3.15.0", tmp / "m.keras"))


def _saved_by(version: str, path: Path) -> Any:
    import keras

    import saveguard

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with mock.patch.object(keras, "__version__", version):
        return saveguard.save(model, path, prove=False)
