"""What a saved model is: values that print as text and as JSON."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from saveguard.contract import Contract
from saveguard.facts import Frozen
from saveguard.finding import printable

SCHEMA_VERSION = 1
_MOST_ARRAYS = 40
# What every key of a checkpoint of TensorFlow 2 ends with.
_ATTRIBUTE = "/.ATTRIBUTES/VARIABLE_VALUE"
_UNITS = ("B", "kB", "MB", "GB", "TB")


class LayerRow(Frozen, frozen=True):
    """One layer.

    Attributes:
        name: Its name in the model that holds it.
        depth: How many models hold it, the outermost not counted.
        outputs: The shapes of its outputs; None where the file does not tell.
        parameters: How many numbers its weights have; None where the file does not tell which
            weights are its own.
        dtype: Of its weights, or of its policy where it has none.
    """

    name: str
    class_name: str
    depth: int = 0
    outputs: tuple[tuple[int | None, ...] | None, ...] = ()
    parameters: int | None = None
    dtype: str = ""
    trainable: bool = True


class ArrayRow(Frozen, frozen=True):
    """One array in the file.

    Attributes:
        variable: The variable's name, where `path` is the key of a checkpoint.
    """

    path: str
    shape: tuple[int, ...]
    dtype: str
    role: str
    stored: int
    variable: str = ""


class Inspection(Frozen, frozen=True):
    """What a saved model is, read from its file.

    Attributes:
        layout: `keras`, `folder`, `h5`, `weights`, `shards`, `savedmodel`, `npz`; empty where it
            is no saved model.
        size: Bytes on disk.
        versions: Versions that the file claims, by name.
        model: Its class, and its name.
        contract: What it expects of its inputs, where the file says so.
        receipt: What Saveguard proved when it saved the file: `verdict`, `created` and the
            versions then; empty where it did not write it.
        layers: The layers, models before their own layers.
        arrays: Every array.
        signatures: The names of a SavedModel's signatures.
        operations: How many operations a SavedModel's graphs have.
        damage: What is wrong with its structure.
        not_read: What was not read. Not read is never clean.
    """

    path: str
    layout: str = ""
    size: int = 0
    versions: Mapping[str, str] = msgspec.field(default_factory=dict)
    model: tuple[str, str] = ("", "")
    contract: Contract | None = None
    receipt: Mapping[str, str] = msgspec.field(default_factory=dict)
    layers: tuple[LayerRow, ...] = ()
    arrays: tuple[ArrayRow, ...] = ()
    signatures: tuple[str, ...] = ()
    operations: int = 0
    damage: str = ""
    not_read: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The inspection as JSON text, with a `schema_version` and the `totals`."""
        told = {"schema_version": SCHEMA_VERSION, "totals": self.totals}
        return msgspec.json.encode(told | msgspec.to_builtins(self)).decode()

    @property
    def totals(self) -> dict[str, dict[str, int]]:
        """Of each role and dtype of arrays how many numbers there are, and their bytes."""
        found: dict[str, dict[str, int]] = {}
        for row in self.arrays:
            total = found.setdefault(row.role, {"parameters": 0, "bytes": 0})
            total["parameters"] += _product(row.shape)
            total["bytes"] += row.stored
        return found

    def __str__(self) -> str:
        return self.text()

    def text(self, *, arrays: bool = False) -> str:
        """The inspection as text for a person; with `arrays`, every array is listed."""
        lines = [printable(line) for line in self._head()]
        if self.layers:
            lines += [
                "",
                *_table(("layer", "class", "output", "parameters", "dtype"), self._rows()),
            ]
        if arrays or (self.arrays and not self.layers):
            lines += ["", *self._listed(everything=arrays)]
        lines += ["", *self._totals()] if self.arrays else []
        lines += [printable(f"not read: {told}") for told in self.not_read]
        return "\n".join(lines)

    def _head(self) -> Iterable[str]:
        kind = _LAYOUTS.get(self.layout, "no saved model")
        yield f"{self.path}: {kind}, {_bytes(self.size)}"
        class_name, name = self.model
        if class_name:
            yield f"model     {class_name}" + (f" {name!r}" if name else "")
        if self.versions:
            yield "claims    " + ", ".join(f"{name} {v}" for name, v in self.versions.items())
        if self.contract is not None:
            yield f"inputs    {self.contract}"
        if self.signatures:
            yield f"serves    {', '.join(self.signatures)}; {self.operations:,} operations"
        if self.receipt:
            yield f"receipt   {', '.join(f'{name} {v}' for name, v in self.receipt.items())}"
        if self.damage:
            yield f"damage    {self.damage}"

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                "  " * row.depth + row.name,
                row.class_name,
                ", ".join("?" if one is None else _shape(one) for one in row.outputs) or "?",
                "?" if row.parameters is None else f"{row.parameters:,}",
                row.dtype + ("" if row.trainable else " frozen"),
            )
            for row in self.layers
        ]

    def _listed(self, *, everything: bool) -> list[str]:
        shown = self.arrays if everything else self.arrays[:_MOST_ARRAYS]
        rows = [(_told(row), _shape(row.shape), row.dtype, row.role) for row in shown]
        left = len(self.arrays) - len(shown)
        more = [f"... and {left:,} more; --arrays lists them all"] if left else []
        return [*_table(("array", "shape", "dtype", "role"), rows), *more]

    def _totals(self) -> Iterable[str]:
        for role, total in self.totals.items():
            dtypes: dict[str, None] = dict.fromkeys(r.dtype for r in self.arrays if r.role == role)
            count = total["parameters"]
            told = f"{count:,} number{'s' * (count != 1)}, {_bytes(total['bytes'])}"
            yield f"{_ROLES.get(role, role):10}{told} ({', '.join(dtypes)})"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


