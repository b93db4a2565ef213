"""A generator gives something else than the shapes and dtypes that were declared for its elements.

## What happens

Reading the data set stops at the first element of another shape, dtype or nesting.

## Why

`tf.data.Dataset.from_generator` promises, by `output_signature` or by `output_types` and
`output_shapes`, what each element is, and holds the generator to it. Text where numbers were
declared, a tuple of three where a pair was, a row of nine values where sixty-four were.

## Fix

Look at what comes, and declare that; None stands for a size that differs:

    print(next(iter(generator())))
    rows, targets = tf.TensorSpec((None, 64), tf.float32), tf.TensorSpec((), tf.int64)
    tf.data.Dataset.from_generator(generator, output_signature=(rows, targets))

## Seen in

- TF 2: "InvalidArgumentError: ValueError: `generator` yielded an element of shape (9,) where an
  element of shape (64,) was expected.", "TypeError: `generator` yielded an element that did not
  match the expected structure.", "`generator` yielded an element that could not be converted to the
  expected type."

## References

- https://www.tensorflow.org/api_docs/python/tf/data/Dataset#from_generator
- https://github.com/tensorflow/tensorflow/issues/28643
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG553", "element-spec-differs", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "InvalidArgumentError", "UnknownError"),
        pattern=r"`generator` yielded an element (?P<what>of shape .{0,60}? where an element of"
        r" shape .{0,60}? was expected|of type .{0,60}? where an element of type .{0,40}? was"
        r" expected)?",
        message="the generator gives another element than was declared {what}",
        why="from_generator promises the shape, dtype and nesting of each element, and holds the"
        " generator to it.",
        fix="print(next(iter(generator()))), and declare that in output_signature; None for a size"
        " that differs",
    )
)


def bad(_tmp: Path) -> Call:
    """A row that is too short."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: `generator` yielded an element of shape (9,) where an "
                "element of shape (64,) was expected.",
                "train.py:<module>:model.fit(dataset)",
                "tensorflow/python/data/ops/from_generator_op.py:generator_py_func",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A generator of somebody else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: generator already executing",
                "train.py:<module>:next(rows)",
            ),
        ),
    )
