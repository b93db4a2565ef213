"""A layer in a `.keras` file has no `module`, which takes it to Keras's old deserializer.

## What happens

Keras rebuilds such a layer by the code for `.h5` files, which, before 3.12.3 and 3.15.0, did not
know of safe mode: a lambda in it ran.

## Why

Keras writes `module` for every layer of a model in a `.keras` file, or, before Keras 3, for none.
One layer without it was not written by Keras: it was edited, by hand or by a tool.

## Fix

Save the model anew from the code that made it. Where you edit configurations yourself, keep the
key:

    {"module": "keras.layers", "class_name": "Dense", "config": {...}}

## Seen in

- CVE-2026-12481: Keras before 3.12.3 and 3.15.0.

## References

- https://nvd.nist.gov/vuln/detail/CVE-2026-12481
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py (process_layer)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts, Node
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import guards

rule = Rule("SG314", "module-missing", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    if facts.layout not in ("keras", "folder"):
        return
    models = {node.owner for node in facts.nodes if node.role == "layer" and "module" in node.raw}
    for node in facts.nodes:
        if _lacks(node) and node.owner in models:
            yield rule.finding(
                where=f"{node.document} {node.path}",
                message=f"layer `{node.layer or node.name}` has no `module`",
                why="Keras writes it for every layer of a `.keras` file, and without it rebuilds"
                " the layer as if it came from an `.h5` file. "
                + guards.told(facts, "lambda-fail-closed", "does not apply safe mode to it"),
                fix="save the model anew from the code that made it",
                certainty="likely",
            )


def _lacks(node: Node) -> bool:
    """A layer of a model, and not a dictionary of a user's own that has a class name in it.

    Keras 2.12 to 2.15 left `module` out of every layer of a nested model, and of one that was not
    built; so a model is judged by its other layers.
    """
    named = node.role == "layer" and not node.class_name.startswith("__")
    return named and "config" in node.raw and "module" not in node.raw


def bad(tmp: Path) -> Call:
    """A layer without `module`."""
    from saveguard.rules.forged import functional, keras_file

    graph = functional()
    del graph["config"]["layers"][1]["module"]
    return Call("check", (keras_file(tmp, graph),))


def good(tmp: Path) -> Call:
    """The same model as Keras writes it."""
    from saveguard.rules.forged import functional, keras_file

    return Call("check", (keras_file(tmp, functional()),))