_LAYOUTS = {
    "keras": ".keras archive",
    "folder": "unpacked .keras archive",
    "h5": "legacy .h5 model",
    "weights": "weights alone (.weights.h5)",
    "shards": "weights in shards",
    "savedmodel": "SavedModel",
    "npz": "weights alone (.npz)",
}
_ROLES = {"weight": "weights", "seed": "seeds"}


def _told(row: ArrayRow) -> str:
    key = row.path.removesuffix(_ATTRIBUTE)
    return f"{key} ({row.variable})" if row.variable else key


def _table(heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Aligned columns; what counts stands to the right."""
    cells = [tuple(heads), *(tuple(map(printable, row)) for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    right = {at for at, head in enumerate(heads) if head == "parameters"}
    return [
        "  ".join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _shape(shape: Sequence[int | None]) -> str:
    """A shape as contracts print it: `[batch, any, 12]`."""
    told = [str("any" if extent is None else extent) for extent in shape]
    return f"[{', '.join(['batch', *told[1:]] if shape[:1] == (None,) else told)}]"


def _bytes(count: int) -> str:
    """A count of bytes with its unit, in powers of a thousand."""
    size, unit = float(count), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{count} B" if unit == 0 else f"{size:.3g} {_UNITS[unit]}"


def _product(shape: Sequence[int]) -> int:
    product = 1
    for length in shape:
        product *= length
    return product


def receipt(text: str) -> dict[str, str]:
    """What to tell of a receipt: its verdict, when it was written, and with which versions."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}  # a rule says what is wrong with it
    if not isinstance(found, dict) or not found:
        return {}
    proof, environment = found.get("proof"), found.get("environment")
    verdict = proof.get("verdict") if isinstance(proof, dict) else "not proven"
    versions = environment if isinstance(environment, dict) else {}
    told = {"verdict": verdict, "created": found.get("created"), **versions}
    return {key: value for key, value in told.items() if isinstance(value, str) and value}
