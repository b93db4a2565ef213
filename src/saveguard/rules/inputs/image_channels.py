"""An image has other channels than the rest of its folder.

## What happens

`image_dataset_from_directory` makes all images RGB, so grey ones become three equal channels, a
transparent background becomes whatever colour was stored under it, and CMYK is converted without
the printer's profile. Other loaders stop where they stack arrays of unequal shapes.

## Why

Scans, screenshots with an alpha channel, and pictures that were made for print lie among
photographs.

## Fix

Convert the images once, with what you know of them:

    from PIL import Image
    image = Image.open(path).convert("RGB")

## Seen in

- NumPy, where such images are stacked: "ValueError: all input arrays must have the same shape".
- Keras 3.15.1, `load_img` and `image_dataset_from_directory`: silent.

## References

- https://keras.io/api/data_loading/image/
- https://pillow.readthedocs.io/en/stable/handbook/concepts.html#modes
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG585", "image-channels", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}{troubles.more(held)}",
            why="Keras converts it to the colour mode that it was asked for without a word: grey"
            " becomes three"
            " equal channels, what lay under a transparent pixel becomes visible.",
            fix='convert such images once: Image.open(path).convert("RGB").save(path)',
            certainty="likely",
            **troubles.told(held),
        )


def bad(tmp: Path) -> Call:
    """A grey image among coloured ones."""
    return _audit(tmp, "L")


def good(tmp: Path) -> Call:
    """All of them coloured."""
    return _audit(tmp, "RGB")


def _audit(tmp: Path, mode: str) -> Call:
    import numpy as np
    from PIL import Image

    for name in "abc":
        pixels = np.arange(192, dtype="uint8").reshape(8, 8, 3)
        Image.fromarray(pixels).save(tmp / f"{name}.png")
    with Image.open(tmp / "b.png") as image:
        other = image.convert(mode)
    other.save(tmp / "b.png")
    return Call("audit", (tmp,))
