"""The file names the function that switches Keras's safe mode off.

## What happens

A layer that calls it while the model is rebuilt switches safe mode off for the whole process; a
lambda further down in the same file then runs. Keras 3.11 and newer refuse it by name: "Cannot
deserialize `keras.config.enable_unsafe_deserialization` because it is not a modeling function."

## Why

No model has a use for `enable_unsafe_deserialization`. Its name in a file is the mark of an attack,
also where the rest of the file cannot be read.

## Fix

Do not load the file; ask where it comes from.

## Seen in

- CVE-2025-9906: Keras 3.0 to 3.10.

## References

- https://nvd.nist.gov/vuln/detail/CVE-2025-9906
- https://github.com/keras-team/keras/pull/21429
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import guards

rule = Rule("SG304", "safe-mode-off", since="0.1")

_SWITCHES = ("enable_unsafe_deserialization", "safe_mode_saving")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    places = [
        (f"{node.document} {node.path}", node.class_name)
        for node in facts.nodes
        if node.class_name.rpartition(">")[2] in _SWITCHES
    ]
    places += [
        (part.what, switch) for part in facts.unread for switch in _SWITCHES if switch in part.text
    ]
    for where, switch in places:
        yield rule.finding(
            where=where,
            message=f"the file names `{switch}`, which switches safe mode off",
            why="No model has a use for it. "
            + guards.told(facts, "saveable-only", "calls it and then runs any lambda"),
            fix="do not load the file before you know where it comes from",
        )


def bad(tmp: Path) -> Call:
    """A Lambda layer whose function is the switch."""
    from saveguard.rules.forged import function, keras_file, lambda_layer, model

    layer = lambda_layer(function("keras.config", "enable_unsafe_deserialization"))
    return Call("check", (keras_file(tmp, model(layer)),))


def good(tmp: Path) -> Call:
    """A layer whose name says something alike."""
    from saveguard.rules.forged import keras_file, model, node

    layer = node("Rescaling", {"name": "unsafe_deserialization", "scale": 1.0, "offset": 0.0})
    return Call("check", (keras_file(tmp, model(layer)),))
