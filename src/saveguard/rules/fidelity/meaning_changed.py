"""The model uses a function that means something else in Keras 3.

## What happens

The file loads without an error, and the model computes other numbers than it did.

## Why

Keras kept a name and changed what it stands for. `hard_sigmoid` was `clip(0.2 x + 0.5, 0, 1)` up
to Keras 2.15 and is `clip(x / 6 + 0.5, 0, 1)` from 3.0 on; it was also the default recurrent
activation of LSTM and GRU before TF 2.0. A GRU without `reset_after` in its configuration was
`reset_after=False`, and is True for Keras 3; with biases the load fails, without them it does not.

## Fix

Load it with what the name meant:

    def hard_sigmoid(x):
        return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)
    model = keras.models.load_model("m.h5", custom_objects={"hard_sigmoid": hard_sigmoid})

For a `.keras` file, of tf.keras 2.12 to 2.15, Keras 3 takes its own function before it asks custom
objects; set it after the load:

    model.get_layer("lstm").cell.recurrent_activation = hard_sigmoid

For the GRU, put `"reset_after": false` into its configuration.

## Seen in

- Keras 3.0 to 3.15.1, for files of Keras 1, 2 and tf.keras: silent.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/activations.py (hard_sigmoid)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/activations/activations.py
  (hard_sigmoid)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts, Node
from saveguard.finding import Certainty, Finding
from saveguard.rule import Call, Rule

rule = Rule("SG417", "meaning-changed", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    written = facts.versions.get("keras", "")
    if not facts.keras.startswith("3") or written.startswith("3"):
        return
    sure: Certainty = "certain" if written else "likely"
    for node in facts.nodes:
        if node.role in ("activation", "function") and node.class_name == "hard_sigmoid":
            yield _hard_sigmoid(facts, node, sure)
        if node.class_name == "GRU" and _no_biases(node):
            yield rule.finding(
                where=f"{node.document} {node.path}",
                message=f"the GRU `{node.name}` says nothing of `reset_after`",
                why="Before TF 2.0 that meant False; Keras 3 takes it for True and applies the"
                " reset gate elsewhere, without an error.",
                fix='put `"reset_after": false` into its configuration before the load',
                certainty=sure,
            )


def _no_biases(node: Node) -> bool:
    return node.config.get("use_bias") is False and "reset_after" not in node.config


def _hard_sigmoid(facts: ArchiveFacts, node: Node, sure: Certainty) -> Finding:
    of = f" of `{node.layer.rpartition('/')[2]}`" if node.layer else ""
    return rule.finding(
        where=f"{node.document} {node.path}",
        message=f"hard_sigmoid{of} computes something else in Keras {facts.keras}",
        why="It was clip(0.2 x + 0.5, 0, 1) in the Keras that wrote the file, and is"
        " clip(x / 6 + 0.5, 0, 1) since 3.0: the model loads, and its outputs differ.",
        fix="load it with the old function:\n"
        "  def hard_sigmoid(x):\n"
        "      return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)\n"
        f"  {_way(facts, node)}",
        certainty=sure,
    )


def _way(facts: ArchiveFacts, node: Node) -> str:
    """How to give Keras the old function; for a name in a `.keras` file it asks nobody."""
    if facts.layout == "h5":
        path = facts.path
        return f'keras.models.load_model("{path}", custom_objects={{"hard_sigmoid": hard_sigmoid}})'
    argument = node.path.rpartition(".")[2]
    held = f"cell.{argument}" if argument.startswith("recurrent") else argument
    return f'model.get_layer("{node.layer.rpartition("/")[2]}").{held} = hard_sigmoid'


def bad(tmp: Path) -> Call:
    """A file of tf.keras 2.4 with hard_sigmoid."""
    return _check(tmp, "2.4.0")


def good(tmp: Path) -> Call:
    """The same model, saved by Keras 3, for which the name means what it means today."""
    return _check(tmp, "3.15.1")


def _check(tmp: Path, version: str) -> Call:
    import h5py
    import keras

    dense = keras.layers.Dense(2, activation="hard_sigmoid", name="dense")
    keras.Sequential([keras.Input((3,)), dense], name="m").save(tmp / "m.h5")
    with h5py.File(tmp / "m.h5", "r+") as file:
        file.attrs["keras_version"] = version
        file["model_weights"].attrs["keras_version"] = version
    return Call("check", (tmp / "m.h5",))
