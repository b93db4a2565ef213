"""The configuration names a function of Keras that is no part of a model, for example a download.

## What happens

`load_model` calls it, with arguments from the file, while it rebuilds the model: also where the
layer feeds nothing. Functions of Keras download files, write files, change settings of the whole
process, and open further configurations without safe mode.

## Why

Keras refuses 26 public functions by name and hands over all others, almost 800, where a
configuration asks for one. An activation, a loss or an operation is all that a model needs; it is
these that Saveguard lets pass, and nothing else.

## Fix

Do not load the file; ask where it comes from. No model that Keras saved names such a function,
unless its maker put it into a Lambda layer: then ask for the model with a layer instead.

## Seen in

- CVE-2025-8747: `keras.utils.get_file` before 3.11.
- Keras 3.15.1: "Cannot deserialize `keras.utils.get_file` because it is not a modeling function",
  and no message for all the others.

## References

- https://nvd.nist.gov/vuln/detail/CVE-2025-8747
- https://github.com/keras-team/keras/pull/23654
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts, Node
from saveguard.finding import Certainty, Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules import guards, symbols

rule = Rule("SG303", "function-not-of-a-model", since="0.1")

# Told by rules of their own.
_ELSEWHERE = {"TFSMLayer", "enable_unsafe_deserialization"}


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for node in facts.nodes:
        certainty = _certainty(node)
        if certainty and node.class_name not in _ELSEWHERE:
            yield rule.finding(
                where=f"{node.document} {node.path}",
                message=f"the configuration names `{node.module}.{node.class_name}` as a"
                f" {node.role}",
                why="That is no activation, loss, initializer or operation. "
                + guards.open_to_all(facts, "lets a layer of the file call it"),
                fix="do not load the file before you know where it comes from; ask for the model"
                " with a layer in place of this function",
                certainty=certainty,
            )


def _certainty(node: Node) -> Certainty | None:
    module, name = node.module or "", node.class_name
    whose = symbols.origin(module)
    bare = name.rpartition(">")[2]
    if whose == "kin" and symbols.is_function(node) and ">" not in node.registered_name:
        return "possible"
    if whose != "keras" or name.startswith("__"):
        return None
    if symbols.is_function(node) or bare[:1].islower():
        return None if symbols.is_model_function(module, bare) else "certain"
    return None if symbols.is_model_class(module, name) else "likely"


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Cannot deserialize `(?P<name>[^`]+)` because it is not a modeling function",
        stages=("load",),
        message="{where} names `{name}`, which is no part of a model",
        why="Keras refuses it, for a function that downloads or writes would run while the file is"
        " loaded.",
        fix="do not load {where} unless you know who wrote it; `saveguard check {where}` shows the"
        " place",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Could not interpret (?:the )?\w+(?: function)? identifier: \{'module':"
        r" '(?P<module>keras\.(?:src\.)?utils[\w.]*)', 'class_name': '(?:function', 'config': ')?"
        r"(?P<name>\w+)'",
        stages=("load",),
        frames=r"serialization_lib\.py:|saving_(?:api|lib)\.py:|load_model|traceback_utils",
        versions=("keras3",),  # more telling than that no such class is registered
        message="{where} names `{module}.{name}`, which is no part of a model",
        why="What downloads or writes is neither an activation nor an initializer.",
        fix="do not load {where} unless you know who wrote it; `saveguard check {where}` shows the"
        " place",
    )
)


def bad(tmp: Path) -> Call:
    """A Lambda layer whose function is `keras.config.floatx`."""
    from saveguard.rules.forged import function, keras_file, lambda_layer, model

    layer = lambda_layer(function("keras.config", "floatx"))
    return Call("check", (keras_file(tmp, model(layer)),))


def good(tmp: Path) -> Call:
    """A Lambda layer whose function is `keras.ops.abs`."""
    from saveguard.rules.forged import function, keras_file, lambda_layer, model

    return Call("check", (keras_file(tmp, model(lambda_layer(function("keras.ops", "abs")))),))
