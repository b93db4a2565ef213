"""This process may not write, or read, at that path.

## What happens

The save or the load stops with a `PermissionError`, or with an `OSError` that says "Read-only file
system". For a `.keras` file that may not be read Keras 3 says "File not found".

## Why

A model is written beside its target first and then takes the target's name, so the folder itself
must be writable. Containers, clusters and hosted notebooks mount their inputs read-only, and run as
another user than the one who made the folder.

## Fix

Save to a folder of your own. Where the folder is yours but not writable:

    chmod u+w FOLDER

A read-only file system stays so whatever the permissions say: choose another place.

## Seen in

- Python and Keras 3, `.keras`: "PermissionError: [Errno 13] Permission denied: 'm.keras'";
  "OSError: [Errno 30] Read-only file system: 'm.keras'".
- h5py 3, `.h5`: "PermissionError: [Errno 13] Unable to synchronously create file (unable to open
  file: name = 'm.h5', errno = 13, error message = 'Permission denied', ...)"; with h5py 2 an
  "OSError" of the same words.
- TF 2.15, load: "PermissionDeniedError: m.keras; Permission denied".

## References

- https://man7.org/linux/man-pages/man2/open.2.html (EACCES, EPERM, EROFS)
- https://github.com/keras-team/keras/issues/19921
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, NotHere, Rule, Signature
from saveguard.rules import troubles

rule = Rule("SG702", "no-permission", since="0.1")

_ERRORS = ("OSError", "PermissionDeniedError")
_DENIED = r"[Ee]rrno(?: =)? ?(?:1|13)\b|Permission denied|Operation not permitted"
_READ_ONLY = r"[Ee]rrno(?: =)? ?30\b|Read-only file system"

rule.in_traceback(
    Signature(
        exceptions=_ERRORS,
        pattern=_READ_ONLY,
        message="the file system of {where} is read-only",
        why="It was mounted so that nobody can write to it, whatever the permissions of the folder"
        " say. Nothing was touched.",
        fix="give a path on another file system; `findmnt --target FOLDER` says how one is mounted",
        alone=r"\.(?:keras|h5|hdf5)\b|file write failed"
        r"|[Uu]nable to (?:synchronously )?create file",
    )
)
rule.in_traceback(
    Signature(
        exceptions=_ERRORS,
        pattern=_DENIED,
        stages=("save",),
        message="this process may not write at {where}",
        why="The folder of {where} takes no new file from this user, and a model is written beside"
        " its target before it takes the target's name. Nothing was touched.",
        fix="give a path in a folder of your own; where this folder is yours, `chmod u+w` it",
        alone=r"\.(?:keras|h5|hdf5)\b|file write failed"
        r"|[Uu]nable to (?:synchronously )?create file",
    )
)
rule.in_traceback(
    Signature(
        exceptions=_ERRORS,
        pattern=_DENIED,
        stages=("load",),
        message="this process may not read {where}",
        why="Its permissions, or those of a folder above it, keep this user out.",
        fix="chmod u+r {where}, as its owner; `ls -l {where}` says who that is",
        alone=r"\.(?:keras|h5|hdf5)\b|file write failed"
        r"|[Uu]nable to (?:synchronously )?create file",
    )
)


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file} was not read: {first.what}{troubles.more(held)}",
            why=_STORE[0]
            if "://" in first.file
            else "Its permissions, or those of a folder above it, keep this user out.",
            fix=_STORE[1]
            if "://" in first.file
            else f"chmod u+r {first.file}, as its owner; `ls -l` says who that is",
            **troubles.told(held),
        )


# Why an address is closed, and what opens it.
_STORE = (
    "The store refuses it to the credentials that this process has; some refuse in this way what"
    " is not there, too.",
    "give the credentials of somebody who may (AWS_PROFILE, GOOGLE_APPLICATION_CREDENTIALS, ...),"
    " or have its owner let these list and read it",
)


def bad(tmp: Path) -> Call:
    """A folder that takes no new file: read-only for its owner, or mounted so for root."""
    return Call("save", (_model(), _locked(tmp / "models") / "m.keras"), {"prove": False})


def good(tmp: Path) -> Call:
    """A folder that nobody but its owner may enter."""
    folder = tmp / "models"
    folder.mkdir(mode=0o700)
    return Call("save", (_model(), folder / "m.keras"), {"prove": False})


def _locked(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):
        from saveguard.rules.runtime.disk_full import mounted

        mounted(folder, "ro")
    if os.access(folder, os.W_OK):
        raise NotHere("needs a folder that this process cannot write to")
    return folder


def _model() -> Any:
    import keras

    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
