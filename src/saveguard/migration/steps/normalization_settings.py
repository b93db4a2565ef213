"""How BatchNormalization was to be computed.

## Recognises

`fused`, `adjustment` and `virtual_batch_size` of BatchNormalization; an axis in a list of one;
SyncBatchNormalization; the classes BatchNormalizationV1 and V2.

## Rewrites

The arguments are dropped, the axis loses its list (and is one less where there were virtual
batches, whose axis it counted), and the class is BatchNormalization, with
`synchronized=True` for SyncBatchNormalization.

## Why

`fused` chose between kernels for the same thing; `virtual_batch_size` was of training alone: the
outputs of the saved model do not depend on it, and further training goes without it.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/normalization/batch_normalization.py
- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/normalization/batch_normalization.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree
from saveguard.migration.parts import anything, dropped, made, settings
from saveguard.migration.step import Old, Step

_NAMES = ("BatchNormalization", "SyncBatchNormalization")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if not node.class_name.startswith(_NAMES) or old.numbers >= (3,):
        return
    if node.class_name != "BatchNormalization":
        if node.class_name.startswith("Sync"):
            settings(node)["synchronized"] = True
        node.raw["class_name"] = "BatchNormalization"  # type: ignore[index]
        yield f"{node.class_name} is BatchNormalization now"
    virtual = settings(node).get("virtual_batch_size") is not None
    for argument in ("fused", "adjustment", "virtual_batch_size"):
        yield from dropped(node, argument, anything)
    if virtual:
        tree.convert(node.raw, "flat")  # type: ignore[arg-type]
    axis = settings(node).get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        settings(node)["axis"] = axis[0] - (virtual and axis[0] > 0)
        yield f"the axis {settings(node)['axis']} stands without a list"


step = Step(
    name="normalization-settings",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/normalization/batch_normalization.py",
)


def bad() -> Any:
    """As tf.keras writes it."""
    return made("BatchNormalization", "batchnormalization", axis=[3], fused=True)


def good() -> Any:
    """As Keras 3 writes it."""
    return made("BatchNormalization", "batchnormalization", axis=3)
