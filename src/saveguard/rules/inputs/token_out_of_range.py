"""A token id is not below the size of the embedding, or is negative.

## What happens

On a CPU the call stops with the position of the id. On a GPU the rows may be zeros, and nothing is
said.

## Why

An `Embedding(n)` has rows 0 to n - 1. Ids that begin with 1, a vocabulary that grew, an
unknown-word id beyond it, or NaN that was cast to an integer (-2147483648) reach outside.

## Fix

Give it one row more than the largest id, and check the ids before the call:

    layers.Embedding(int(x.max()) + 1, 64)

## Seen in

- TF 1 and 2, Keras 3 on TensorFlow: "InvalidArgumentError: indices[39,107] = 85525 is not in [0,
  85525)"

## References

- https://github.com/tensorflow/tensorflow/issues/38619
- https://github.com/keras-team/keras-io/issues/602
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG507", "token-out-of-range", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("InvalidArgumentError", "ValueError", "IndexError"),
        pattern=r"indices\[[\d,]+\] = (?P<got>-?\d+) is not in \[0, (?P<size>\d+)\)"
        r"|(?:Input )?values must be in the range 0 <= values < (?:num_tokens|depth)[^\n]{0,40}?"
        r"(?:=(?P<size2>\d+))?",
        message="token id {got} is not below the size of the embedding, {size}{size2}",
        why="An Embedding of {size} rows takes the ids from 0 to one less; on a GPU others "
        "may read as zeros.",
        fix="Embedding(input_dim=int(ids.max()) + 1, ...), or look for the ids that are out "
        "of range: np.argwhere((x < 0) | (x >= {size}))",
        alone=r"embedding|num_tokens|gather",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("IndexError", "RuntimeError"),
        pattern=r"index out of range in self"
        r"|calling CategoryEncoding[\s\S]{0,40}Class values must be",
        message="a token id is not below the size of the embedding",
        why="On torch an Embedding of n rows takes the ids from 0 to n - 1.",
        fix="Embedding(input_dim=int(ids.max()) + 1, ...), or look for the ids that are out"
        " of range: np.argwhere((x < 0) | (x >= n))",
        alone=r"keras|[Ee]mbedding",
    )
)


def bad(_tmp: Path) -> Call:
    """An id that is one too large."""
    return Call(
        "explain",
        (
            pasted(
                "tensorflow.python.framework.errors_impl.InvalidArgumentError: indices[0,3] "
                "= 10 is not in [0, 10)",
                "train.py:<module>:model.predict(x)",
                "keras/engine/training.py:predict",
                "tensorflow/python/eager/execute.py:quick_execute",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A gather of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "tensorflow.python.framework.errors_impl.InvalidArgumentError: indices = 7 "
                "is not in [0, 3)",
                "train.py:<module>:tf.gather(a, 7)",
                "tensorflow/python/ops/array_ops.py:gather",
            ),
        ),
    )
