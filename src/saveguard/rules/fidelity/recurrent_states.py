"""The states of a stateful recurrent layer are not part of the file.

## What happens

A stateful RNN that is saved in the middle of a sequence comes back with states of zero: its next
prediction is that of a sequence's beginning.

## Why

Keras treats the states as scratch values, not as weights, and does not restore them. The proof
compares outputs from states of zero on both sides.

## Fix

Save between sequences, or keep the states yourself:

    states = [[keras.ops.convert_to_numpy(s) for s in layer.states] for layer in stateful_layers]
    ...                                               # after loading:
    for layer, kept in zip(stateful_layers, states):
        layer.reset_states()
        for state, value in zip(layer.states, kept):
            state.assign(value)

## Seen in

- Keras 1 to 3.15.1: silent.

## References

- https://github.com/keras-team/keras/issues/4379
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG414", "recurrent-states", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for item in facts.objects:
        if item.stateful:
            yield rule.finding(
                where=item.holder,
                message=f"the states of the stateful layer `{item.name}` are not saved",
                why=f"Keras {facts.keras} does not restore them: after a load the layer begins"
                " from zeros.",
                fix="save between two sequences; or keep `layer.states` yourself and assign them"
                " after loading",
                certainty="possible",
            )


def bad(tmp: Path) -> Call:
    """A stateful LSTM."""
    return _save(tmp, stateful=True)


def good(tmp: Path) -> Call:
    """A stateless one."""
    return _save(tmp, stateful=False)


def _save(tmp: Path, *, stateful: bool) -> Call:
    import keras
    import numpy as np

    lstm = keras.layers.LSTM(2, stateful=stateful, name="lstm")
    model = keras.Sequential([keras.Input(batch_shape=(2, 4, 3)), lstm])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 4, 3), "float32")})
