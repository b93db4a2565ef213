"""Classes under their former names.

## Recognises

`Model`, `Network` and `Container` that hold layers; `AvgPool2D`, `Convolution2D` and other
second names; `UnifiedLSTM` and `UnifiedGRU` of TF 1.14; `NormalizationV1` and
`TextVectorizationV1` of TF 2.1.

## Rewrites

The one name that Keras 3 reads.

## Why

Keras 3 looks a class up by the one name under which it exports it.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/saving_utils.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import made, today
from saveguard.migration.step import Old, Step

_ALIASES = {
    "UnifiedLSTM": "LSTM",
    "UnifiedGRU": "GRU",
    "NormalizationV1": "Normalization",
    "TextVectorizationV1": "TextVectorization",
    "StringLookupV1": "StringLookup",
    "IntegerLookupV1": "IntegerLookup",
}
_SHORT = (("AvgPool", "AveragePooling"), ("MaxPool", "MaxPooling"), ("Convolution", "Conv"))


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    name = node.class_name
    if name in old.custom or (today().symbol(name, role="layer") and name != "Model"):
        return
    new = _ALIASES.get(name, name)
    if name in ("Model", "Network", "Container") and wiring.is_graph(node.raw):  # type: ignore[arg-type]
        new = "Functional"
    for short, full in _SHORT:
        if short in new and full not in new and not new.startswith("Max" + "Pooling"):
            new = new.replace(short, full)
    if new != name and (new == "Functional" or today().symbol(new, role="layer")):
        node.raw["class_name"] = new  # type: ignore[index]
        yield f"{name} is {new}"


step = Step(
    name="class-names",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/saving_utils.py",
    on=(
        "model",
        "layer",
    ),
)


def bad() -> Any:
    """The second name of a layer."""
    return made("AvgPool2D", "avgpool2d", pool_size=[2, 2])


def good() -> Any:
    """Its first."""
    return made("AveragePooling2D", "averagepooling2d", pool_size=[2, 2])
