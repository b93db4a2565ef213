"""A folder of images in two classes, with one image of each kind that hurts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

COUNT, PLACE = 24, 9
CONTRACT = "image: uint8[batch, 16, 16, 3]"


class Odd(NamedTuple):
    """One way in which an image goes wrong.

    Attributes:
        write: Writes it at a path, from a clean image of Pillow.
        codes: What must be told; `decoded` where the pixels are held against a contract, too.
    """

    name: str
    write: Callable[[Any, Path], None]
    codes: tuple[str, ...]
    decoded: tuple[str, ...]


def folder(at: Path, odd: Odd | None = None) -> Path:
    """Images `a/000.png` to `b/023.png`; the one in the planted place is odd."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for row in range(COUNT):
        path = at / ("a" if row < COUNT // 2 else "b") / f"{row:03}.{'jpg' if row % 3 else 'png'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(rng.integers(0, 256, (16, 16, 3), np.uint8))
        if odd and row == PLACE:
            odd.write(image, path)
        else:
            image.save(path)
    return at


def _half(image: Any, path: Path) -> None:
    image.save(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _turned(image: Any, path: Path) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(path, exif=exif)


def _deep(image: Any, path: Path) -> None:
    from PIL import Image

    grey = np.asarray(image.convert("L")).astype(np.uint16) * 257
    Image.fromarray(grey).save(path, format="PNG")


ODD = (
    Odd("no bytes", lambda _, path: path.write_bytes(b"") and None, ("SG581",), ("SG581",)),
    Odd("cut in the middle", _half, ("SG581",), ("SG581",)),
    Odd(
        "no image",
        lambda _, path: path.write_text("<html>404</html>") and None,
        ("SG581",),
        ("SG581",),
    ),
    Odd("grey", lambda image, path: image.convert("L").save(path), ("SG585",), ("SG503", "SG585")),
    Odd(
        "transparent",
        lambda image, path: image.convert("RGBA").save(path, format="PNG"),
        ("SG585",),
        ("SG503", "SG585"),
    ),
    Odd(
        "CMYK",
        lambda image, path: image.convert("CMYK").save(path, format="JPEG"),
        ("SG585",),
        ("SG503", "SG585"),
    ),
    Odd("turned by EXIF", _turned, ("SG586",), ("SG586",)),
    Odd("16 bit", _deep, ("SG587",), ("SG503", "SG541", "SG587")),
    Odd(
        "another size",
        lambda image, path: image.resize((20, 12)).save(path),
        ("SG588",),
        ("SG503", "SG588"),
    ),
)
