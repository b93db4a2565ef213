"""A package that Keras needs for this is not installed.

## What happens

The call stops; everything else works.

## Why

h5py, the Hugging Face client, requests, PyYAML, pydot and TensorBoard are optional for Keras: it
asks for them when they are needed.

## Fix

Install the package into the environment that runs the script:

    python -m pip install h5py

## Seen in

- TF 1.15 to 2.15: "ImportError: `save_model` requires h5py.", "ImportError: `load_weights`
  requires h5py when loading weights from HDF5."
- Keras 3: "ImportError: Loading HDF5 files requires the h5py package. You can install it via `pip
  install h5py`"
- Keras 3.6 and later: "ImportError: To load models from the Hugging Face Hub, you must install
  the `huggingface_hub` package."
- TF 1.15 to 2.2: "ImportError: Requires yaml module installed (`pip install pyyaml`)."

## References

- https://keras.io/getting_started/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG714", "package-missing", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ImportError", "ModuleNotFoundError"),
        pattern=r"(?P<what>`?\w+(?:\(\))?`?) (?:using h5 format )?requires (?P<name>h5py)"
        r"|requires (?:the )?`?(?P<name2>h5py|requests)`?"
        r"|[Ll]ooks like a hdf5 file but (?P<name3>h5py) ?is not available"
        r"|(?P<name4>h5py) must be installed in order to save"
        r"|must install the `(?P<name5>\w+)` package"
        r"|Requires (?P<name6>yaml) module"
        r"|Loading a H5 file requires `(?P<name7>h5py)`"
        r"|Failed to import (?P<name8>TensorBoard)"
        r"|must install (?P<name9>pydot|graphviz)"
        r"|tensorflow-(?P<name10>datasets|text|hub) is not installed",
        message="the package "
        "{name}{name2}{name3}{name4}{name5}{name6}{name7}{name8}{name9}{name10} is not "
        "installed",
        why="It is optional for Keras, which asks for it when it is needed.",
        fix="python -m pip install "
        "{name}{name2}{name3}{name4}{name5}{name6}{name7}{name8}{name9}{name10}",
        alone=r"keras|h5py|weights|model",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ImportError: `save_model` requires h5py.",
                'train.py:<module>:model.save("m.h5")',
                "tensorflow/python/keras/saving/hdf5_format.py:save_model_to_hdf5",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ImportError: this requires patience.",
                "train.py:<module>:main()",
            ),
        ),
    )
