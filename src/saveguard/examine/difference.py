"""How two saved models differ: values that print as text and as JSON."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from saveguard.facts import Frozen
from saveguard.finding import printable

SCHEMA_VERSION = 1
Kind = Literal["added", "removed", "changed"]
_LONGEST = 60


class Change(Frozen, frozen=True):
    """One difference in the configuration.

    Attributes:
        kind: `added` stands in the second file alone, `removed` in the first.
        path: JSON path, with layers by name: `$.config.layers['dense'].config.units`.
        before, after: The values; None where there is none.
    """

    kind: Kind
    path: str
    before: Any = None
    after: Any = None


class ArrayChange(Frozen, frozen=True):
    """One difference in the arrays.

    Attributes:
        before, after: The array's path in each file; empty where it has none.
        layer: The layer that it belongs to, where the configuration tells.
        role: `weight`, `optimizer`, `seed` or `other`.
        shapes: Its shape in each file, of those that have it.
        dtypes: Likewise.
        differing: How many numbers differ; those that are NaN in both files do not.
        absolute: The largest difference of two numbers.
        relative: The largest difference for the size of the larger of the two.
        not_numbers: How many are NaN in one file alone.
    """

    kind: Kind
    before: str = ""
    after: str = ""
    layer: str = ""
    role: str = "weight"
    shapes: tuple[tuple[int, ...], ...] = ()
    dtypes: tuple[str, ...] = ()
    differing: int = 0
    absolute: float = 0.0
    relative: float = 0.0
    not_numbers: int = 0

    def __str__(self) -> str:
        name = self.before or self.after
        place = f"{name} -> {self.after}" if self.before and self.after not in ("", name) else name
        layer = f" ({self.layer})" if self.layer and self.layer not in name.split("/") else ""
        return f"{self.kind:8}{place}{layer}: {self.told}"

    @property
    def told(self) -> str:
        """What differs, in words."""
        arrays = [f"{d}{list(s)}" for d, s in zip(self.dtypes, self.shapes, strict=True)]
        if self.kind != "changed" or self.shapes[0] != self.shapes[-1]:
            return " -> ".join(arrays)
        told = [] if arrays[0] == arrays[-1] else [" -> ".join(arrays)]
        if self.differing:
            count = 1
            for extent in self.shapes[0]:
                count *= extent
            most = f"at most {self.absolute:.3g} (relative {self.relative:.3g})"
            told.append(f"{self.differing:,} of {count:,} numbers differ, by {most}")
        if self.not_numbers:
            told.append(f"{self.not_numbers:,} are NaN in one file alone")
        return "; ".join(told)


class Difference(Frozen, frozen=True):
    """How the second of two saved models differs from the first.

    Attributes:
        before, after: The paths of the two.
        versions: The versions that each claims; no difference by themselves.
        configuration: What differs in the configuration.
        arrays: What differs in the arrays.
        compared: How many pairs of arrays were compared.
        not_compared: What was not. Not compared is never the same.
    """

    before: str
    after: str
    versions: tuple[dict[str, str], dict[str, str]] = ({}, {})
    configuration: tuple[Change, ...] = ()
    arrays: tuple[ArrayChange, ...] = ()
    compared: int = 0
    not_compared: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """True when no difference was found; see also `not_compared`."""
        return not self.configuration and not self.arrays

    def to_json(self) -> str:
        """The difference as JSON text, with a `schema_version`."""
        told = {"schema_version": SCHEMA_VERSION, "same": self.same}
        return msgspec.json.encode(told | msgspec.to_builtins(self)).decode()

    def __str__(self) -> str:
        return "\n".join(printable(line) for line in self._lines())

    def _lines(self) -> Iterator[str]:
        if self.configuration:
            yield "configuration"
            yield from (f"  {_line(change)}" for change in self.configuration)
        if self.arrays:
            yield "arrays"
            yield from (f"  {change}" for change in self.arrays)
        if self.versions[0] != self.versions[1]:
            yield "claims " + " -> ".join(
                ", ".join(f"{name} {version}" for name, version in one.items()) or "nothing"
                for one in self.versions
            )
        yield from (f"not compared: {told}" for told in self.not_compared)
        yield f"{self.before} -> {self.after}: {self.verdict}"

    @property
    def verdict(self) -> str:
        """How many differences there are, and how much was compared."""
        compared = f"{self.compared:,} array{'s' * (self.compared != 1)} compared"
        if self.same:
            known = " in what was compared" if self.not_compared else ""
            return f"no difference{known}; {compared}"
        counts = [(len(self.configuration), "configuration"), (len(self.arrays), "arrays")]
        told = [f"{count:,} in the {where}" for count, where in counts if count]
        return f"differences: {', '.join(told)}; {compared}"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def _line(change: Change) -> str:
    values = [_short(value) for value in (change.before, change.after)]
    told = {"added": values[1], "removed": values[0], "changed": " -> ".join(values)}
    return f"{change.kind:8}{change.path}  {told[change.kind]}"


def _short(value: Any) -> str:
    """A value on one line; of an object, its class, and of what is long, its beginning."""
    if isinstance(value, dict) and isinstance(value.get("class_name"), str):
        return str(value["class_name"])
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
