"""One image: its header, its pixels when they are asked for, and what is odd about it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from saveguard.data.source import Trouble
from saveguard.data.sources import opening
from saveguard.data.sources.extras import need

CHANNELS, TURNED, DEPTH, SIZES = "SG585", "SG586", "SG587", "SG588"
_ORIENTATION = 0x0112
_DEEP = {"I", "F", "I;16", "I;16B", "I;16L", "I;16N"}
# How each format ends, and how many of the last bytes may hold that.
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}
_TAIL = 64
_TURNS = {
    2: "mirrored",
    3: "turned by 180 degrees",
    4: "mirrored and turned by 180 degrees",
    5: "mirrored and turned by 90 degrees",
    6: "turned by 90 degrees",
    7: "mirrored and turned by 270 degrees",
    8: "turned by 270 degrees",
}


class Picture(msgspec.Struct, frozen=True):
    """What the header of an image says.

    Attributes:
        mode: Pillow's word for its channels: `RGB`, `L`, `CMYK`, `P`, `I;16`, ...
        orientation: EXIF's number for how it is to be turned before it is shown; 1: not at all.
    """

    height: int
    width: int
    mode: str
    orientation: int = 1

    @property
    def channels(self) -> int:
        """How many values a pixel has; a palette's index stands for a colour."""
        return {
            "RGB": 3,
            "P": 3,
            "YCbCr": 3,
            "LAB": 3,
            "HSV": 3,
            "RGBA": 4,
            "CMYK": 4,
            "LA": 2,
        }.get(self.mode, 1)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""
        return self.height, self.width, self.channels


def look(file: str, *, decode: bool) -> tuple[Picture, Any]:
    """The header of an image, and its pixels (height, width, channels): of no bits unless decoded.

    Raises:
        EOFError: If the file has no bytes, or is cut short.
        OSError: If it is no image, or damaged.
    """
    pillow = need("PIL.Image", "images", "to read images")
    with opening.binary(file) as raw:
        if not raw.read(1):
            raise EOFError("it has no bytes")
        raw.seek(0)
        with pillow.open(raw) as image:
            turned = image.getexif().get(_ORIENTATION, 1)
            picture = Picture(image.height, image.width, image.mode, turned)
            if not decode:
                if not _ends_well(raw, image.format):
                    image.load()
                return picture, np.zeros(picture.shape, "V0")
            return picture, _pixels(image)


def oddities(file: str, row: int, picture: Picture, usual: Picture | None) -> Iterator[Trouble]:
    """What is odd about an image, by itself and against what most are like; it counts as read."""

    def odd(code: str, what: str) -> Trouble:
        return Trouble(code=code, file=file, what=what, row=row)

    if picture.mode in _DEEP:
        yield odd(DEPTH, f"it has {'16' if '16' in picture.mode else '32'} bits a channel")
    elif picture.mode in ("CMYK", "YCCK"):
        yield odd(CHANNELS, "its channels are cyan, magenta, yellow and black (CMYK)")
    elif usual and picture.channels != usual.channels:
        what = f"it has {_count(picture)} where most images have {_count(usual)}"
        yield odd(CHANNELS, what)
    if picture.orientation in _TURNS:
        yield odd(TURNED, f"it is to be shown {_TURNS[picture.orientation]}")
    if usual and (picture.height, picture.width) != (usual.height, usual.width):
        size = f"{picture.width} x {picture.height}"
        yield odd(SIZES, f"it is {size}, most images are {usual.width} x {usual.height}")


def _count(picture: Picture) -> str:
    return f"{picture.channels} channel{'s' * (picture.channels > 1)} ({picture.mode})"


def _ends_well(raw: Any, format_: str | None) -> bool:
    end = _ENDS.get(format_ or "")
    if end is None:
        return True
    raw.seek(0, io.SEEK_END)
    raw.seek(max(raw.tell() - _TAIL, 0))
    return end in raw.read(_TAIL)


def _pixels(image: Any) -> Any:
    if image.mode in ("P", "1"):
        image = image.convert("RGB" if image.mode == "P" else "L")
    values = np.asarray(image)
    return values if values.ndim == 3 else values[..., None]
