"""A layer is called with further tensors in a way that its class of Keras 3 does not take.

## What happens

`load_model` stops where it repeats that call, after all layers were made.

## Why

Keras 2 passed the initial state of a recurrent layer in one list with its input, and stored
tensors among the keyword arguments (`value` of attention) as layer names. Keras 3 takes one
input, and does not turn the names into tensors again.

## Fix

Rebuild the model in code, and load its weights:

    states = keras.Input((units,)), keras.Input((units,))
    outputs = keras.layers.LSTM(units)(inputs, initial_state=states)
    model.load_weights("m.h5")

## Seen in

- Keras 3.15.1: "expects 1 input(s), but it received 3 input tensors."
- Keras 3.15.1: "MultiHeadAttention.build() missing 1 required positional argument:
  'value_shape'"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/rnn.py
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py
  (deserialize_node)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import entry, functional, h5, node, on

rule = Rule("SG225", "tensor-beside-input", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "initial-state", "call-argument"):
        layer, name = stop.values["layer"], stop.values["class"]
        beside = stop.values["source"] or "initial_state"
        yield rule.finding(
            where=stop.where,
            message=f"the {name} layer `{layer}` gets `{beside}` as Keras 2 passed it{more}",
            why=f"Keras {facts.keras} does not make a tensor of it again; {stopping(facts, stop)}.",
            fix=f"rebuild the model in code, with `{layer}` called as"
            f" {layer}(inputs, {beside}=...), and take over the weights with load_weights()",
        )


def bad(tmp: Path) -> Call:
    """A recurrent layer with its state in the list of inputs."""
    call = [["x", 0, 0, {}], ["state", 0, 0, {}]]
    return _check(tmp, call)


def good(tmp: Path) -> Call:
    """The same layer without a state."""
    return _check(tmp, on("x"))


def _check(tmp: Path, call: Sequence[object]) -> Call:
    from saveguard.rules.old_files import fill

    gru = node("GRU", "gru", call, units=2, reset_after=False)
    model = functional(entry("x", (None, 5, 3)), entry("state", (None, 2)), gru, output="gru")
    model["config"]["input_layers"].append(["state", 0, 0])
    path = h5(tmp / "m.h5", model)
    fill(path, gru={"kernel": (3, 6), "recurrent_kernel": (2, 6), "bias": (6,)})
    return Call("check", (path,))
