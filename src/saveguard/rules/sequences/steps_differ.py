"""The steps of sequences do not fit together: another size, another kind, or nothing at all.

## What happens

One step has two features and its neighbour three, a word stands among numbers, a value is missing.
`saveguard.pad` stops and names the step; `keras.utils.pad_sequences` says "Shape of sample" of the
whole sequence, or turns what it can into numbers.

## Why

Only the first axis of a sequence may vary. In an array all steps have one shape and one dtype.

## Fix

Make the steps alike where the data are read: pad the inner axis on its own, encode words as
numbers, fill or drop what is missing.

## Seen in

- Keras 3.15.1: "ValueError: Shape of sample (3,) of sequence at position 1 is different from
  expected shape (2,)".
- NumPy: "setting an array element with a sequence. The requested array has an inhomogeneous shape".

## References

- https://keras.io/api/data_loading/timeseries/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG623", "steps-differ", since="0.1")


def found(place: str, given: str, others: str) -> Finding:
    """The finding for a step at `place` that is `given` where the others are `others`."""
    return rule.finding(
        where=place,
        message=f"`{place}` has {given} where the others have {others}",
        why="Only the length of a sequence may vary; all steps are of one shape and one kind.",
        fix="make the steps alike where the data are read: the same features, numbers for words,"
        " and what is missing filled or left out",
    )


rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Shape of sample (?P<got>\([^)]*\)) of sequence at position (?P<place>\d+) is"
        r" different from expected shape (?P<expected>\([^)]*\))",
        message="a step of sequence {place} has shape {got}, those before it {expected}",
        why="Only the first axis of a sequence may vary: all steps have one shape.",
        fix="make the steps alike where the data are read, or pad their inner axis on its own",
    )
)


def bad(_: Path) -> Call:
    """A step of three features among steps of two."""
    return Call("pad", ([[[1, 2], [3, 4]], [[5, 6, 7]]],))


def good(_: Path) -> Call:
    """Two everywhere."""
    return Call("pad", ([[[1, 2], [3, 4]], [[5, 6]]],))
