"""An example in any of the forms users hold one in, as NumPy arrays and as facts."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
import numpy as np

from saveguard.child import arrays
from saveguard.contract import Contract
from saveguard.facts import BatchFacts, LeafFacts

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
    given = _first_batch(given)
    if isinstance(given, tuple) and 2 <= len(given) <= 3 and not _is_inputs(given, contract):
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


def read(example: Any, contract: Contract) -> BatchFacts:
    """The facts of an example's inputs, before anything is converted, held against `contract`."""
    given = _first_batch(example)
    if isinstance(given, tuple) and 2 <= len(given) <= 3 and not _is_inputs(given, contract):
        given = given[0]
    if isinstance(contract.structure, int) and isinstance(given, (list, tuple)) and len(given) != 1:
        leaves = [_leaf("x", given, contract, 0)]
        return BatchFacts(leaves=tuple(leaves), structure=".", expected=".", contract=contract)
    structure = _shape_of(given)
    leaves = [
        _leaf(path, leaf, contract, index)
        for index, (path, leaf) in enumerate(_leaves(given, "x", contract))
    ]
    return BatchFacts(
        leaves=tuple(leaves),
        structure=_text(structure),
        expected=_text(_dots(contract.structure)),
        contract=contract,
    )


def _first_batch(given: Any) -> Any:
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(given, keras.utils.PyDataset):
        return given[0]
    torch = sys.modules.get("torch")
    loader = getattr(getattr(getattr(torch, "utils", None), "data", None), "DataLoader", ())
    if hasattr(given, "element_spec") or (loader and isinstance(given, loader)):
        batch = next(iter(given))
        return tuple(batch) if isinstance(batch, list) and len(batch) in (2, 3) else batch
    return given


def _is_inputs(given: tuple[Any, ...], contract: Contract | None) -> bool:
    """Whether a tuple is the model's inputs rather than `(x, y)`."""
    if contract is None or contract.source == "example":
        return False
    expected = contract.structure
    if not isinstance(expected, list) or len(expected) != len(given):
        return False
    first = given[0]
    return not isinstance(first, (list, tuple, dict))


def _arrays(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _arrays(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and not _is_numbers(value):
        return [_arrays(part) for part in value]
    if value is None:
        return None
    array = arrays.to_array(value)[0]
    return array.astype(object) if array.dtype.kind in "US" else array


def _is_numbers(value: Any) -> bool:
    """A (nested) list of plain numbers or text: one array, not a structure of inputs."""
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return isinstance(value, (bool, int, float, complex, str, bytes))


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


def _leaves(value: Any, path: str, contract: Contract) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [
            found
            for key in sorted(value, key=str)
            for found in _leaves(value[key], f"{path}[{key!r}]", contract)
        ]
    if isinstance(value, (list, tuple)) and not _is_numbers(value) and len(value):
        return [
            found
            for index, part in enumerate(value)
            for found in _leaves(part, f"{path}[{index}]", contract)
        ]
    return [(path, value)]


def _shape_of(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _shape_of(part) for key, part in sorted(value.items(), key=str)}
    if isinstance(value, (list, tuple)) and not _is_numbers(value) and len(value):
        return [_shape_of(part) for part in value]
    return "."


def _dots(structure: Any) -> Any:
    if isinstance(structure, dict):
        return {key: _dots(structure[key]) for key in sorted(structure)}
    return [_dots(part) for part in structure] if isinstance(structure, list) else "."


def _text(structure: Any) -> str:
    if isinstance(structure, dict):
        return "{" + ", ".join(f"{key!r}: {_text(part)}" for key, part in structure.items()) + "}"
    if isinstance(structure, list):
        return "[" + ", ".join(map(_text, structure)) + "]"
    return str(structure)


def _leaf(path: str, value: Any, contract: Contract, index: int) -> LeafFacts:
    kind, name = "array", type(value).__name__
    if isinstance(value, (bool, int, float, complex, str, bytes)):
        text = repr(value)[:40]
        return LeafFacts(path=path, kind="scalar", dtype=name, type=name, value=text)
    lengths = _lengths(value)
    if lengths is not None:
        return LeafFacts(
            path=path, kind="ragged", lengths=lengths[:5], rows=len(value), type=name, shape=()
        )
    try:
        array = arrays.to_array(value)[0]
    except (TypeError, ValueError) as error:
        return LeafFacts(path=path, kind="other", type=name, value=str(error)[:80])
    if array.dtype == object and array.size and not isinstance(array.flat[0], (str, bytes)):
        kind = "other"
    described = contract.inputs[index] if index < len(contract.inputs) else None
    pad = None if described is None else described.pad
    return LeafFacts(
        path=path,
        kind="scalar" if array.ndim == 0 else kind,
        shape=array.shape,
        dtype="string" if array.dtype.kind in "OUS" else array.dtype.name,
        rows=len(array) if array.ndim else 0,
        masked_rows=_masked_rows(array, pad),
        type=name,
        value=repr(array.item())[:40] if array.ndim == 0 else "",
    )


def _lengths(value: Any) -> tuple[int, ...] | None:
    """The lengths of the rows where they are not all the same, else None."""
    if not isinstance(value, (list, tuple)) and getattr(value, "dtype", None) != object:  # noqa: E721  a dtype, not a type
        return None
    rows = list(value)
    if not rows or not all(hasattr(row, "__len__") and not isinstance(row, str) for row in rows):
        return None
    lengths = tuple(len(row) for row in rows)
    return lengths if len(set(lengths)) > 1 else None


def _masked_rows(array: Any, pad: float | None) -> tuple[int, ...]:
    """The first rows in which every step is the padding value (that Masking would skip whole)."""
    if pad is None or array.ndim < 2 or array.size == 0 or array.dtype.kind not in "fiu":
        return ()
    whole = (array == pad).reshape(len(array), -1).all(axis=1)
    return tuple(int(row) for row in np.flatnonzero(whole)[:5])
