"""CSV: read by Arrow as text, and each column taken for what its values are."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

import msgspec
import numpy as np

from saveguard.data.source import Part, Trouble
from saveguard.data.sources import forms, opening, runs
from saveguard.data.sources.plain import wanted
from saveguard.data.sources.stops import MALFORMED
from saveguard.wording import many

if TYPE_CHECKING:
    import pyarrow as pa

_NULLS = ["", "NA", "N/A", "NULL", "null", "None"]
_TRUTH = r"^(?i:true|false)$"
_WHOLE = r"^[+-]?\d{1,18}$"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(?i:nan|inf|infinity)$"
_SAMPLE = 1 << 16
# Of more, Python's sniffer looks for quotes with a pattern that takes seconds.
_SNIFFED = 1 << 12
_BLOCK = 1 << 22


class Form(msgspec.Struct, frozen=True):
    """How a file is written.

    Attributes:
        names: Its columns; where its first row is numbers, or has no name, `column_0` and so on.
        headed: How many lines stand before the data.
    """

    delimiter: str
    names: list[str]
    headed: int


def parts(path: str) -> Iterator[Part]:
    """The file as a whole, with the columns that its first row names."""
    whole = opening.whole(path, "csv")
    forms.wide(path)
    forms.line_ends(path)
    begins = opening.beginning(path, _SAMPLE)
    forms.other_characters(path, 1, begins.partition(b"\n")[0])
    names = _form(begins).names
    yield msgspec.structs.replace(whole, columns=tuple((name, 0) for name in names))


def read(part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | Trouble]:
    """The rows; one with too few or too many values is told in its place."""
    import pyarrow as pa

    try:
        yield from _rows(part, columns)
    except pa.ArrowInvalid:
        forms.characters(part.file)
        raise


def _rows(part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | Trouble]:
    import pyarrow as pa

    form = _form(opening.beginning(part.file, _SAMPLE))
    odd: list[Any] = []
    with opening.unpacked(part.file) as file:
        row = 0
        for batch in _reader(pa.PythonFile(Lines(file), mode="r"), form, columns, odd):
            start = 0
            while odd and odd[0].number - 1 - form.headed <= row + batch.num_rows - start:
                stop = start + odd[0].number - 1 - form.headed - row
                yield from _table(batch.slice(start, stop - start))
                yield _malformed(part.file, odd.pop(0), row + stop - start)
                row, start = row + stop - start + 1, stop
            yield from _table(batch.slice(start))
            row += batch.num_rows - start
        for last in odd:
            yield _malformed(part.file, last, last.number - 1 - form.headed)


class Lines:
    """A file of which a line that was cut at its end is left out."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._rest = file, b""

    def read(self, size: int) -> bytes:
        """The next bytes; where the file was cut, up to the last whole line."""
        data = self._rest + self._file.read(max(size - len(self._rest), 0))
        self._rest = b""
        if getattr(self._file, "error", None) is not None:
            return data[: data.rfind(b"\n") + 1]
        return data

    def readable(self) -> bool:
        """It is."""
        return True


def _form(begins: bytes) -> Form:
    """How the file is written, by its first lines."""
    text = begins.decode("utf-8-sig", "replace")
    text = text[: text.rfind("\n") + 1] or text
    if not text.strip():
        return Form(",", [], 0)
    delimiter = _delimiter(text)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    first = next(filter(None, rows))
    headed = not all(_is_number(value) for value in first)
    named = [value.strip() if headed else "" for value in first]
    names = [name or f"column_{at}" for at, name in enumerate(named)]
    if len(set(names)) < len(names):
        name = max(names, key=names.count)
        what = f"two columns are called {name!r} in its first line"
        raise forms.OtherForm(what, f"give one of the columns {name!r} another name in that line")
    return Form(delimiter, names, rows.line_num if headed else 0)


def _delimiter(text: str) -> str:
    """What stands between the values of the first lines; of a single column, a comma.

    A space does only between numbers: `first name` is one column.
    """
    lines = text.splitlines(keepends=True)
    ends = itertools.accumulate(map(len, lines))
    few = lines[: max(2, sum(end < _SNIFFED for end in ends))]
    try:
        found = csv.Sniffer().sniff("".join(few), ",;\t| ").delimiter
    except csv.Error:
        return ","
    numbers = all(map(_is_number, few[-1].split()))
    return found if found in few[0] and (found != " " or numbers) else ","


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _reader(file: Any, form: Form, columns: Sequence[str] | None, odd: list[Any]) -> Any:
    """A reader of batches in which every value is text; rows that do not fit come to `odd`."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    def note(row: Any) -> str:
        odd.append(row)
        return "skip"

    return arrow_csv.open_csv(
        file,
        read_options=arrow_csv.ReadOptions(
            use_threads=False,
            column_names=form.names,
            skip_rows=form.headed,
            block_size=_BLOCK,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=form.delimiter, invalid_row_handler=note, newlines_in_values=True
        ),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(form.names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=_NULLS,
            include_columns=wanted(form.names, columns),
        ),
    )


def _table(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    if batch.num_rows:
        columns = zip(batch.schema.names, batch.columns, strict=True)
        yield from runs.together({name: _segments(column) for name, column in columns})


def _segments(texts: pa.Array) -> list[pa.Array]:
    """A column of texts as whole numbers, as numbers, or where a value is neither, as text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(texts)
    for pattern, kind in ((_TRUTH, pa.bool_()), (_WHOLE, pa.int64()), (_NUMBER, pa.float64())):
        fits = pc.fill_null(pc.match_substring_regex(texts, pattern), fill_value=True)
        some = kind != pa.bool_() or texts.null_count < len(texts)
        if some and pc.all(fits, min_count=0).as_py():
            return [_cast(texts, kind)]
    cuts = [0, *(np.flatnonzero(np.diff(np.asarray(fits))) + 1).tolist(), len(texts)]
    pieces = ((start, texts.slice(start, stop - start)) for start, stop in itertools.pairwise(cuts))
    return [_cast(held, pa.float64()) if fits[start].as_py() else held for start, held in pieces]


def _cast(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    import pyarrow.compute as pc

    plus = pc.replace_substring_regex(texts, r"^\+", "")
    return plus.cast(kind)


def _malformed(path: str, found: Any, row: int) -> Trouble:
    what = (
        f"row {row:,} has {many(found.actual_columns, 'value')} where {found.expected_columns}"
        f" are due: {found.text[:60]!r}"
    )
    return Trouble(code=MALFORMED, file=path, what=what, row=row, rows=1)
