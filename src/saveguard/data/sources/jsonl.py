"""Lines of JSON, one object a row: blocks of lines by Arrow, and line by line where it gives up."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from saveguard.data.source import Part, Trouble
from saveguard.data.sources import forms, opening, runs
from saveguard.data.sources.plain import asked, plain
from saveguard.data.sources.stops import FORM, MALFORMED

if TYPE_CHECKING:
    import pyarrow as pa

    from saveguard.data.source import Read

_BLOCK = 1 << 23


def parts(path: str) -> Iterator[Part]:
    """The file as a whole."""
    forms.wide(path)
    forms.document(path)
    yield opening.whole(path, "jsonl")


def read(part: Part, columns: Sequence[str] | None) -> Iterator[Read]:
    """The rows; a line that is no object of JSON is told in its place."""
    row = 0
    with opening.unpacked(part.file) as file:
        for block in blocks(file):
            for found in _whole(block) or _line_by_line(block, part.file, row):
                if isinstance(found, Trouble):
                    yield found
                    row += found.rows
                    continue
                yield from asked(plain(found), columns, row)
                row += found.num_rows


def blocks(file: IO[bytes], size: int = _BLOCK) -> Iterator[bytes]:
    """The file's bytes in blocks that end with a line; a line that was cut is left out."""
    rest = b""
    while block := file.read(size):
        lines, end, rest = (rest + block).rpartition(b"\n")
        if end:
            yield lines + end
    if rest and getattr(file, "error", None) is None:
        yield rest


def _whole(block: bytes) -> list[pa.RecordBatch] | None:
    """The rows of a block, or None where Arrow cannot read all of them.

    A value that changes its type from row to row, a NaN, which is no JSON: Arrow says only that it
    is so, and not of which rows. Of an encoding it says nothing.
    """
    import pyarrow as pa
    import pyarrow.json as arrow_json

    if not _is_utf8(block):
        return None
    options = arrow_json.ReadOptions(use_threads=False, block_size=len(block) + 1)
    try:
        table = arrow_json.read_json(io.BytesIO(block), read_options=options)
    except pa.ArrowInvalid:
        return None
    if table.num_rows != sum(1 for line in block.splitlines() if line.strip()):
        return None
    batches: list[pa.RecordBatch] = table.combine_chunks().to_batches()
    return None if _guessed(table.schema) else batches


def _is_utf8(block: bytes) -> bool:
    try:
        return block.isascii() or bool(block.decode())
    except UnicodeDecodeError:
        return False


def _guessed(schema: pa.Schema) -> bool:
    """Whether Arrow took texts for dates."""
    import pyarrow as pa

    return any(pa.types.is_temporal(kind) for kind in schema.types)


def _line_by_line(block: bytes, path: str, row: int) -> Iterator[pa.RecordBatch | Trouble]:
    held: list[dict[str, Any]] = []
    for line in block.splitlines():
        if not line.strip():
            continue
        try:
            forms.other_characters(path, row + len(held) + 1, line)
            value = json.loads(line)
            if not isinstance(value, dict):
                raise ValueError(f"it is a {type(value).__name__}, not an object")
            if b"\\ud" in line.lower():  # half of a character, which no text can hold
                json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            yield from _table(held)
            row += len(held)
            yield _odd(error, path, row)
            held, row = [], row + 1
        else:
            held.append(value)
    yield from _table(held)


def _odd(error: Exception, path: str, row: int) -> Trouble:
    if isinstance(error, forms.OtherForm):
        return Trouble(code=FORM, file=path, what=str(error), row=row, rows=1, fix=error.fix)
    what = f"line {row + 1:,} is no object of JSON: {error}"
    return Trouble(code=MALFORMED, file=path, what=what, row=row, rows=1)


def _table(rows: list[dict[str, Any]]) -> Iterator[pa.RecordBatch]:
    names = dict.fromkeys(name for row in rows for name in row)
    if rows:
        yield from runs.batches({name: [row.get(name) for row in rows] for name in names})
