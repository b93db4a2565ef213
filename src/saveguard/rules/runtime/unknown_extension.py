"""The file's name does not end in the extension that Keras has for its content.

## What happens

Keras 3 stops, at the save or at the load. TF 1 and 2 said nothing: a name without an extension
became a SavedModel folder, `.pkl`, `.pb` and `.json` did too, and `.keras` was HDF5 inside until
TF 2.11.

## Why

Keras 3 chooses the layout by the name alone, not by the content: `.keras` is a zip archive, `.h5`
and `.hdf5` are HDF5 files with a whole model, `.weights.h5` is an HDF5 file with weights.

## Fix

Give a name that ends in one of these. A file that is already there under another name is only to
be renamed:

    mv -n m.keras.prev m.prev.keras

## Seen in

- Keras 3.15.1, save: "Invalid filepath extension for saving. Please add either a `.keras` extension
  for the native Keras format (recommended) or a `.h5` extension.";
  "The filename must end in `.weights.h5`."
- Keras 3.15.1, ModelCheckpoint: "The filepath provided must end in `.keras` (Keras model format).";
  "the filepath provided must end in `.weights.h5` (Keras weights format)."
- Keras 3.15.1, load: "File format not supported: filepath=m.pb. Keras 3 only supports V3 `.keras`
  files, legacy H5 format files (`.h5` extension)."
- Keras 3.15.1, load of an HDF5 file named `.keras`: "File not found: filepath=m.keras."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_api.py
- https://github.com/adriangb/scikeras/pull/314
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG704", "unknown-extension", since="0.1")

_ENDINGS = {"zip": (".keras",), "hdf5": (".h5", ".hdf5")}
_IS = {"zip": "a zip archive", "hdf5": "an HDF5 file"}
_ENDING_OF = {"keras": ".keras", "h5": ".h5", "weights": ".weights.h5"}
_WHY = (
    "Keras 3 chooses the layout by the name: .keras, .h5 or .hdf5 for a model, .weights.h5 for its"
    " weights."
)


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    # A folder is known by what is in it; weights in shards, and a bare `.npz`, no name helps.
    ending = _ENDING_OF.get(facts.layout)
    if ending and not facts.path.endswith(_ENDINGS[facts.content]):
        yield rule.finding(
            where=facts.path,
            message=f"{facts.path} is {_IS[facts.content]}, and its name does not end in {ending}",
            why=f'{_WHY} load_model() stops on this one with "File format not supported", or with'
            ' "File not found" where the name ends in .keras.',
            fix=shlex.join(["mv", "-n", facts.path, _renamed(facts.path, ending)]),
        )


rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Invalid filepath extension for saving"
        r"(?:: |[\s\S]*filepath=)(?P<stem>.*?)(?:\.[A-Za-z]\w*)*(?: \(|\.$)",
        message="{where} ends in no extension of Keras",
        why=_WHY + " Nothing was touched.",
        fix='let the name end in .keras: "{stem}.keras"',
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Invalid (?:`filepath` argument|filename): expected a"
        r" `(?P<ending2>\.(?:weights\.h5|keras))` extension[\s\S]*filepath=(?P<path2>"
        r"(?P<stem2>.*?)(?:\.[A-Za-z]\w*)*)$"
        r"|must end in `(?P<ending>\.[a-z0-9.]+)`"
        r"[\s\S]*filepath=(?P<path>(?P<stem>.*?)(?:\.(?:weights|h5|hdf5|keras|[a-z]{2,4}))*)$",
        message="{path}{path2} does not end in {ending}{ending2}",
        why=_WHY + " Nothing was touched.",
        fix='let the name end in {ending}{ending2}: "{stem}{stem2}{ending}{ending2}"',
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"File format not supported: filepath=(?P<path>.*?)\. Keras 3 only supports",
        stages=("load",),
        message="{path} ends in no extension that Keras 3 loads",
        why=_WHY + " A folder may be a SavedModel, which Keras 3 loads as a layer only.",
        fix="file {path} says what it is; then `mv -n {path} {path}.keras` for a zip archive,"
        " .h5 for HDF5; or keras.layers.TFSMLayer for a SavedModel",
        certainty="likely",
    )
)


def _renamed(path: str, ending: str) -> str:
    """`m.keras.prev` -> `m.prev.keras`; no file that is there can have that name by chance."""
    folder, name = os.path.split(path)
    known = re.match(r"(.*?)(?:\.weights)?\.(?:keras|hdf5|h5)(.*)$", name)
    return os.path.join(folder, ("".join(known.groups()) if known else name) + ending)


def bad(tmp: Path) -> Call:
    """A name of TF 2's, which then gave a SavedModel."""
    return Call("save", (_model(), tmp / "model.pb"), {"prove": False})


def good(tmp: Path) -> Call:
    """An extension of Keras behind a dot that is none."""
    return Call("save", (_model(), tmp / "model-0.25.keras"), {"prove": False})


def _model() -> Any:
    import keras

    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
