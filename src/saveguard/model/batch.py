"""A batch in any of the forms users hold one in, as facts held against a contract."""

from __future__ import annotations

import sys
from typing import Any

from saveguard.child import arrays
from saveguard.contract import Contract, Input
from saveguard.facts import BatchFacts, LeafFacts, Suspect
from saveguard.model import suspects


def read(example: Any, contract: Contract) -> BatchFacts:
    """The facts of a batch's inputs, before anything is converted, held against `contract`."""
    given = first_batch(example)
    if isinstance(given, tuple) and 2 <= len(given) <= 3 and not is_inputs(given, contract):
        given = given[0]
    if isinstance(contract.structure, int) and isinstance(given, (list, tuple)) and len(given) != 1:
        leaves = (_leaf("x", given, contract.inputs[contract.structure]),)
        return BatchFacts(leaves=leaves, structure=".", expected=".", contract=contract)
    expected, pairs = _dots(contract.structure), _paired(given, contract)
    missing = {path for path, value, _ in pairs if value is None}
    structure = _shape_of(given)
    return BatchFacts(
        leaves=tuple(_leaf(*pair) for pair in pairs),
        structure=_text(expected if missing and _fits(given, contract) else structure),
        expected=_text(expected),
        contract=contract,
    )


def _paired(given: Any, contract: Contract) -> list[tuple[str, Any, Input | None]]:
    """Each leaf with its input: by its place, and where the places differ, in their order."""
    leaves = _leaves(given, "x")
    if _fits(given, contract):
        held = dict(leaves)
        return [(path, held.get(path), described) for path, described in contract.leaves()]
    inputs = (*contract.inputs, *[None] * len(leaves))
    return [(path, leaf, inputs[index]) for index, (path, leaf) in enumerate(leaves)]


def _fits(given: Any, contract: Contract) -> bool:
    """Whether each leaf has its place in the contract, and only what is optional is not given."""
    held, places = dict(_leaves(given, "x")), dict(contract.leaves())
    return held.keys() <= places.keys() and all(
        held.get(path) is not None or described.optional for path, described in places.items()
    )


def first_batch(given: Any) -> Any:
    """The first batch of a data set; whatever is none, as it is."""
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(given, keras.utils.PyDataset):
        return given[0]
    torch = sys.modules.get("torch")
    loader = getattr(getattr(getattr(torch, "utils", None), "data", None), "DataLoader", ())
    if hasattr(given, "element_spec") or (loader and isinstance(given, loader)):
        batch = next(iter(given))
        return tuple(batch) if isinstance(batch, list) and len(batch) in (2, 3) else batch
    return given


def is_inputs(given: tuple[Any, ...], contract: Contract | None) -> bool:
    """Whether a tuple is the model's inputs rather than `(x, y)`."""
    if contract is None or contract.source == "example":
        return False
    expected = contract.structure
    if not isinstance(expected, list) or len(expected) != len(given):
        return False
    first = given[0]
    return not isinstance(first, (list, tuple, dict))


def is_numbers(value: Any) -> bool:
    """A (nested) list of plain numbers or text: one array, not a structure of inputs."""
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return isinstance(value, (bool, int, float, complex, str, bytes))


def _leaves(value: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [
            found
            for key in sorted(value, key=str)
            for found in _leaves(value[key], f"{path}[{key!r}]")
        ]
    if isinstance(value, (list, tuple)) and not is_numbers(value) and len(value):
        return [
            found for index, part in enumerate(value) for found in _leaves(part, f"{path}[{index}]")
        ]
    return [(path, value)]


def _shape_of(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _shape_of(part) for key, part in sorted(value.items(), key=str)}
    if isinstance(value, (list, tuple)) and not is_numbers(value) and len(value):
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


def _leaf(path: str, value: Any, described: Input | None) -> LeafFacts:
    name = type(value).__name__
    if value is None:
        return LeafFacts(path=path, kind="absent", type=name)
    if isinstance(value, (bool, int, float, complex, str, bytes)):
        text = repr(value)[:40]
        return LeafFacts(path=path, kind="scalar", dtype=name, type=name, value=text)
    lengths, scalars = rows(value)
    if scalars or len(set(lengths)) > 1:
        found = (scalars,) if scalars else ()
        return LeafFacts(
            path=path,
            kind="ragged",
            lengths=lengths[:5],
            rows=len(value),
            type=name,
            suspects=found,
        )
    try:
        array = arrays.to_array(value)[0]
    except (TypeError, ValueError) as error:
        return LeafFacts(path=path, kind="other", type=name, value=str(error)[:80])
    return _array(path, array, name, described)


def _array(path: str, array: Any, name: str, described: Input | None) -> LeafFacts:
    first = array.flat[0] if array.size else ""
    other = array.dtype == object and not isinstance(first, (str, bytes))
    kind = "scalar" if array.ndim == 0 else "other" if other else "array"
    return LeafFacts(
        path=path,
        kind=kind,
        shape=array.shape,
        dtype="string" if array.dtype.kind in "OUS" else array.dtype.name,
        rows=len(array) if array.ndim else 0,
        masked_rows=suspects.masked_rows(array, None if described is None else described.pad),
        type=name,
        value=repr(array.item())[:40] if array.ndim == 0 else "an array of objects" * other,
        suspects=suspects.read(array, described) if kind == "array" and described else (),
    )


def rows(value: Any) -> tuple[tuple[int, ...], Suspect | None]:
    """The lengths of the rows of a list, and the first of them that is no sequence but a value."""
    if not isinstance(value, (list, tuple)) and getattr(value, "dtype", None) != object:  # noqa: E721  a dtype, not a type
        return (), None
    given = list(value)
    held = [hasattr(row, "__len__") and not isinstance(row, str) for row in given]
    if not any(held):
        return (), None
    lengths = tuple(len(row) for row, is_one in zip(given, held, strict=True) if is_one)
    if all(held):
        return lengths, None
    row = held.index(False)
    text = repr(given[row])[:40]
    return lengths, Suspect("scalar", f"[{row}]", row, text, len(held) - sum(held))
