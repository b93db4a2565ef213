r"""An output of the model depends on an input that the model was not given.

## What happens

`keras.Model(inputs, outputs)` stops.

## Why

Another `Input` than the one in `inputs` was used on the way: one made twice under one name, one
inside a helper function, one of another model.

## Fix

Make each `Input` once and pass that on; or list all of them:

    model = keras.Model([image, text], output)

## Seen in

- TF: "ValueError: Graph disconnected: cannot obtain value for tensor Tensor(\"input_1:0\",
  shape=(None, 3), dtype=float32) at layer \"dense\"."
- TF 2.4 to 2.15: "ValueError: Graph disconnected: cannot obtain value for tensor KerasTensor(...)
  at layer \"dense\"."
- Keras 3: "ValueError: Output with path `` is not connected to `inputs`"

## References

- https://github.com/keras-team/keras/issues/12012
- https://github.com/tensorflow/tensorflow/issues/34201
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG517", "graph-disconnected", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Found (?:input tensor cannot be reached given provided|unvisited input"
        r" tensors that are disconnected)"
        r"|Layers could not be added due to missing dependencies"
        r"|Graph disconnected: cannot find parent for tensor"
        r"|`(?:inputs|outputs)` argument cannot be empty"
        r"|Graph disconnected: cannot obtain value for tensor[\s\S]*?at layer"
        r' "(?P<layer>[^"]+)"'
        r"|Graph disconnected: cannot obtain value"
        r"|Output with path `(?P<path>[^`]*)` is not connected to `inputs`"
        r"|`inputs` not connected to `outputs`",
        message="an output depends on an input that the model was not given {layer}",
        why="On the way to it another Input was used than those in inputs=...",
        fix="make each Input once and pass it on, or list all of them: keras.Model([first, "
        "second], output)",
    )
)


def bad(_tmp: Path) -> Call:
    """Another input than the model's."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Graph disconnected: cannot obtain value for tensor "
                'Tensor("input_1:0", shape=(None, 3), dtype=float32) at layer "dense".',
                "train.py:<module>:keras.Model(b, out)",
                "keras/engine/functional.py:_map_graph_network",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A graph of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Graph disconnected: 3 components",
                "train.py:<module>:check(graph)",
            ),
        ),
    )
