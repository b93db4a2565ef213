"""The optimizer was saved under a name that only Keras on torch has.

## What happens

The model trains and saves on the torch backend, and comes back there. Where torch is not
installed, `load_model` stops at the optimizer.

## Why

On torch, Keras's optimizers are classes of the backend's own, and the file names the module that
they lie in: `keras.src.backend.torch.optimizers.torch_adam`. That module imports torch.

## Fix

Load the model without what it was compiled with, and compile it again:

    model = keras.saving.load_model("m.keras", compile=False)
    model.compile("adam", ...)

Or install torch where the model is loaded.

## Seen in

- Keras 3.15.1 on TensorFlow and on JAX, without torch: "TypeError: Could not deserialize class
  'Adam' because its parent module keras.src.backend.torch.optimizers.torch_adam cannot be
  imported."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/optimizers/base_optimizer.py
- https://github.com/keras-team/keras/tree/v3.15.1/keras/src/backend/torch/optimizers
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG231", "optimizer-of-torch", since="0.1")

_TORCH = "keras.src.backend.torch.optimizers."


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for node in facts.nodes if facts.keras else ():
        if node.role == "optimizer" and (node.module or "").startswith(_TORCH):
            yield rule.finding(
                where=f"{node.document} {node.path}.module",
                message=f"the optimizer `{node.class_name}` was saved on the torch backend",
                why=f"Its class lies in {node.module}, which imports torch: where torch is not"
                f" installed, load_model() of Keras {facts.keras} stops there.",
                fix=f"keras.saving.load_model({facts.path!r}, compile=False), and compile it again;"
                " or install torch where it is loaded",
                certainty="possible",
            )


def bad(tmp: Path) -> Call:
    """A model that was compiled on torch."""
    return _check(tmp, f"{_TORCH}torch_adam")


def good(tmp: Path) -> Call:
    """The same model, compiled on another backend."""
    return _check(tmp, "keras.optimizers")


def _check(tmp: Path, module: str) -> Call:
    import json
    import zipfile

    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)], name="m")
    model.compile(keras.optimizers.SGD(), "mse")
    model.save(tmp / "m.keras")
    with zipfile.ZipFile(tmp / "m.keras") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    config["compile_config"]["optimizer"]["module"] = module
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(tmp / "m.keras", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return Call("check", (tmp / "m.keras",))
