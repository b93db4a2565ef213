"""TFRecord files of `tf.train.Example`, plain or gzip: every checksum is held against its bytes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from saveguard.data.source import Met, Part, Trouble
from saveguard.data.sources import arrays, examples, opening, records, runs
from saveguard.data.sources.arrays import BATCH
from saveguard.data.sources.examples import Feature
from saveguard.data.sources.stops import DAMAGED, MALFORMED, guarded, line
from saveguard.data.summary import SHOWN

if TYPE_CHECKING:
    import pyarrow as pa

    from saveguard.data.source import Read

# A feature that has one value in nearly all of the first records is a value, not a sequence:
# the format itself has no word for that.
_FIRST, _NEARLY = 1000, 0.9
# Records are unpacked into Python's objects before they become columns.
_RECORDS = 1 << 14


class Table(msgspec.Struct):
    """Records that wait to become a batch: for each feature its value in each of them.

    Attributes:
        columns: The features that were asked for; None for all.
        others: Of the others, one value and the rows that have them.
    """

    columns: Sequence[str] | None = None
    held: dict[str, list[Feature]] = msgspec.field(default_factory=dict)
    others: dict[str, tuple[Feature, list[int]]] = msgspec.field(default_factory=dict)
    rows: int = 0
    bytes: int = 0

    def add(self, found: dict[str, Feature], size: int, row: int) -> None:
        """One more record; a feature that it lacks is null."""
        asked = found.keys() if self.columns is None else found.keys() & {*self.columns}
        for name in found.keys() - asked:
            self.others.setdefault(name, (found[name], []))[1].append(row)
        for name in asked - self.held.keys():
            self.held[name] = [None] * self.rows
        for name, values in self.held.items():
            values.append(found.get(name))
        self.rows += 1
        self.bytes += size

    @property
    def full(self) -> bool:
        """Whether the records are enough for a batch."""
        return self.bytes >= BATCH or self.rows >= _RECORDS

    def batches(self, single: frozenset[str]) -> Iterator[pa.RecordBatch]:
        """The records; where a feature changes its kind, a new batch begins."""
        if self.held:
            columns = {
                name: _segments(values, name in single)
                for name, values in sorted(self.held.items())
            }
            yield from runs.together(columns)
        elif self.rows:
            yield arrays.bare(self.rows)

    def told(self, single: frozenset[str]) -> Iterator[Read]:
        """The records, and which features they have that were not asked for."""
        yield from self.batches(single)
        for name, (value, rows) in sorted(self.others.items()):
            axes = 0 if name in single else 1 + (value is not None and "steps" in value[0])
            yield Met(name, axes, len(rows), tuple(rows[:SHOWN]))


def parts(path: str) -> Iterator[Part]:
    """The file as a whole: only reading it tells where records begin."""
    yield opening.whole(path, "tfrecord")


def read(part: Part, columns: Sequence[str] | None) -> Iterator[Read]:
    """The records in batches; what is damaged is told in its place."""
    single, table = _single(part.file), Table(columns)
    with opening.unpacked(part.file) as file:
        for row, data in enumerate(guarded(records.records(file), part.file, part)):
            found = _parsed(data, part.file, row)
            if isinstance(found, Trouble):
                yield from table.told(single)
                yield found
                table = Table(columns)
                continue
            table.add(found, len(data or b""), row)
            if table.full:
                yield from table.told(single)
                table = Table(columns)
        yield from table.told(single)


def _parsed(data: bytes | Trouble | None, path: str, row: int) -> dict[str, Feature] | Trouble:
    if isinstance(data, Trouble):  # what stops the reading
        return msgspec.structs.replace(data, row=row)
    if data is None:
        what = f"record {row:,} does not agree with its checksum"
        return Trouble(code=DAMAGED, file=path, what=what, row=row, rows=1)
    try:
        return examples.features(data)
    except Exception as error:  # noqa: BLE001  whatever protobuf raises is told
        what = f"record {row:,} is no tf.train.Example ({line(error)})"
        fix = "parse the records with your own code, and give the audit an iterable of the batches"
        return Trouble(code=MALFORMED, file=path, what=what, row=row, rows=1, fix=fix)


def _single(path: str) -> frozenset[str]:
    """The features that are values, by the first records of the file."""
    told: dict[str, list[bool]] = {}
    try:
        with opening.unpacked(path) as file:
            for data in itertools.islice(records.records(file), _FIRST):
                for name, value in examples.features(data or b"").items():
                    if value:
                        told.setdefault(name, []).append(examples.count(value) == 1)
    except Exception:  # noqa: BLE001  the reader meets it again, and tells it in its place
        pass
    return frozenset(name for name, ones in told.items() if sum(ones) >= _NEARLY * len(ones))


def _segments(values: list[Feature], single: bool) -> list[pa.Array]:
    """A feature as arrays of one kind each; where it is a value, those that are not stand apart."""
    found = []
    for start, stop in examples.kinds(values):
        column = examples.column(values[start:stop])
        found += _alone(column) if single else [column]
    return found


def _alone(column: pa.Array) -> list[pa.Array]:
    """The values of lists of one value; lists of another length stay lists, in their place."""
    import pyarrow as pa

    if pa.types.is_null(column.type):
        return [column]
    ones = np.asarray(column.value_lengths().fill_null(1)) == 1
    cuts = [0, *(np.flatnonzero(np.diff(ones)) + 1).tolist(), len(column)]
    found = []
    for start, stop in itertools.pairwise(cuts):
        piece = column.slice(start, stop - start)
        if ones[start]:
            values = piece.flatten()
            there = np.asarray(piece.is_valid())
            piece = values if there.all() else values.take(examples.places(there))
        found.append(piece)
    return found
