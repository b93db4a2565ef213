"""An image is to be turned before it is shown, and no loader of Keras turns it.

## What happens

The model sees it lying on its side, while every viewer shows it upright. In training that is
noise; in production, where pictures come from phones, it is wrong answers.

## Why

Cameras store the pixels as the sensor gave them, and write into the EXIF data how they are to be
turned. `load_img`, `image_dataset_from_directory` and `tf.io.decode_image` do not read it.

## Fix

Turn the images once:

    from PIL import Image, ImageOps
    ImageOps.exif_transpose(Image.open(path)).save(path)

## Seen in

- Keras 3.15.1 and TF 2.21: silent; both give the pixels as they are stored.

## References

- https://pillow.readthedocs.io/en/stable/reference/ImageOps.html#PIL.ImageOps.exif_transpose
- https://github.com/tensorflow/tensorflow/issues/24719
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG586", "image-turned", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}{troubles.more(held)}",
            why="Its EXIF data say so, and neither Keras's loaders nor tf.io.decode_image read"
            " them: the model"
            " sees other pictures than every viewer shows.",
            fix="turn such images once: ImageOps.exif_transpose(Image.open(path)).save(path)",
            certainty="likely",
            **troubles.told(held),
        )


def bad(tmp: Path) -> Call:
    """A photograph of a phone that was held upright."""
    return _audit(tmp, 6)


def good(tmp: Path) -> Call:
    """One whose pixels are as they are to be shown."""
    return _audit(tmp, 1)


def _audit(tmp: Path, orientation: int) -> Call:
    import numpy as np
    from PIL import Image

    for name in "abc":
        pixels = np.arange(192, dtype="uint8").reshape(8, 8, 3)
        Image.fromarray(pixels).save(tmp / f"{name}.png")
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(tmp / "b.png", exif=exif)
    return Call("audit", (tmp,))
