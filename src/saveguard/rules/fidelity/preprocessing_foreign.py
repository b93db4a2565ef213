"""The file names, as its preprocessing, a function that is no part of anybody's own code.

## What happens

`saveguard.verify` and `saveguard.load` stop before anything is imported.

## Why

They import what a file records as its preprocessing, and call it with the raw examples in the
file. A file that anyone may have written could name `shutil:rmtree` and a folder. So only modules
of your own and functions of Keras that compute on tensors are imported, and of a module only what
is defined in it. `saveguard.save` records no other, so the receipt was not written by it.

## Fix

Do not load the file before you know where it comes from. Plain Keras never reads this part.

## Seen in

- No version of Keras; the receipt is Saveguard's own.

## References

- https://docs.python.org/3/library/pickle.html (on calling what a file names)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import symbols

rule = Rule("SG438", "preprocessing-foreign", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    path = _path(facts.receipt) if '"preprocessing"' in facts.receipt else ""
    if path and not may_be_imported(path):
        yield rule.finding(
            where="metadata.json $.saveguard.contract.preprocessing.path",
            message=f"the receipt names `{path}` as the model's preprocessing",
            why="That is no module of your own and computes nothing on tensors. To check the"
            " preprocessing it would be imported, and called with what the file holds.",
            fix="do not load the file before you know where it comes from",
        )


def may_be_imported(path: str) -> bool:
    """Whether what an import path names may be imported and called because a file names it."""
    module, _, name = path.partition(":")
    if symbols.origin(module) == "keras":
        return symbols.is_model_function(module, name)
    return symbols.origin(module) == "user" and module.split(".")[0] != "saveguard"


def _path(receipt: str) -> str:
    found: Any = json.loads(receipt)
    for key in ("contract", "preprocessing", "path"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def bad(tmp: Path) -> Call:
    """A receipt that names `shutil:rmtree`."""
    return _check(tmp, "shutil:rmtree")


def good(tmp: Path) -> Call:
    """A receipt that names a function of one's own."""
    return _check(tmp, "shop.text:encode")


def _check(tmp: Path, path: str) -> Call:
    import zipfile

    from saveguard.rules.forged import keras_file, model

    about = {"name": "prepare", "path": path}
    receipt = {"digests": {}, "contract": {"inputs": [], "preprocessing": about}}
    with zipfile.ZipFile(keras_file(tmp, model())) as plain:
        members = {name: plain.read(name) for name in plain.namelist()}
    told = {**json.loads(members["metadata.json"]), "saveguard": receipt}
    members["metadata.json"] = json.dumps(told).encode()
    with zipfile.ZipFile(tmp / "forged.keras", "w") as forged:
        for name, content in members.items():
            forged.writestr(name, content)
    return Call("check", (tmp / "forged.keras",))
