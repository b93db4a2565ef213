"""Hold a migrated model against what the version that saved it answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import numpy as np

from saveguard.child import arrays, running
from saveguard.contract import Contract
from saveguard.facts import Frozen
from saveguard.migration.proof import inputs
from saveguard.migration.proof.golden import Array, Golden

Verdict = Literal["equal", "differs", "not proven"]
# How far an answer may be off, as a share of the largest number that the same sample's answer
# holds: sums in another order, by another release, over the layers of a deep network.
LIMITS = {"float16": 2e-2, "bfloat16": 8e-2}
LIMIT = 1e-4
# A sample whose answers all but vanish beside the others' is judged beside those.
_FLOOR = 1e-2
# Answers smaller than this are nothing: one release gives 0, another 7e-19.
_NOTHING = 1e-9


class Comparison(Frozen, frozen=True):
    """How the answers of a migrated model agree with the old version's.

    Attributes:
        verdict: `equal` only where every answer was compared, and could have been another.
        difference: The largest one, as a share of the largest number in the sample's answer.
        limit: How large it may be.
        where: The output that it is in, with the index; empty where all are the same.
        expected, got: The two numbers there.
        told: What was not compared, and why.
    """

    verdict: Verdict
    difference: float | None = None
    limit: float = LIMIT
    where: str = ""
    expected: str = ""
    got: str = ""
    told: tuple[str, ...] = ()


def compared(model: Any, golden: Golden, contract: Contract | None) -> Comparison:
    """Call the model on the golden's inputs, and compare.

    Raises:
        Exception: Whatever the model raises for these inputs.
    """
    answers = answered(model, golden, contract)
    limit = max(LIMITS.get(name, LIMIT) for name in _precisions(model))
    pairs = paired(model, golden.outputs, answers)
    if pairs is None:
        told = f"{len(golden.outputs)} outputs are known, and the model gives {len(answers)}"
        return Comparison(verdict="differs", limit=limit, told=(told,))
    left = [f"output {place} changes from call to call" for place in golden.random]
    worst = Comparison(verdict="equal", difference=0.0, limit=limit)
    for place, (expected, got) in pairs.items():
        if place not in golden.random:
            worst = _worse(worst, _output(place, expected, got, limit))
            if not tells(expected):
                left.append(f"output {place} is known to be the same for every input")
    if worst.verdict == "equal" and left:
        return _with(worst, "not proven", left)
    return _with(worst, worst.verdict, left)


def answered(model: Any, golden: Golden, contract: Contract | None) -> dict[str, Array]:
    """What the model gives for the golden's inputs, by place."""
    found, structure = running.predict(model, inputs.filled(contract, golden.inputs))
    return {place: found[path][0] for place, path in places_of(structure).items()}


def places_of(structure: Any) -> dict[str, str]:
    """The path of each output by its place: its name in a dictionary, or its number."""
    if isinstance(structure, dict) and all(isinstance(path, str) for path in structure.values()):
        return {str(key): path for key, path in structure.items()}
    paths = (path for _, path in arrays.flatten(structure, ""))
    return {str(place): path for place, path in enumerate(paths)}


def paired(
    model: Any, known: Mapping[str, Array], answers: Mapping[str, Array]
) -> dict[str, tuple[Array, Array]] | None:
    """Each of the model's outputs, as known and as it is: by place, by name, or in order.

    None where their numbers differ.
    """
    if len(known) != len(answers):
        return None
    names = dict(zip(answers, map(str, getattr(model, "output_names", None) or ()), strict=False))
    if set(known) == set(answers):
        names = {place: place for place in answers}
    elif set(known) != set(names.values()):
        names = dict(zip(answers, known, strict=True))
    return {place: (known[name], answers[place]) for place, name in names.items()}


def _precisions(model: Any) -> set[str]:
    """The dtypes that its layers compute in."""
    layers = [model, *running.layers_of(model)]
    return {str(getattr(layer, "compute_dtype", "float32")) for layer in layers}


def _output(place: str, expected: Array, got: Array, limit: float) -> Comparison:
    """How one output agrees."""
    name = f"output {place}"
    if expected.shape != got.shape:
        return Comparison(
            verdict="differs", limit=limit, where=name,
            expected=f"shape {list(expected.shape)}", got=f"shape {list(got.shape)}",
        )  # fmt: skip
    if expected.dtype.kind in "USOb":
        wrong = np.argwhere(_text(expected) != _text(got))
        gap, index = (np.inf, tuple(wrong[0])) if len(wrong) else (0.0, ())
    else:
        gap, index = _largest(_wide(expected), _wide(got))
    if not gap:
        return Comparison(verdict="equal", difference=0.0, limit=limit)
    return Comparison(
        verdict="equal" if gap <= limit else "differs",
        difference=float(gap),
        limit=limit,
        where=name + str([int(part) for part in index]),
        expected=str(expected[index])[:80],
        got=str(got[index])[:80],
    )


def _largest(expected: Array, got: Array) -> tuple[float, tuple[Any, ...]]:
    """The largest difference as a share of its sample's largest number, and where it is."""
    if not expected.size:
        return 0.0, ()
    finite = np.where(np.isfinite(expected), np.abs(expected), 0.0)
    axes = tuple(range(1, expected.ndim))
    scale = finite.max(axis=axes, keepdims=True) if expected.ndim else finite
    scale = np.maximum(scale, max(_FLOOR * finite.max(), _NOTHING))
    if expected.dtype.kind == "f" and expected.min() >= 0 and expected.max() <= 1:
        # A small probability p is the exponential of a sum as large as -log(p), and has the
        # rounding of that sum: one of 1e-4 may be off by 9e-4 of itself.
        scale = scale * np.maximum(1.0, -np.log(scale))
    same = (expected == got) | (np.isnan(expected) & np.isnan(got))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        gap = np.where(same, 0.0, np.abs(expected - got) / np.broadcast_to(scale, expected.shape))
    gap = np.where(np.isnan(gap), np.inf, gap)
    index = np.unravel_index(int(np.argmax(gap)), gap.shape)
    return float(gap[index]), tuple(index)


def tells(expected: Array) -> bool:
    """Whether a known output differs between inputs: if not, a wrong model may give it, too."""
    if expected.ndim and len(expected) > 1:
        return bool((expected[1:] != expected[:1]).any())
    return bool((expected != expected.reshape(-1)[:1]).any())


def _worse(one: Comparison, other: Comparison) -> Comparison:
    if (one.verdict, other.verdict) != ("equal", "equal"):
        return other if other.verdict == "differs" else one
    return max(one, other, key=lambda found: found.difference or 0.0)


def _with(found: Comparison, verdict: Verdict, told: list[str]) -> Comparison:
    return msgspec.structs.replace(found, verdict=verdict, told=(*found.told, *told))


def _wide(array: Array) -> Array:
    return array.astype("complex128" if array.dtype.kind == "c" else "float64")


def _text(array: Array) -> Array:
    flat = [item.decode() if isinstance(item, bytes) else str(item) for item in array.reshape(-1)]
    return np.array(flat, dtype=object).reshape(array.shape)
