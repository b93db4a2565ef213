"""A lookup layer names a file or a URL as its vocabulary, which is read when the model is loaded.

## What happens

The layer opens that path with the rights of whoever loads the model, over the network where it is
a URL, and takes the lines as its vocabulary: a file of the host becomes a part of the model. Keras
3.12 and newer refuse in safe mode.

## Why

`StringLookup`, `IntegerLookup` and `TextVectorization` take a path as `vocabulary` or
`idf_weights`, and store it as it was given. The path is that of the machine that wrote the file.

## Fix

Give the words themselves, so that they are stored in the file:

    words = open("vocabulary.txt").read().splitlines()
    keras.layers.StringLookup(vocabulary=words)

## Seen in

- CVE-2025-12058: Keras before 3.12; TensorFlow 2.x.
- Keras 3.15.1: "Requested the loading of a vocabulary file outside of the model archive."

## References

- https://nvd.nist.gov/vuln/detail/CVE-2025-12058
- https://github.com/keras-team/keras/pull/21751
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/preprocessing/index_lookup.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import guards

rule = Rule("SG306", "vocabulary-path", since="0.1")

_CLASSES = {"StringLookup", "IntegerLookup", "IndexLookup", "TextVectorization"}
_ARGUMENTS = ("vocabulary", "idf_weights")
_URL = re.compile(r"\w[\w+.-]*://")
_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:[\\/]")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for node in facts.nodes:
        if node.class_name.rpartition(">")[2] not in _CLASSES:
            continue
        for argument in _ARGUMENTS:
            path = node.config.get(argument)
            if not isinstance(path, str) or not path:
                continue
            kind, plain = _kind(path)
            yield rule.finding(
                where=f"{node.document} {node.path}.config.{argument}",
                message=f"layer `{node.layer or node.name}` reads its {argument} from {kind}",
                why=f"{argument} is a text of {len(path)} characters and not a list. "
                + guards.told(facts, "vocabulary-path", "opens it with your rights"),
                fix=f"ask for the model with the words in it: {node.class_name}({argument}=[...])",
                certainty="likely" if plain else "certain",
            )


def _kind(path: str) -> tuple[str, bool]:
    """What a path is, in words, and whether it stays in the working folder."""
    if _URL.match(path):
        return "a URL", False
    if _ABSOLUTE.match(path):
        return "an absolute path", False
    if ".." in re.split(r"[/\\]", path):
        return "a path that leaves the folder", False
    return "a file in the working folder", True


def bad(tmp: Path) -> Call:
    """A StringLookup of a file."""
    from saveguard.rules.forged import keras_file, model, node

    layer = node("StringLookup", {"name": "words", "vocabulary": "/etc/hostname"})
    return Call("check", (keras_file(tmp, model(layer)),))


def good(tmp: Path) -> Call:
    """A layer whose words are in the file."""
    from saveguard.rules.forged import keras_file, model, node

    layer = node("StringLookup", {"name": "words", "vocabulary": ["a", "b"]})
    return Call("check", (keras_file(tmp, model(layer)),))
