"""Folders of images: every header is read; pixels are decoded where `image` is asked for.

Folders below the one that was given are classes, numbered in the order of their names as Keras
does; `label` has the number. An image whose pixels are not asked for has its shape in the column's
type, and values of no bits.
"""

from __future__ import annotations

import bisect
import functools
import os
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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


class Listing(msgspec.Struct, frozen=True):
    """The images that a path means.

    Attributes:
        base: The folder that holds the classes; empty where there is none.
        files: In the order of their paths.
        classes: The folders that Keras takes for classes, with images or without.
        stamp: Changes when one comes or goes, since both number the rows and the labels.
    """

    base: str
    files: tuple[str, ...]
    classes: tuple[str, ...]
    stamp: str

    def class_of(self, file: str) -> str:
        """The folder that an image lies in; empty where it lies beside them."""
        inside = file.removeprefix(self.base.rstrip("/") + "/") if self.base else ""
        return inside.split("/")[0] if "/" in inside else ""

    def number(self, file: str) -> int | None:
        """The number of an image's class; None where it has none."""
        name = self.class_of(file)
        return bisect.bisect_left(self.classes, name) if name else None


def parts(path: str) -> Iterator[Part | Trouble]:
    """Stretches of 256 images in the order of their paths."""
    need("PIL", "images", "to read images")
    listed = listing(path)
    files, there = listed.files, {*map(listed.class_of, listed.files)}
    for name in listed.classes:
        if name not in there:
            what = "there is no image in it, and Keras counts it as a class"
            yield Trouble(code=MISSING, file=os.path.join(path, name), what=what)
    for start in range(0, len(files), _PART):
        held = files[start : start + _PART]
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
            stamp=f"{listed.stamp} {_digest(map(_stamp, held))}",
            columns=((IMAGE, 3), (LABEL, 0)) if listed.classes else ((IMAGE, 3),),
        )


def read(part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | Trouble]:
    """The images of a stretch; what is odd about one is told beside its row."""
    decode = columns is not None and IMAGE in columns
    listed = _kept(part.file, part.stamp.partition(" ")[0])
    files, usual, waiting = listed.files, _usual(listed.files), Waiting()
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
        waiting.add(values, listed.number(files[row]))
    yield from waiting.batch()


def listing(path: str) -> Listing:
    """What a path means now."""
    found = opening.files(path)
    files = tuple(found if found == [path] else (f for f in found if format_of(f) == "images"))
    base = path if any(file.startswith(path.rstrip("/") + "/") for file in files) else ""
    bare = Listing(base, files, (), "")
    names = {*map(bare.class_of, files)} - {""}
    classes = tuple(sorted(names | set(_folders(base)))) if names else ()
    return Listing(base, files, classes, _digest([*files, "", *classes]))


@functools.lru_cache(maxsize=4)
def _kept(path: str, _stamp: str) -> Listing:
    """The same for all parts of one audit."""
    return listing(path)


def _digest(lines: Iterable[str]) -> str:
    told = "\n".join(lines).encode(errors="surrogateescape")
    return f"{zlib.crc32(told):08x}"


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


def _usual(files: Sequence[str]) -> Picture | None:
    """What most images of the data are like, by a sample of their headers as they are now."""
    few = tuple(files[:: max(len(files) // _SAMPLE, 1)])
    return _most(tuple(map(_stamp, few)), few)


@functools.lru_cache(maxsize=4)
def _most(_stamps: tuple[str, ...], files: tuple[str, ...]) -> Picture | None:
    seen: Counter[Picture] = Counter()
    for file in files:
        found = _looked(file, 0, decode=False)
        if not isinstance(found, Trouble):
            seen[found[0]] += 1
    return seen.most_common(1)[0][0] if seen else None


def _folders(base: str) -> list[str]:
    """The folders of a local folder that Keras takes for classes, with images or without."""
    if not base or is_remote(base) or not os.path.isdir(base):
        return []
    with os.scandir(base) as there:
        return [one.name for one in there if one.is_dir() and not one.name.startswith(".")]


def _stamp(file: str) -> str:
    if is_remote(file) or not os.path.exists(file):
        return file
    return f"{file} {opening.stamp(file)}"


def _size(file: str) -> int:
    return 0 if is_remote(file) or not os.path.exists(file) else opening.size(file)
