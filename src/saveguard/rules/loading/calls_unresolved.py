"""The calls of a functional model's layers cannot be repeated as the file tells them.

## What happens

`load_model` makes every layer and then stops: a call waits for a tensor that no layer gives, in
the way that Keras 3 counts calls.

## Why

A nested model counted its own creation as a call in Keras 2, so that its use was call 1; in
Keras 3 it is call 0. Besides, tf.keras stored some calls in forms that Keras 3 does not read:
flat, without the list around their tensors, or on constants.

## Fix

For nested models, subtract one from the number behind the model's name wherever another layer's
`inbound_nodes` or the `output_layers` refer to it, and store the configuration again:

    with h5py.File("m.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        ...
        file.attrs["model_config"] = json.dumps(config)

The other forms need the model rebuilt in code; its weights can then be loaded by
`load_weights`.

## Seen in

- Keras 3.0 to 3.15.1: "Invalid Functional model configuration. The graph of the Functional
  model either has loops or disconnected nodes. The following nodes failed to be resolved:
  {<Dense name=dense, built=False>: [[['encoder', 1, 0, {}]]]}"
- Keras 3.0 to 3.15.1: "Invalid Functional model configuration. Missing node: _CONSTANT_VALUE"
- Keras 3.0 to 3.15.1: "IndexError: list index out of range"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py
  (functional_from_config)
- https://github.com/keras-team/keras/issues/19528
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.revive import Stop
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import entry, functional, h5, node, on

rule = Rule("SG223", "calls-unresolved", since="0.1")

KINDS = ("call-nested", "call-stuck", "call-flat", "call-missing", "constant")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, *KINDS):
        layer, source = stop.values["layer"], stop.values["source"]
        yield rule.finding(
            where=stop.where,
            message=f"the call of the layer `{layer}` cannot be repeated: {_reason(stop)}{more}",
            why=f"Keras {facts.keras} makes the layers first and calls them then;"
            f" {stopping(facts, stop)}.",
            fix=f"subtract one from the number behind `{source}` wherever inbound_nodes and"
            " output_layers refer to it"
            if stop.kind == "call-nested"
            else "rebuild the model in code and take over the weights with load_weights()",
        )


def _reason(stop: Stop) -> str:
    source = stop.values["source"]
    match stop.kind:
        case "call-nested":
            return f"it counts the calls of the nested model `{source}` as Keras 2 did"
        case "call-flat":
            return "its tensors are stored in a form of tf.keras that Keras 3 does not read"
        case "constant":
            return "it takes a constant, which Keras 3 does not look for"
        case "call-missing":
            return f"it takes a tensor of `{source}`, which is not in the model"
    return f"it waits for a call of `{source}` that never happens"


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "IndexError", "AssertionError"),
        pattern=r"Cannot deserialize the model \(invalid config data"
        r"|Invalid Functional model configuration\.(?: Missing node: (?P<name2>\w+))?"
        r"|Improperly formatted model config"
        r"|Layer node index out of bounds|Missing layer: (?P<name>\w+)",
        stages=("load",),
        message="the calls of the model's layers cannot be repeated as the file tells them"
        " {name}{name2}",
        why="A layer that several models share is called in another order when it is rebuilt, so"
        " that the file's numbers of its calls lead nowhere.",
        fix="rebuild the model by its code and load_weights; or load it with the release that wrote"
        " it",
    )
)


def bad(tmp: Path) -> Call:
    """The second call of a nested model, which was its first."""
    return _check(tmp, 1)


def good(tmp: Path) -> Call:
    """Its first."""
    return _check(tmp, 0)


def _check(tmp: Path, call: int) -> Call:
    part = functional(entry("a"), node("Activation", "b", on("a"), activation="relu"), output="b")
    inner = {**part, "name": "inner", "inbound_nodes": [on("x")]}
    inner["config"]["name"] = "inner"
    last = node("Activation", "last", on("inner", call), activation="relu")
    return Call("check", (h5(tmp / "m.h5", functional(entry(), inner, last, output="last")),))
