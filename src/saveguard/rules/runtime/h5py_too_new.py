"""Keras of before TF 2.3 reads an `.h5` file with h5py 3.

## What happens

Loading stops, although the file is whole.

## Why

h5py 3 gives text of attributes as `str`. Keras to TF 2.2 expects `bytes`, and calls `decode` on
them.

## Fix

Install the h5py of that time:

    python -m pip install "h5py<3"

or load the file with TF 2.3 or newer.

## Seen in

- Keras 2.0 to 2.3, TF 1.15 to 2.2, with h5py 3: "AttributeError: 'str' object has no attribute
  'decode'"

## References

- https://github.com/tensorflow/tensorflow/issues/44467
- https://docs.h5py.org/en/stable/whatsnew/3.0.html
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG715", "h5py-too-new", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("AttributeError",),
        pattern=r"'str' object has no attribute 'decode'",
        stages=("load",),
        message="this Keras cannot read .h5 files with h5py 3",
        why="h5py 3 gives attributes as str; Keras to TF 2.2 expects bytes, and decodes them.",
        fix='python -m pip install "h5py<3", or load {where} with TF 2.3 or newer',
        frames=r"hdf5_format|engine/(?:saving|topology)\.py|keras/(?:models|topology)\.py"
        r"|load_model|load_weights",
        alone=r"load_model|load_weights|hdf5|h5py",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "AttributeError: 'str' object has no attribute 'decode'",
                'serve.py:<module>:keras.models.load_model("m.h5")',
                "tensorflow_core/python/keras/saving/hdf5_format.py:load_model_from_hdf5:config "
                "= raw.decode('utf-8')",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "AttributeError: 'str' object has no attribute 'decode'",
                'text.py:<module>:line.decode("utf-8")',
            ),
        ),
    )
