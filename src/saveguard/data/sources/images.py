"""Folders of images: every header is read; pixels are decoded where `image` is asked for.

Folders below the one that was given are classes, numbered in the order of their names as Keras
does; `label` has the number. An image whose pixels are not asked for has its shape in the column's
type, and values of no bits.
"""

from __future__ import annotations

import functools
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from saveguard.data.source import Part, Trouble
from saveguard.data.sources import arrays, opening, pictures
from saveguard.data.sources.arrays import BATCH
from saveguard.data.sources.extras import need
from saveguard.data.sources.formats import format_of
from saveguard.data.sources.pictures import Picture
from saveguard.data.sources.stops import MISSING, stop
from saveguard.remote.address import is_remote

if TYPE_CHECKING:
    import pyarrow as pa

IMAGE, LABEL = "image", "label"
_PART, _SAMPLE = 256, 64


def parts(path: str) -> Iterator[Part | Trouble]:
    """Stretches of 256 images in the order of their paths."""
    need("PIL", "images", "to read images")
    files = images(path)
    names = {_class(path, file) for file in files}
    for name in sorted(_folders(path)) if names - {""} else ():
        if name not in names:
            what = "there is no image in it, and Keras counts it as a class"
            yield Trouble(code=MISSING, file=os.path.join(path, name), what=what)
    for start in range(0, len(files), _PART):
        held = files[start : start + _PART]
        stamps = zlib.crc32("\n".join(map(_stamp, held)).encode())
        stop_ = start + len(held)
        yield Part(
            file=path,
            format="images",
            at=f"images {start} to {stop_ - 1}" if len(files) > _PART else "",
            start=start,
            stop=stop_,
            first_row=start,
            rows=len(held),
            bytes=sum(map(_size, held)),
            stamp=f"{len(files)} {stamps:08x}",
        )


def read(part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | Trouble]:
    """The images of a stretch; what is odd about one is told beside its row."""
    decode = columns is not None and IMAGE in columns
    files, number = images(part.file), _numbers(part.file)
    usual, waiting = _usual(part.file), Waiting()
    for row in range(part.start, part.stop):
        found = _looked(files[row], row, decode=decode)
        if isinstance(found, Trouble):
            yield from waiting.batch()
            yield found
            waiting = Waiting()
            continue
        picture, values = found
        yield from pictures.oddities(files[row], row, picture, usual)
        if waiting.differs(values):
            yield from waiting.batch()
            waiting = Waiting()
        waiting.add(values, number(files[row]))
    yield from waiting.batch()


@functools.lru_cache(maxsize=4)
def images(path: str) -> tuple[str, ...]:
    """The images that a path means, in the order of their paths."""
    found = opening.files(path)
    return tuple(found if found == [path] else (f for f in found if format_of(f) == "images"))


class Waiting(msgspec.Struct):
    """Images of one shape that wait to become a batch."""

    columns: dict[str, list[Any]] = msgspec.field(default_factory=dict)
    bytes: int = 0

    def differs(self, values: Any) -> bool:
        """Whether an image does not go with those that wait, or enough of them do."""
        before = self.columns.get(IMAGE)
        if not before:
            return False
        return self.bytes > BATCH or (before[0].shape, before[0].dtype) != (
            values.shape,
            values.dtype,
        )

    def add(self, values: Any, label: int | None) -> None:
        """One more image."""
        found = {} if label is None else {LABEL: label}
        for name, value in {**found, IMAGE: values}.items():
            self.columns.setdefault(name, []).append(value)
        # An axis costs a summary a number for each of its lists, whatever they hold.
        self.bytes += values.nbytes + 8 * values.shape[0] * values.shape[1]

    def batch(self) -> Iterator[pa.RecordBatch]:
        """The images as a batch, if there are any."""
        if self.columns:
            held = dict(self.columns)
            found = {IMAGE: arrays.column(np.stack(held.pop(IMAGE)))}
            found |= {name: arrays.column(np.array(one, np.int32)) for name, one in held.items()}
            yield arrays.batch(found)


def _looked(file: str, row: int, *, decode: bool) -> tuple[Picture, Any] | Trouble:
    try:
        return pictures.look(file, decode=decode)
    except Exception as error:  # noqa: BLE001  told as a trouble of the image, with a code
        told = stop(error, file)
        return Trouble(code=told.code, file=file, what=told.what, row=row, rows=1)


@functools.lru_cache(maxsize=4)
def _usual(path: str) -> Picture | None:
    """What most images of the data are like, by a sample of their headers."""
    files = images(path)
    seen: Counter[Picture] = Counter()
    for file in files[:: max(len(files) // _SAMPLE, 1)]:
        found = _looked(file, 0, decode=False)
        if not isinstance(found, Trouble):
            seen[found[0]] += 1
    return seen.most_common(1)[0][0] if seen else None


@functools.lru_cache(maxsize=4)
def _numbers(path: str) -> Any:
    """A function that gives the number of an image's class; None where there are no classes."""
    files = images(path)
    base = path if any(file.startswith(path.rstrip("/") + "/") for file in files) else ""
    names = {file: _class(base, file) for file in files} if base else {}
    found = {name for name in names.values() if name} | set(_folders(base) if base else ())
    classes = {name: at for at, name in enumerate(sorted(found))}
    return lambda file: classes.get(names.get(file, ""))


def _folders(base: str) -> list[str]:
    """The folders of a local folder that Keras takes for classes, with images or without."""
    if is_remote(base) or not os.path.isdir(base):
        return []
    with os.scandir(base) as there:
        return [one.name for one in there if one.is_dir() and not one.name.startswith(".")]


def _class(base: str, file: str) -> str:
    inside = file.removeprefix(base.rstrip("/") + "/")
    return inside.split("/")[0] if "/" in inside else ""


def _stamp(file: str) -> str:
    return file if is_remote(file) else f"{file} {opening.stamp(file)}"


def _size(file: str) -> int:
    return 0 if is_remote(file) else opening.size(file)
