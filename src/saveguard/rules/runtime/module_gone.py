"""A module of Keras is imported that this release does not have.

## What happens

The script stops at its imports.

## Why

Modules such as `keras.engine`, `keras.utils.np_utils` or `keras.preprocessing.text` were private or
have been removed; Keras 3 has only the public ones. Code and packages that were written for older
releases import them.

## Fix

Import the public name: `from keras.layers import Layer`, `from keras.utils import to_categorical`,
`from keras.utils import pad_sequences`. For a package that does it, install the Keras that it was
written for: `pip install tf_keras` and `TF_USE_LEGACY_KERAS=1`.

## Seen in

- Keras 3: "ModuleNotFoundError: No module named 'keras.engine'", "No module named
  'keras.preprocessing.text'"
- TF 2.6 and newer: "ImportError: cannot import name 'np_utils' from 'keras.utils'",
  "ModuleNotFoundError: No module named 'tensorflow.python.keras'"

## References

- https://keras.io/guides/migrating_to_keras_3/
- https://github.com/keras-team/keras/issues/14632
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG710", "module-gone", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ModuleNotFoundError", "ImportError"),
        pattern=r"No module named '(?P<name>(?:tensorflow\.(?:python\.)?)?keras\.[\w.]+)'"
        r"|cannot import name '(?P<name2>\w+)' from '(?:tensorflow\."
        r"(?:python\.)?)?keras[\w.]*'",
        message="this Keras has no `{name}{name2}`",
        why="It was private, or has been moved or removed since the code that imports it was"
        " written.",
        fix="import the public name from keras.layers, keras.utils, ...; for a package that "
        "imports it: pip install tf_keras and TF_USE_LEGACY_KERAS=1",
    )
)


def bad(_tmp: Path) -> Call:
    """A module of Keras 2."""
    return Call(
        "explain",
        (
            pasted(
                "ModuleNotFoundError: No module named 'keras.engine'",
                "train.py:<module>:from keras.engine.topology import Layer",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A module that is not there."""
    return Call(
        "explain",
        (
            pasted(
                "ModuleNotFoundError: No module named 'kerastuner'",
                "train.py:<module>:import kerastuner",
            ),
        ),
    )
