"""Seeded inputs that a model can sensibly be asked, by its contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from saveguard.contract import Contract, Input

Array = np.ndarray[Any, Any]
SEED = 20_170_406
_ROWS = 8
# An answer need not take longer, nor a file grow by more, than this many input elements ask for.
_ELEMENTS = 1 << 20
# Of an axis that may have any length, by the input's rank: steps in time, pixels, voxels. What
# follows is for models that shrink their input further than most: those of genomes crop 10,000.
_LENGTHS = (
    {2: 12, 3: 24, 4: 64, 5: 16},
    {2: 64, 3: 128, 4: 224, 5: 64},
    {2: 512, 3: 12_288, 4: 512, 5: 96},
)
_WORDS = ("the", "film", "was", "good", "bad", "a", "of", "and", "cat", "dog", "42", "zebra")
# Small, usual and large values: saturated units hide what those in between show.
_SCALES = (1.0, 1.0, 1.0, 0.1, 1.0, 3.0, 0.3, 1.0)


def seeded(contract: Contract, scale: float = 1.0) -> Iterator[dict[str, Array]]:
    """Inputs by place, in sizes that grow: the first that the model takes will do.

    Ids lie within an embedding's vocabulary, steps are padded where a layer masks them, values lie
    in the range that the contract tells, or have about the size `scale`. They are the same at each
    call.
    """
    for lengths in _LENGTHS:
        draw = np.random.default_rng(SEED)
        leaves = [_values(draw, one, lengths, scale) for one in contract.inputs]
        rows = min(len(leaf) for leaf in leaves)
        yield placed(contract, [leaf[:rows] for leaf in leaves])
        if all(one.axes is None or None not in _free(one) for one in contract.inputs):
            return


def placed(contract: Contract, leaves: list[Array]) -> dict[str, Array]:
    """Arrays under the keys that the model takes them by: names of a dictionary, or numbers."""
    held = contract.structure
    if isinstance(held, dict) and all(isinstance(index, int) for index in held.values()):
        return {str(key): leaves[index] for key, index in held.items()}
    return {str(index): leaf for index, leaf in enumerate(leaves)}


def filled(contract: Contract | None, values: Mapping[str, Array]) -> Any:
    """Arrays by place in the nested structure that the model takes them in."""
    if contract is None or not all(place.isdigit() for place in values):
        return _plain(_by_name(contract, values))
    leaves = [values[place] for place in sorted(values, key=int)]
    if len(leaves) != len(contract.inputs):
        return _plain(values)
    return _structured(contract.structure, leaves)


def _by_name(contract: Contract | None, values: Mapping[str, Array]) -> Mapping[str, Array]:
    """Arrays under the numbers of a model's inputs, where a list is wanted and names are given."""
    if contract is None or isinstance(contract.structure, dict):
        return values
    names = [one.name for one in contract.inputs]
    if set(names) == set(values):
        return {str(index): values[name] for index, name in enumerate(names)}
    return values


def _plain(values: Mapping[str, Array]) -> Any:
    if not all(place.isdigit() for place in values):
        return dict(values)
    listed = [values[place] for place in sorted(values, key=int)]
    return listed[0] if len(listed) == 1 else listed


def _structured(held: Any, leaves: list[Array]) -> Any:
    if isinstance(held, dict):
        return {key: _structured(part, leaves) for key, part in held.items()}
    if isinstance(held, list):
        return [_structured(part, leaves) for part in held]
    return leaves[held]


def _free(one: Input) -> list[int | None]:
    return [axis.size for axis in (one.axes or ())[1:]]


def _values(
    draw: np.random.Generator, one: Input, lengths: Mapping[int, int], scale: float
) -> Array:
    axes = one.axes
    rank = 2 if axes is None else len(axes)
    shape = [lengths.get(rank, 3)] if axes is None else []
    for axis in (axes or ())[1:]:
        length = axis.size or min(axis.maximum or 1 << 30, lengths.get(rank, 3))
        shape.append(max(length, axis.minimum or 0))
    rows = min(_ROWS, max(2, _ELEMENTS // max(1, int(np.prod(shape)))))
    if axes and axes[0].size:
        rows = axes[0].size
    return _drawn(draw, one, (rows, *shape), scale)


def _drawn(draw: np.random.Generator, one: Input, shape: tuple[int, ...], scale: float) -> Array:
    if one.dtype == "string":
        return draw.choice(np.array(_WORDS), shape)
    if one.dtype == "bool":
        return draw.integers(0, 2, shape).astype(bool)
    whole = "int" in one.dtype or one.vocabulary is not None
    values = _whole(draw, one, shape) if whole else _floats(draw, one, shape, scale)
    dtype = "float32" if one.dtype in ("", "bfloat16") else one.dtype
    return _padded(draw, one, values).astype(dtype)


def _whole(draw: np.random.Generator, one: Input, shape: tuple[int, ...]) -> Array:
    low = int(one.minimum or 0)
    above = one.vocabulary or (5 if one.maximum is None else int(one.maximum) + 1)
    if one.pad is not None and above > low + 1 and int(one.pad) == low:
        low += 1
    return draw.integers(low, max(above, low + 1), shape)


def _floats(draw: np.random.Generator, one: Input, shape: tuple[int, ...], scale: float) -> Array:
    if one.minimum is not None and one.maximum is not None:
        return draw.uniform(one.minimum, one.maximum, shape)
    scales = scale * np.resize(_SCALES, shape[0]).reshape(-1, *[1] * (len(shape) - 1))
    values: Array = draw.standard_normal(shape) * scales
    return values


def _padded(draw: np.random.Generator, one: Input, values: Array) -> Array:
    """The same with the last steps of every second row padded, where a layer masks them."""
    if one.pad is None or values.ndim < 2 or values.shape[1] < 2:
        return values
    first = one.side == "pre"
    for row in range(1, len(values), 2):
        steps = int(draw.integers(1, max(2, values.shape[1] // 2 + 1)))
        values[row, slice(0, steps) if first else slice(-steps, None)] = one.pad
    return values
