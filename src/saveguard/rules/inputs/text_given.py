"""Text, or objects, were given where the model takes numbers.

## What happens

`fit` or `predict` stops when the data are made a tensor, or at the first batch.

## Why

Columns of a table that hold text, labels that are names, or numbers that were read as text, have a
dtype that no layer of numbers takes.

## Fix

Convert them before: `astype("float32")` for numbers that were read as text, class numbers for
names, a `StringLookup` or `TextVectorization` layer for text:

    names, y = np.unique(labels, return_inverse=True)

## Seen in

- Keras 3: "ValueError: Invalid dtype: str32"
- TF 2: "UnimplementedError: Cast string to float is not supported", "ValueError: Failed to convert
  a NumPy array to a Tensor (Unsupported object type int)."
- TF 1: "ValueError: could not convert string to float: 'yes'"

## References

- https://github.com/tensorflow/tensorflow/issues/56489
- https://github.com/keras-team/keras/issues/13940
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG511", "text-given", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "UnimplementedError", "InvalidArgumentError"),
        pattern=r"Invalid dtype: (?P<type>str\d*|<U\d+|bytes\d*)"
        r"|Cast string to (?P<type2>\w+) is not supported"
        r"|Failed to convert a NumPy array to a Tensor \(Unsupported object type"
        r" (?P<type3>str|bytes|numpy\.str_|\w*[dD]ate\w*|Timestamp|\w*UUID|Path)\)",
        stages=("fit", "evaluate", "predict"),
        message="the data are not numbers: {type} {type2} {type3}",
        why="A layer of numbers takes arrays of a numeric dtype.",
        fix='print x.dtype; x.astype("float32") for numbers read as text, np.unique(labels, '
        "return_inverse=True) for names",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "UFuncTypeError", "TypeError"),
        pattern=r"could not convert string to float: '?(?P<value>[^']*)"
        r"|ufunc '\w+' did not contain a loop with signature",
        stages=("fit", "evaluate", "predict"),
        message="the data are not numbers: {value}",
        why="A layer of numbers takes arrays of a numeric dtype.",
        fix='print x.dtype; x.astype("float32") for numbers read as text, np.unique(labels, '
        "return_inverse=True) for names",
        frames=r"keras",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """Labels that are names."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Invalid dtype: str96",
                "train.py:<module>:model.fit(x, labels)",
                "keras/src/backend/common/variables.py:standardize_dtype",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """pandas, of text that is no number."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: could not convert string to float: '1,5'",
                "train.py:<module>:frame.astype(float)",
                "pandas/core/dtypes/astype.py:astype_nansafe",
            ),
        ),
    )
