"""The columns of a data set: those of all its parts, whichever comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from saveguard.data.sample import spread
from saveguard.data.source import Met, Part, Source, Trouble

if TYPE_CHECKING:
    import pyarrow as pa

# Of files that tell their columns only when they are read, how many are begun beforehand.
_BEGUN = 8


def depths(schema: pa.Schema) -> dict[str, int]:
    """How many axes each column has behind its rows."""
    return {field.name: depth(field.type) for field in schema}


def told(schema: pa.Schema) -> tuple[tuple[str, int], ...]:
    """The columns of a part with their depths, as the part holds them."""
    return tuple(depths(schema).items())


def tables(
    source: Source, parts: Sequence[Part], chosen: Sequence[Part]
) -> tuple[dict[str, int], ...]:
    """The different tables of a source: the columns that stand together, with their depths.

    Where the parts do not tell, the first rows of some files are read; of as many as it takes,
    where the first ones cannot be.

    Args:
        parts: All parts.
        chosen: Those of them that may be read.
    """
    found = dict.fromkeys(part.columns for part in parts if part.columns)
    silent: dict[str, Part] = {}
    for part in chosen:
        if not part.columns:
            silent.setdefault(part.file, part)
    files = [*silent.values()]
    begun = spread(files, min(1, _BEGUN / max(len(files), 1)))
    for at, part in enumerate([*begun, *(one for one in files if one not in begun)]):
        if at >= len(begun) and found:
            break
        found |= dict.fromkeys(_first(source, part))
    return tuple(dict(one) for one in found)


def together(held: Sequence[dict[str, int]]) -> dict[str, int]:
    """The columns of several tables; the first that has a column tells its depth."""
    found: dict[str, int] = {}
    for table in held:
        found |= {name: depth for name, depth in table.items() if name not in found}
    return found


def _first(source: Source, part: Part) -> Iterator[tuple[tuple[str, int], ...]]:
    """The columns of a part's first batch, if there is one."""
    batches = source.read(part, None)
    try:
        found = (one.schema for one in batches if not isinstance(one, (Met, Trouble)))
        schema = next(found, None)
    finally:
        _close(batches)
    if schema is not None:
        yield told(schema)


def _close(batches: Any) -> None:
    """Whoever stops early leaves no file open."""
    if hasattr(batches, "close"):
        batches.close()


def depth(kind: pa.DataType) -> int:
    """How many axes a column of this type has behind its rows."""
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return len(getattr(kind, "shape", ())) or depth(kind.storage_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return 1 + depth(kind.value_type)
    return 0
