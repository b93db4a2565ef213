"""The target of a save is a folder.

## What happens

`model.save("models")` or a path that a folder already holds: the save stops with an
`IsADirectoryError`, and nothing is written.

## Why

A model of Keras 3 is one file. TF 1 and 2 wrote a SavedModel, which is a folder, where the name
had no extension; a folder of that name may be one that they left.

## Fix

Name the file inside the folder:

    saveguard.save(model, "models/m.keras")

## Seen in

- Keras 3.15.1 and TF 2.15, `.keras`: "IsADirectoryError: [Errno 21] Is a directory: 'm.keras'".
- h5py 3, `.h5`: "IsADirectoryError: [Errno 21] Unable to synchronously create file (unable to open
  file: name = 'm.h5', errno = 21, error message = 'Is a directory', ...)"; with h5py 2
  "OSError: Unable to create file (unable to open file: name = 'm.h5', errno = 21, ...)".

## References

- https://man7.org/linux/man-pages/man2/open.2.html (EISDIR)
- https://www.tensorflow.org/guide/saved_model
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saveguard.rule import Call, Rule, Signature

rule = Rule("SG703", "target-is-directory", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("OSError", "FailedPreconditionError"),
        pattern=r"specify a non-directory filepath for ModelCheckpoint"
        r"|[Ee]rrno(?: =)? ?21\b|Is a directory",
        stages=("save", "checkpoint", "fit"),
        message="{where} is a folder",
        why="A model is written as one file, and a file cannot take the name of a folder. Nothing"
        " was touched.",
        fix='saveguard.save(model, "{where}/model.keras")',
        alone=r"\.(?:keras|h5|hdf5)\b|file write failed"
        r"|[Uu]nable to (?:synchronously )?create file",
    )
)


def bad(tmp: Path) -> Call:
    """The folder in place of a file in it."""
    return Call("save", (_model(), _folder(tmp)), {"prove": False})


def good(tmp: Path) -> Call:
    """A file in the folder."""
    return Call("save", (_model(), _folder(tmp) / "m.keras"), {"prove": False})


def _folder(tmp: Path) -> Path:
    folder = tmp / "models"
    folder.mkdir()
    return folder


def _model() -> Any:
    import keras

    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
