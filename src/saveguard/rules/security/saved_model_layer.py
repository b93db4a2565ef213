"""A TFSMLayer loads another SavedModel, whose path the file names.

## What happens

Building the layer calls `tf.saved_model.load` on a path that stands in the file. A SavedModel is a
program: its operations may read and write files. Keras 3.12.1 and newer refuse the layer in safe
mode; where the class stands as a function, no release refuses it.

## Why

A TFSMLayer stores the path, not the SavedModel. Whoever writes the file chooses what is loaded.

## Fix

Ask for the SavedModel itself, check it, and wrap it in your own code:

    saveguard check exported/
    keras.layers.TFSMLayer("exported", call_endpoint="serve")

## Seen in

- CVE-2026-1462: Keras before 3.12.1, 3.13.2 and 3.14.0.
- Keras 3.15.1, in the place of a function: no message.

## References

- https://nvd.nist.gov/vuln/detail/CVE-2026-1462
- https://github.com/keras-team/keras/pull/23654
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/export/tfsm_layer.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules import guards, symbols

rule = Rule("SG307", "saved-model-layer", since="0.1")

_LAST = re.compile(r"[>.]")
_DEED = "runs the SavedModel that the file names"


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for node in facts.nodes:
        if _LAST.split(node.class_name)[-1] != "TFSMLayer":
            continue
        called = symbols.is_function(node)
        reader = (
            guards.open_to_all(facts, _DEED)
            if called
            else guards.told(facts, "tfsm-from-config", _DEED)
        )
        place = "a function" if called else f"layer `{node.layer or node.name}`"
        yield rule.finding(
            where=f"{node.document} {node.path}",
            message=f"{place} is a TFSMLayer, which loads another SavedModel",
            why="It stores a path, and a SavedModel is a program. " + reader,
            fix="ask for the SavedModel itself, check it, and wrap it in code of your own:"
            " keras.layers.TFSMLayer(path)",
        )


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Requested the deserialization of a `TFSMLayer`",
        stages=("load",),
        message="{where} holds a TFSMLayer, which loads another SavedModel",
        why="A SavedModel can hold any operation of TensorFlow, so a safe load refuses it.",
        fix="where you know who wrote both: keras.models.load_model(path, safe_mode=False)",
    )
)


def bad(tmp: Path) -> Call:
    """A TFSMLayer."""
    from saveguard.rules.forged import keras_file, model, node

    layer = node("TFSMLayer", {"name": "outside", "filepath": "exported"})
    return Call("check", (keras_file(tmp, model(layer)),))


def good(tmp: Path) -> Call:
    """A layer of that name."""
    from saveguard.rules.forged import keras_file, model, node

    layer = node("Rescaling", {"name": "tfsmlayer", "scale": 1.0, "offset": 0.0})
    return Call("check", (keras_file(tmp, model(layer)),))
