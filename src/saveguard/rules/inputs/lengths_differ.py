"""The inputs, the targets or the sample weights have different numbers of rows.

## What happens

`fit`, `evaluate` or `predict` stops before the first batch.

## Why

Every array counts the same samples along its first axis. One was filtered and the other not, a
tuple of two arrays was given where one is meant, or a list of rows was taken for a list of inputs.

## Fix

Compare `len` of every array before the call, and filter them together:

    keep = np.isfinite(x).all(axis=1)
    model.fit(x[keep], y[keep])

## Seen in

- TF 2.2 to Keras 3.15: "ValueError: Data cardinality is ambiguous. Make sure all arrays contain the
  same number of samples. 'x' sizes: 8 'y' sizes: 5"
- Keras 2 and TF to 2.1: "ValueError: Input arrays should have the same number of samples as target
  arrays. Found 8 input samples and 5 target samples."

## References

- https://github.com/tensorflow/tensorflow/issues/48660
- https://github.com/keras-team/keras/issues/14368
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules import troubles
from saveguard.rules.pasted import pasted

rule = Rule("SG504", "lengths-differ", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Data cardinality is ambiguous[\s\S]*?x'? sizes: (?P<x>[\d, ]+?)\s*'?y'?"
        r" sizes: (?P<y>[\d, ]+)"
        r"|same number of samples as target arrays\. Found (?P<x2>\d+) input samples"
        r" and (?P<y2>\d+) target",
        stages=("fit", "evaluate", "predict"),
        message="the inputs have {x}{x2} rows, the targets {y}{y2}",
        why="Every array counts the same samples along its first axis.",
        fix="compare len(x) with len(y) before the call, and filter them together",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Found a sample_weight with shape ?(?P<got2>\([^)]*\))"
        r"|Received sample weight with shape (?P<got3>\([^)]*\))"
        r"|Data cardinality is ambiguous"
        r"|should have the same number of samples"
        r"|Found a sample_weight array with shape (?P<got>\([^)]*\))"
        r"|All (?:input|target) arrays \(x\) should have",
        stages=("fit", "evaluate", "predict"),
        message="the arrays have different numbers of rows {got}{got2}{got3}",
        why="Every array counts the same samples along its first axis.",
        fix="compare the lengths before the call, and filter the arrays together",
    )
)


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}{troubles.more(held)}",
            why="Every array counts the same samples along its first axis. The rows that all have"
            " were read; whether they still belong together is not known.",
            fix="filter the arrays together: keep = ...; x, y = x[keep], y[keep]",
            **troubles.told(held),
        )


def bad(_tmp: Path) -> Call:
    """Eight rows, five targets."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Data cardinality is ambiguous. Make sure all arrays contain the"
                " same number of samples.'x' sizes: 8 'y' sizes: 5",
                "train.py:<module>:model.fit(x, y)",
                "keras/src/trainers/data_adapters/data_adapter_utils.py:check_data_cardinality",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """scikit-learn, of the same mistake."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Found input variables with inconsistent numbers of samples: [8, 5]",
                "train.py:<module>:tree.fit(x, y)",
                "sklearn/utils/validation.py:check_consistent_length",
            ),
        ),
    )
