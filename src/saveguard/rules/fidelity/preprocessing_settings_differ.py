"""The Keras pipeline that makes the model's inputs has other settings than at the save.

## What happens

The same text becomes other tokens, the same image other pixels, the same numbers another scale.
The model predicts from them without an error.

## Why

`TextVectorization`, `StringLookup` and `Normalization` hold what `adapt` learned from data, and
`Resizing` and `Rescaling` what their constructor was told. A pipeline that stands beside the model
is built anew by the program that loads it: adapted to other data, or with another default. In a
vocabulary, one new frequent word moves every term behind it.

## Fix

Save the pipeline when the model is saved and load it, instead of adapting it again:

    saveguard.save(pipeline, "pipeline.keras", example=texts)

or put the layers into the model, so that one file has both.

## Seen in

- Every version of Keras: silent.

## References

- https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/ (`adapt`)
- https://keras.io/guides/preprocessing_layers/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import drifts

rule = Rule("SG431", "preprocessing-settings-differ", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    found = facts.preprocessing
    if found is None or not found.settings or found.definitions:
        return
    changed = found.settings[0]
    more = f" and {len(found.settings) - 1} more" if len(found.settings) > 1 else ""
    yield rule.finding(
        where=drifts.where(found),
        message=f"`{changed.what}`{more} of the preprocessing is {changed.after}, and was"
        f" {changed.before} when the model was saved",
        why=f"The pipeline gives {drifts.examples(found)} another model input; the model was"
        " trained on what the old settings made."
        if found.outputs
        else "The recorded raw examples become what they were; others may not.",
        fix="load the pipeline that the model was trained with instead of building or adapting it"
        " again; save it beside the model, or put its layers into the model",
        certainty="certain" if found.outputs else "likely",
        evidence=(*drifts.values(found.settings), *drifts.outputs(found)),
    )


_SOURCE = """
import pathlib
import numpy as np

prices = np.loadtxt(pathlib.Path(__file__).with_name("prices.txt"), ndmin=2)
scale = keras.layers.Normalization()
scale.adapt(prices)
"""


def bad(tmp: Path) -> Call:
    """A normalization that is adapted at import, to a file that has new rows."""
    return _load(tmp, "100\n220\n300\n400\n")


def good(tmp: Path) -> Call:
    """The same rows, written otherwise."""
    return _load(tmp, "100.0\n220.0\n")


def _load(tmp: Path, now: str) -> Call:
    (tmp / "prices.txt").write_text("100\n220\n")
    module = drifts.module(tmp, _SOURCE)
    path = drifts.saved(tmp, module.scale, [[150.0]], (1,))
    (tmp / "prices.txt").write_text(now)
    drifts.edited(module, "", "")
    return Call("load", (path,))
