"""What was given as data is of a type that Keras does not take.

## What happens

`fit`, `evaluate` or `predict` stops before the first batch.

## Why

Keras takes arrays and tensors, lists and dictionaries of them, data sets, generators and
`PyDataset`s. A function that makes a generator is none until it is called; a path, a set, an object
of another framework, or `None` from a loader that failed, are none either.

## Fix

Call the generator function, convert what is no array, and look at what is given:

    print(type(x), getattr(x, "shape", None))
    model.fit(batches(), steps_per_epoch=100)

## Seen in

- TF 2.2 to 2.15: "ValueError: Failed to find data adapter that can handle input: <class
  'function'>, <class 'NoneType'>"
- Keras 3: "ValueError: Unrecognized data type: x=<function batches at 0x...> (of type <class
  'function'>)"
- TF to 2.1: "ValueError: Please provide as model inputs either a single array or a list of arrays.
  You passed: inputs=..."

## References

- https://github.com/tensorflow/tensorflow/issues/38745
- https://github.com/keras-team/keras/issues/14040
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG505", "type-unknown", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Unrecognized data type: (?P<name>\w+)=[\s\S]*\(of type <class"
        r" '(?P<type>(?!float'|int'|bool'|list')[^']+)'>\)"
        r"|Failed to find data adapter that can handle input: <class"
        r" '(?P<type2>(?!float'|int')[^']+)'>"
        r"|Please provide as model inputs either a single array or a list of arrays\."
        r" You passed: (?P<name2>\w+)=",
        stages=("fit", "evaluate", "predict"),
        message="{name}{name2} is of type {type}{type2}, which Keras does not take",
        why="It takes arrays, tensors, lists and dictionaries of them, data sets and generators.",
        fix="print type(x) before the call: a generator function must be called, a path "
        "read, an object converted with np.asarray",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("KeyError", "AttributeError"),
        pattern=r"pop from an empty set"
        r"|'\w+' object has no attribute '(?:shape|ndim)'",
        stages=("fit", "evaluate", "predict"),
        message="what was given as data is None, or no array",
        why="What made the data returned nothing.",
        fix="print what is given to fit(), and where it comes from",
        certainty="likely",
        frames=r"trainer|data_adapter|standardize_single_array",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Failed to convert a NumPy array to a Tensor \(Unsupported object type"
        r" (?P<type>float|int|bool|NoneType|dict|function|\w+)\)",
        stages=("fit", "evaluate", "predict"),
        message="the data are an array of Python objects, of which one is {type}",
        why="One None, one text or one number of another kind among the rest makes NumPy keep"
        " objects"
        " in place of numbers.",
        fix='print x.dtype: where it is object, fill what is missing and x.astype("float32")',
        certainty="likely",
    )
)


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"can handle input: \(<class '(?:dict|tuple)'> containing"
        r"|Unrecognized data type: \w+=\{"
        r"|Expected a NumPy array, tf\.Tensor"
        r"|Expected all elements of `\w+` to be array-like"
        r"|Unknown type of input data"
        r"|Adapter'> Cannot handle input"
        r"|data should be a Numpy array, or list/dict of Numpy",
        message="what was given as data is of a type that Keras does not take",
        why="It takes arrays, tensors, lists and dictionaries of them, data sets and generators.",
        fix="np.asarray(data), or a generator that yields arrays",
    )
)


def bad(_tmp: Path) -> Call:
    """A generator function that was not called."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Unrecognized data type: x=<function batches at 0x7f> (of type "
                "<class 'function'>)",
                "train.py:<module>:model.fit(batches)",
                "keras/src/trainers/data_adapters/__init__.py:get_data_adapter",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Another library, of a type it does not take."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: Unsupported type: <class 'function'>",
                "train.py:<module>:frame.append(batches)",
                "pandas/core/frame.py:append",
            ),
        ),
    )
