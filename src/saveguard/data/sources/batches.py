"""Batches as they come: `tf.data`, `PyDataset`, `DataLoader`, Grain, generators, any iterable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from saveguard.data.source import Part, Trouble
from saveguard.data.sources import named, runs
from saveguard.data.sources.stops import ENDLESS, LENGTHS, UNREADABLE, line
from saveguard.wording import many

if TYPE_CHECKING:
    import pyarrow as pa


# More batches than anybody reads: Grain's repeat() has sys.maxsize rows.
_NEVER = 1 << 48


class Batches:
    """An iterable of batches, read once and in its order."""

    movable = False

    def __init__(self, data: Any) -> None:
        self._data = data

    @property
    def name(self) -> str:
        """The class that gives the batches."""
        return f"a {type(self._data).__name__}"

    def parts(self) -> Iterator[Part | Trouble]:
        """One part, since batches come in their order; none where they never end."""
        if _is_endless(self._data):
            what = "it repeats without end; give it with take(steps_per_epoch)"
            yield Trouble(code=ENDLESS, file=self.name, what=what)
            return
        yield Part(file=self.name, format="batches")

    def read(self, part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | Trouble]:
        """The rows of each batch; a batch that cannot be read is told in its place."""
        row, batches, number = 0, _iterated(self._data), 0
        while True:
            try:
                given = next(batches)
            except StopIteration:
                return
            except Exception as error:  # noqa: BLE001  the data's own code, told as a trouble
                what = f"it stops with batch {number:,}: {line(error)}"
                yield Trouble(code=UNREADABLE, file=part.file, what=what, row=row)
                return
            for found in table(given, part.file, f"batch {number}", row, columns):
                row += found.rows if isinstance(found, Trouble) else found.num_rows
                yield found
            number += 1


def table(
    given: Any, name: str, place: str, row: int, columns: Sequence[str] | None
) -> Iterator[pa.RecordBatch | Trouble]:
    """Data in memory as batches of Arrow; leaves that are none, or too short, are told."""
    held: dict[str, list[pa.Array]] = {}
    for path, leaf in named.leaves(given):
        if columns is not None and path not in columns:
            continue
        try:
            found = named.segments(leaf)
        except (ValueError, TypeError) as error:
            what = f"`{path}` is no column: {error}"
            yield Trouble(code=UNREADABLE, file=name, what=what, place=place, row=row, column=path)
            continue
        held |= {path + field: parts for field, parts in found.items()}
    rows = {path: sum(map(len, parts)) for path, parts in held.items()}
    if held and min(rows.values()) < max(rows.values()):
        yield _uneven(rows, name, place, row)
    yield from runs.together(held)


def _uneven(rows: dict[str, int], name: str, place: str, row: int) -> Trouble:
    least, most = min(rows, key=rows.__getitem__), max(rows, key=rows.__getitem__)
    what = f"`{most}` has {many(rows[most], 'row')} and `{least}` has {rows[least]:,}"
    lost = rows[most] - rows[least]
    return Trouble(
        code=LENGTHS,
        file=name,
        what=what,
        place=place,
        row=row + rows[least],
        rows=lost,
        column=least,
    )


def _iterated(data: Any) -> Iterator[Any]:
    """The batches; a `PyDataset` is asked by number, as Keras does."""
    count = getattr(data, "num_batches", None)
    if count is None and hasattr(data, "__len__") and not hasattr(data, "__iter__"):
        count = len(data)
    if count is not None and hasattr(data, "__getitem__"):
        return (data[index] for index in range(int(count)))
    return iter(data)


def _is_endless(data: Any) -> bool:
    """Whether a data set says of itself that it repeats for ever."""
    cardinality = getattr(data, "cardinality", None)
    if callable(cardinality):
        return int(cardinality()) == -1
    if hasattr(data, "__iter__") and hasattr(data, "__len__"):
        try:
            return len(data) > _NEVER
        except TypeError:  # a torch loader of a stream without a length
            return False
    return getattr(data, "num_batches", 0) is None and isinstance(data, Iterable) is False
