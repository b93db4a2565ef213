"""An example in any of the forms users hold one in, as NumPy arrays."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from saveguard.child import arrays
from saveguard.contract import Contract
from saveguard.model import batch
from saveguard.model.batch import read

__all__ = ["Example", "make", "read", "shorten", "take"]

ROWS = 8
BYTES = 4 << 20


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Inputs, and targets and sample weights where they were given; nested arrays.

    Attributes:
        made: The inputs were made from a contract, because the caller gave none.
    """

    inputs: Any
    targets: Any = None
    weights: Any = None
    made: bool = False


def take(given: Any, contract: Contract | None) -> Example:
    """The example in `given`: arrays, nested arrays, `(x, y)`, `(x, y, weights)`, or a data set.

    Of a tf.data data set, a PyDataset or a DataLoader the first batch is taken. A tuple is
    `(x, y)` unless the model takes just so many inputs in a list or tuple and each element
    is one leaf.
    """
    given = batch.first_batch(given)
    if isinstance(given, tuple) and 2 <= len(given) <= 3 and not batch.is_inputs(given, contract):
        parts = (*given, None, None)[:3]
        inputs, targets, weights = (_arrays(part) for part in parts)
        return Example(inputs=inputs, targets=targets, weights=weights)
    return Example(inputs=_arrays(given))


def shorten(example: Example, contract: Contract | None) -> Example:
    """The first rows of an example: at most `ROWS`, and few enough for `BYTES`, but at least one.

    A model whose batch axis is fixed keeps the whole batch.
    """
    if contract is not None and any(i.axes and i.axes[0].size for i in contract.inputs):
        return example
    leaves = [leaf for _, leaf in arrays.flatten(example.inputs, "x")]
    if not leaves or any(leaf.ndim == 0 for leaf in leaves):
        return example
    total = sum(leaf.nbytes for leaf in leaves)
    rows = max(1, min(ROWS, int(len(leaves[0]) * BYTES / max(total, 1))))

    def cut(value: Any) -> Any:
        return _map(value, lambda leaf: leaf[:rows] if leaf.ndim else leaf)

    return Example(
        inputs=cut(example.inputs),
        targets=cut(example.targets),
        weights=cut(example.weights),
        made=example.made,
    )


def make(contract: Contract) -> Example:
    """An example made from a contract: small seeded values of each input's dtype, two rows."""
    generator = np.random.default_rng(0)
    leaves = {}
    for index, described in enumerate(contract.inputs):
        shape = [2, *[3] * 2] if described.axes is None else []
        for position, axis in enumerate(described.axes or ()):
            shape.append(axis.size or axis.maximum or (2 if position == 0 else 5))
        leaves[index] = _made(generator, shape, described.dtype)
    return Example(inputs=_placed(contract.structure, leaves), made=True)


def _arrays(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _arrays(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and not batch.is_numbers(value):
        return [_arrays(part) for part in value]
    if value is None:
        return None
    array = arrays.to_array(value)[0]
    return array.astype(object) if array.dtype.kind in "US" else array


def _map(value: Any, function: Any) -> Any:
    if isinstance(value, dict):
        return {key: _map(part, function) for key, part in value.items()}
    if isinstance(value, list):
        return [_map(part, function) for part in value]
    return None if value is None else function(value)


def _made(generator: np.random.Generator, shape: list[int], dtype: str) -> Any:
    if dtype == "string":
        return np.full(shape, "a", dtype=object)
    if dtype == "bool":
        return np.ones(shape, dtype=bool)
    if "int" in dtype:
        return generator.integers(0, 2, shape).astype(dtype)
    return generator.standard_normal(shape).astype("float32" if "bf" in dtype else dtype)


def _placed(structure: Any, leaves: dict[int, Any]) -> Any:
    if isinstance(structure, dict):
        return {key: _placed(part, leaves) for key, part in structure.items()}
    if isinstance(structure, list):
        return [_placed(part, leaves) for part in structure]
    return leaves[structure]
