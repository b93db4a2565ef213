"""A recurrent layer is to be unrolled, and the number of its steps is not known.

## What happens

The model cannot be built.

## Why

Unrolling writes the loop over the steps out, so their number must be fixed when the graph is
made.

## Fix

Give the number of steps, `keras.Input((20, 8))`, or leave `unroll=True` out. `saveguard.pad`
brings sequences to one length.

## Seen in

- Keras 3, TF 1.15 to 2.15: "ValueError: Cannot unroll a RNN if the time dimension is undefined."
- TF 1.15 to 2.15, Keras 3 on torch: "ValueError: Unrolling requires a fixed number of timesteps."
- TF 2.1 to 2.15: "ValueError: The input received contains RaggedTensors and does not support
  unrolling."

## References

- https://keras.io/api/layers/recurrent_layers/rnn/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG537", "time-not-known", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Cannot unroll a RNN if the time dimension is undefined"
        r"|Unrolling requires a fixed number of time"
        r"|RaggedTensors and does not support unrolling",
        message="a recurrent layer with unroll=True does not know its number of steps",
        why="Unrolling writes the loop over the steps out, so their number must be fixed.",
        fix="keras.Input((steps, features)) with a number for the steps, or leave unroll=True out",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Cannot unroll a RNN if the time dimension is undefined. - If using "
                "a Sequential model, specify the time dimension",
                "model.py:<module>:model.add(keras.layers.LSTM(4, unroll=True))",
                "keras/src/layers/rnn/rnn.py:call",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Cannot unroll a scroll.",
                "model.py:<module>:main()",
            ),
        ),
    )
