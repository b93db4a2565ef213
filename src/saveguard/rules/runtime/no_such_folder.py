"""The folder that a model is to be saved in does not exist.

## What happens

The save stops with a `FileNotFoundError` before anything is written.

## Why

A folder of the path is misspelt, or nobody has made it: a run's own output folder, a mount that is
not there, a relative path that starts at another working directory. Plain Keras makes missing
folders for some layouts and not for others, so that a call that worked for `.h5` fails for
`.keras`.

## Fix

    mkdir -p FOLDER

or in Python `pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)`.

## Seen in

- Keras 3.15.1 and TF 2.15, `.keras`: "FileNotFoundError: [Errno 2] No such file or directory:
  'models/m.keras'". `.h5`: the folder is made, without a word.
- Keras 3.15.1 and TF 2.10 to 2.15, `.weights.h5`: "FileNotFoundError: [Errno 2] Unable to
  synchronously create file (unable to open file: name = 'models/m.weights.h5', errno = 2, ...)".
- TF 1.15 and 2.0: "OSError: Unable to create file (unable to open file: name = 'models/m.h5',
  errno = 2, error message = 'No such file or directory', ...)".
- Keras 3.15.1 with TF 2.21, a path such as `s3://bucket/m.keras`: "UnimplementedError: File system
  scheme 's3' not implemented".

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_lib.py (save_model)
- https://docs.python.org/3/library/pathlib.html#pathlib.Path.mkdir
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saveguard.rule import Call, Rule, Signature

rule = Rule("SG709", "no-such-folder", since="0.1")

# The folder itself, as Saveguard says it, or the file in it, as Keras and HDF5 do.
_FOLDER = r"'(?P<folder>[^']*?)(?:/[^/']*\.(?:keras|h5|hdf5))?'"
_MISSING = r"(?:(?:No such file or|Not a) directory: |name = (?=.*errno = (?:2|20),))"

rule.in_traceback(
    Signature(
        exceptions=("OSError", "UnimplementedError", "ValueError"),
        pattern=r"Handling remote paths requires installing TensorFlow|File system scheme"
        r" '(?P<scheme>\w+)' not implemented"
        rf"|{_MISSING}'[^']*?(?P<remote>gs|s3|hf|abfss?|https?):/",
        stages=("save",),
        message="{where} is not on this machine",
        why="Keras writes to file systems of this machine: `{scheme}{remote}:` is read as a"
        " folder's name, or not at all.",
        fix='saveguard.save(model, "{scheme}{remote}://..."): proven here, then uploaded whole',
        alone=r"\.(?:keras|h5|hdf5)\b|file write failed"
        r"|[Uu]nable to (?:synchronously )?create file",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("OSError",),
        pattern=_MISSING + _FOLDER,
        stages=("save",),
        message="there is no folder {folder}",
        why="{where} is to be written in it. Its name is misspelt, or nobody has made it. Nothing"
        " was touched.",
        fix="mkdir -p {folder}",
        alone=r"\.(?:keras|h5|hdf5)\b|file write failed"
        r"|[Uu]nable to (?:synchronously )?create file",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("OSError", "NotFoundError"),
        pattern=r"No such file or directory: '(?P<folder>[^']*?)(?:/[^/']*)?'"
        r"|(?P<folder2>\S+?)(?:/[^/\s]*)?; No such file or directory",
        stages=("fit", "checkpoint"),
        certainty="likely",
        message="there is no folder {folder}{folder2}",
        why="A callback is to write in it. Its name is misspelt, or nobody has made it.",
        fix="mkdir -p {folder}{folder2}",
        alone=None,
    )
)


def bad(tmp: Path) -> Call:
    """A folder that nobody has made."""
    return Call("save", (_model(), tmp / "runs" / "first" / "m.keras"), {"prove": False})


def good(tmp: Path) -> Call:
    """The same, made."""
    folder = tmp / "runs" / "first"
    folder.mkdir(parents=True)
    return Call("save", (_model(), folder / "m.keras"), {"prove": False})


def _model() -> Any:
    import keras

    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
