"""There is no file of that name.

## What happens

The load stops. Few releases say plainly that the file is missing: TF 1.15 to 2.8 speak of a
SavedModel, Keras 3 has one message for six faults of a `.keras` file.

## Why

The name is misspelt, a relative path starts at another working directory than expected (a
notebook's, a scheduler's), a checkpoint's name holds an epoch or a metric that never came, or the
file was never saved here.

## Fix

Give the name that is there; the finding lists those in the same folder that are alike. With an
absolute path the working directory no longer matters:

    saveguard.load(pathlib.Path(__file__).parent / "m.keras")

## Seen in

- Keras 3.15.1, `.h5`: "FileNotFoundError: [Errno 2] Unable to synchronously open file (unable to
  open file: name = 'm.h5', errno = 2, error message = 'No such file or directory', ...)".
- Keras 3.15.1, `.keras`: "File not found: filepath=m.keras. Please ensure the file is an
  accessible `.keras` zip file."
- TF 2.10 and 2.15: "OSError: No file or directory found at m.keras".
- TF 1.15 and 2.0: "OSError: SavedModel file does not exist at:
  m.h5/{saved_model.pbtxt|saved_model.pb}"; an `.h5` file that is not HDF5 reads the same.

## References

- https://github.com/keras-team/keras/issues/19906
- https://github.com/tensorflow/tensorflow/issues/33273
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG104", "file-missing", since="0.1")

_ONE_SLASH = re.compile(r"[A-Za-z][A-Za-z0-9+]+:/(?!/)")
_WHY = (
    "A relative path starts at the working directory of this process, which a notebook, a service"
    " or a scheduler may set elsewhere."
)


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    if facts.content != "missing":
        return
    folder = os.path.dirname(facts.path)
    if "://" in facts.path:
        yield absent(facts.path)
        return
    if scheme := _ONE_SLASH.match(facts.path):
        message = f"{facts.path} does not exist, and is no address"
        why = "An address has two slashes; `pathlib.Path` makes one of them."
        fix = f"give '{scheme[0]}/{facts.path[scheme.end() :]}' as text, if that was meant"
    elif facts.near:
        named = ", ".join(facts.near)
        message = f"{facts.path} does not exist; alike in the same folder: {named}"
        why = f"No file in {folder or 'the working directory'} has exactly that name."
        fix = f"give {os.path.join(folder, facts.near[0])!r}, if that was meant"
    else:
        message = f"{facts.path} does not exist"
        why, fix = _WHY, f"ls {folder or '.'} shows what is there; give an absolute path"
    yield rule.finding(where=facts.path, message=message, why=why, fix=fix)


def absent(address: str) -> Finding:
    """The finding for an address at which nothing lies."""
    folder = address.rstrip("/").rpartition("/")[0]
    listed = f"fs, path = fsspec.url_to_fs({folder!r}); print(fs.ls(path))"
    return rule.finding(
        where=address,
        message=f"{address} does not exist",
        why="The store is reached, and has neither a file nor a folder of exactly that name; upper"
        " and lower case differ, and an upload that broke off leaves nothing.",
        fix=f'python -c "import fsspec; {listed}" shows what is there',
    )


rule.in_traceback(
    Signature(
        exceptions=("OSError", "ValueError"),
        pattern=r"Directory doesn't exist: (?P<folder>.+)"
        r"|Path isn't a directory: (?P<folder2>.+)"
        r"|No such file or directory: '(?P<path>[^']+)'"
        r"|unable to open file: name = '(?P<name>[^']+)', errno = 2,"
        r"|No file or directory found at (?P<old>.+)",
        stages=("load",),
        message="{path}{name}{old} does not exist",
        why=_WHY,
        fix="look for its name in the folder where it was saved, and give an absolute path",
        alone=r"\.(?:keras|h5|hdf5)\b",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("OSError", "NotFoundError", "ValueError", "InvalidArgumentError"),
        pattern=r"Could not find directory (?P<folder>.+)"
        r"|No such file or directory: '(?P<folder2>[^']*)'"
        r"|Failed to (?:find any|get) matching files (?:for|on) (?P<prefix>[^\s:]+)",
        frames=r"dataset_utils|_dataset_from_directory|directory_iterator|load_weights|listdir",
        stages=("build", "fit", "evaluate", "predict", "load"),
        message="{folder}{folder2}{prefix} does not exist",
        why="It is to be read, and nothing of that name is there.",
        fix="look for its name in the folder where it should be, and give an absolute path",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"File not found: filepath=(?P<path>.*?)\. Please ensure the file is an accessible",
        stages=("load",),
        message="{path} is probably missing: Keras finds no zip archive under that name",
        why='Keras 3 says "File not found" of a `.keras` file that is missing, and also of one that'
        " was cut, is empty, is a folder or may not be read.",
        fix="ls -l {path}: is it there, and is it as large as where it was saved?",
        certainty="likely",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("OSError",),
        pattern=r"SavedModel file does not exist at: (?P<path>.*)/\{saved_model",
        stages=("load",),
        message="{path} is missing, or is neither an HDF5 file nor a SavedModel",
        why="TF 1.15 to 2.8 take what is not HDF5 for a SavedModel folder, a missing or empty file"
        " too.",
        fix="ls -l {path}: is it there, and is it larger than a few hundred bytes?",
        certainty="likely",
    )
)


def bad(tmp: Path) -> Call:
    """A name that is misspelt."""
    return Call("load", (_saved(tmp).with_name("modle.keras"),))


def good(tmp: Path) -> Call:
    """The name that is there."""
    return Call("load", (_saved(tmp),))


def _saved(tmp: Path) -> Path:
    import keras

    path = tmp / "model.keras"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(path)
    return path
