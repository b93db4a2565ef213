"""A variable comes back with another value than it had, or with one that is not in the file.

## What happens

The model loads without an error, and some of its weights are fresh or belong elsewhere.

## Why

The values were not written, or the loader did not find them: a layer built in another order, a
nested container that an older Keras did not write (before 3.15), a `load_own_variables` of the
class's own that skips some, `skip_mismatch=True`. On Windows, Keras 2.12 to 2.15 named the groups
of a `.keras` file with backslashes, under which Keras 3 looks for nothing.

## Fix

Look at the layers that the finding names. For a file that Keras before 3.15 wrote from layers in
nested lists or dictionaries, the weights are not in the file: train again, or restore them from
another copy.

## Seen in

- Keras 3.0 to 3.14 for layers in nested lists and dictionaries: silent; 3.15 warns: "Affected
  layers will retain their freshly-initialized weights."
- Any version with `by_name=True` or `skip_mismatch=True`: silent.

## References

- https://github.com/keras-team/keras/issues/20598
- https://github.com/keras-team/keras/issues/21404
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saveguard.archive import topology
from saveguard.archive.owners import Owner, owners
from saveguard.archive.shapes import arrays_of
from saveguard.facts import ArchiveFacts, ProofFacts, VariableFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG405", "variables-not-restored", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    found = () if not facts.keras or _never_built(facts) else owners(facts)
    if any("\\" in one.path for one in facts.arrays) and any(not one.arrays for one in found):
        yield _named_by_windows(facts)
        return
    for owner in found:
        expected = arrays_of(owner.layer)
        if not expected:
            continue
        names = ", ".join(name for name, _ in expected)
        if owner.arrays:
            yield from _adapted(facts, owner, len(expected), names)
            continue
        yield rule.finding(
            where=f"{owner.layer.document} {owner.layer.path}",
            message=f"the file holds no array for the layer `{owner.layer.name}`"
            f" ({owner.layer.class_name}): {names}",
            why=f"Keras {facts.keras} looks for them in the group {owner.group}, which is empty or"
            " absent, and load_model() stops, as the layer expects variables and receives none.",
            fix="take the file from another copy; saved anew, the layer must have been built, by a"
            " call of the model or by an input shape, before the save",
        )


def _named_by_windows(facts: ArchiveFacts) -> Finding:
    """Keras 2.12 to 2.15 joined the names of groups as paths of the system."""
    first = next(one.path for one in facts.arrays if "\\" in one.path).partition("/")[0]
    return rule.finding(
        where=facts.path,
        message="the file's groups of arrays have names that Windows made:"
        f" `{first}` in place of `{first.replace(chr(92), '/')}`",
        why=f"Keras 2.12 to 2.15 wrote them so there. Keras {facts.keras} finds none of them, on"
        " no system: load_model() stops, as layers expect variables and receive none.",
        fix=f"saveguard migrate {facts.path} NEW.keras",
    )


def _adapted(facts: ArchiveFacts, owner: Owner, expected: int, names: str) -> Iterator[Finding]:
    """Arrays of LoRA in an `.h5` file, whose layer does not tell that it has them."""
    count = len(owner.own)
    if count > expected and any("/lora_" in one.path for one in owner.own):
        yield rule.finding(
            where=f"{owner.layer.document} {owner.layer.path}",
            message=f"the file holds {count} arrays for the layer `{owner.layer.name}`"
            f" ({owner.layer.class_name}), which has {expected}: {names}",
            why=f"The others are those of LoRA, of which its configuration says nothing. Keras"
            f" {facts.keras} makes the layer without them, compares the numbers, and load_model()"
            " stops.",
            fix="make the model by its own code, call enable_lora() as it did, then"
            " load_weights(path); and save it as .keras",
        )


def _never_built(facts: ArchiveFacts) -> bool:
    """A Sequential that was never told its input: there were no variables, and none are missed."""
    root = topology.root(facts.nodes)
    if root is None or root.class_name != "Sequential" or any(a.count for a in facts.arrays):
        return False
    told = ("batch_shape", "batch_input_shape", "build_input_shape")
    parts = (root.raw, *topology.layers(root.raw))
    return not any(
        part.get("build_config") or any(topology.config(part).get(key) for key in told)
        for part in parts
    )


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    for listed, what, why in (
        (
            facts.changed_variables,
            "came back with other values",
            "A fresh process loaded the file and compared every variable bit for bit with the one"
            " that was saved.",
        ),
        (
            facts.unfilled,
            "got no value from the file",
            "A fresh process loaded the file; the values of these variables stand nowhere in it.",
        ),
    ):
        if listed:
            yield rule.finding(
                where=listed[0].path,
                message=f"{len(listed)} variable{'s' * (len(listed) != 1)} {what}:"
                f" {_shown(listed)}",
                why=why,
                fix="look at the layers of these names: each must be made in its parent's"
                " constructor or build(), and load what it stores",
            )


def not_in_rescue(
    path: str, named: list[tuple[str, Any]], stored: list[tuple[str, Any]]
) -> Finding:
    """A rescue file does not fit the model that it is to be restored into."""
    held = {name: array.shape for name, array in stored}
    lacking = [
        f"{name} {list(variable.shape)}"
        for name, variable in named
        if held.get(name) != tuple(variable.shape)
    ]
    return rule.finding(
        where=path,
        message=f"the model has {len(named)} variables, the file {len(stored)}, and they do not"
        f" match: {', '.join(lacking[:3])}",
        why="Variables are matched by path, then by order and shape; neither fits, so nothing was"
        " changed.",
        fix="build the model by the code that made it when the file was written, and call it once",
    )


def _shown(listed: tuple[VariableFacts, ...]) -> str:
    shown = ", ".join(f"{v.path} {list(v.shape)}" for v in listed[:3])
    return shown + (f" and {len(listed) - 3} more" if len(listed) > 3 else "")


def bad(tmp: Path) -> Call:
    """A layer that stores its variable and does not load it."""
    return _save(tmp, "pass")


def good(tmp: Path) -> Call:
    """The same layer, which loads it."""
    return _save(tmp, "self.factor.assign(store['0'])")


def _save(tmp: Path, loaded: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Factor(keras.layers.Layer):\n"
        "    def build(self, shape):\n"
        "        self.factor = self.add_weight((shape[-1],), 'ones', name='factor')\n"
        "    def call(self, inputs):\n"
        "        return inputs * self.factor\n"
        "    def load_own_variables(self, store):\n"
        f"        {loaded}\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Factor(name="factor")])
    model.set_weights([np.full(3, 2.0)])
    codes = ("SG404", "SG410") if loaded == "pass" else ()
    example = np.ones((2, 3), "float32")
    return Call("save", (model, tmp / "m.keras"), {"example": example}, codes=codes)
