"""A recurrent layer is given another number or size of initial states than its cell has.

## What happens

Building an encoder and decoder stops at `LSTM(...)(x, initial_state=...)`.

## Why

An `LSTM` has two states, hidden and cell, of `units` each; a `GRU` and a `SimpleRNN` have one; a
`Bidirectional` layer has those of both directions. The states of an encoder with other units, or
one of two states, do not fit.

## Fix

    outputs, hidden, cell = layers.LSTM(64, return_state=True)(source)
    decoded = layers.LSTM(64)(target, initial_state=[hidden, cell])

## Seen in

- TF 2: "ValueError: An `initial_state` was passed that is not compatible with `cell.state_size`."
- Keras 3.15 notices it only when the layer is called on values.

## References

- https://keras.io/examples/nlp/lstm_seq2seq/
- https://github.com/keras-team/keras/issues/9545
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG625", "states-differ", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "AssertionError"),
        pattern=r"`initial_state` was passed that is not compatible with `cell\.state_size`"
        r"[\s\S]*?`cell\.state_size` is (?P<sizes>[\[(][^)\]]*[)\]]|\d+)"
        r"|Layer (?:\w+ )?(?:has|expects) (?P<count>\d+) states?,? but (?:was passed|it received)"
        r" (?P<got>\d+) (?:initial )?states?",
        message="the initial states are not those that the cell has: {sizes}{count}",
        why="An LSTM has two states of `units` each, a GRU one; those of the other layer are more,"
        " fewer, or of another size.",
        fix="initial_state=[hidden, cell] of a layer with as many units and return_state=True",
    )
)


def bad(_tmp: Path) -> Call:
    """One state for an LSTM."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: An `initial_state` was passed that is not compatible "
                "with `cell.state_size`. Received "
                "`state_spec`=[InputSpec(shape=(None, 4), ndim=2)]; however "
                "`cell.state_size` is [4, 4]",
                "train.py:<module>:layers.LSTM(4)(x, initial_state=[h])",
                "keras/layers/rnn/base_rnn.py:_validate_state_spec",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """States of a machine."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: initial state 'idle' is not compatible",
                "app.py:<module>:Machine()",
                "transitions/core.py:__init__",
            ),
        ),
    )
