"""A TorchModuleWrapper holds a pickle, which runs code when it is read.

## What happens

`torch.load` reads the pickle while the layer is rebuilt, and a pickle calls whatever it names.
Keras 3.11.3 and newer refuse in safe mode: "Requested the deserialization of a `torch.nn.Module`
object via `torch.load()`. This carries a potential risk of arbitrary code execution".

## Why

Keras stores a wrapped torch module as the output of `torch.save`, in base64, inside the
configuration. Saveguard lists the names that the pickle calls for and does not read it otherwise.

## Fix

Ask for the torch module's `state_dict` in safetensors, and wrap a module of your own code:

    keras.layers.TorchModuleWrapper(MyModule())

Only for a file that you trust as you trust a program:

    keras.saving.load_model("m.keras", safe_mode=False)

## Seen in

- CVE-2025-49655: Keras 3.11.0 to 3.11.2; older ones likewise.
- CVE-2026-12481: outside of a load (`from_config`), before 3.12.3 and 3.15.0.

## References

- https://nvd.nist.gov/vuln/detail/CVE-2025-49655
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/utils/torch_utils.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import guards, pickles

rule = Rule("SG305", "torch-pickle", since="0.1")

_CLASS = "TorchModuleWrapper"


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for node in facts.nodes:
        stored = node.config.get("module")
        if node.class_name.rpartition(">")[2] != _CLASS or not isinstance(stored, str):
            continue
        names = pickles.globals_in_base64(stored)
        yield rule.finding(
            where=f"{node.document} {node.path}.config.module",
            message=f"layer `{node.layer or node.name}` holds a pickle for torch.load",
            why="Reading a pickle runs what it names. "
            + guards.told(facts, "torch-wrapper", "reads it"),
            fix="ask for the module's state_dict in safetensors, and wrap a module of your own"
            " code; load it with safe_mode=False only where you trust it as you trust a program",
            evidence=(f"the pickle names {', '.join(names)}",) if names else (),
        )


def bad(tmp: Path) -> Call:
    """A wrapped module that is a pickle of the name `collections.OrderedDict`."""
    import base64

    from saveguard.rules.forged import keras_file, model, node

    content = base64.b64encode(b"\x80\x02ccollections\nOrderedDict\n)R.").decode()
    layer = node("TorchModuleWrapper", {"name": "wrapped", "module": content})
    return Call("check", (keras_file(tmp, model(layer)),))


def good(tmp: Path) -> Call:
    """A layer with an argument called `module` that is a plain word."""
    from saveguard.rules.forged import keras_file, model

    return Call("check", (keras_file(tmp, model()),))
