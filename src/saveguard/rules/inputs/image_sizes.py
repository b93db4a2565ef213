"""The images of a folder have unequal sizes.

## What happens

`image_dataset_from_directory` resizes each to one size, and the ratio of its sides with it: circles
become ellipses, unless `crop_to_aspect_ratio` or `pad_to_aspect_ratio` is set. A loader of your own
stops where it stacks them.

## Why

Pictures of several cameras, thumbnails among full sizes, crops.

## Fix

Say how the ratio is to be kept:

    keras.utils.image_dataset_from_directory(folder, crop_to_aspect_ratio=True)

## Seen in

- NumPy, where such images are stacked: "ValueError: all input arrays must have the same shape".
- Keras 3.15.1, `image_dataset_from_directory`: silent.

## References

- https://keras.io/api/data_loading/image/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG588", "image-sizes", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}{troubles.more(held)}",
            why="Keras resizes every image to one size, and stretches those whose sides have"
            " another ratio.",
            fix="image_dataset_from_directory(..., crop_to_aspect_ratio=True), or"
            " pad_to_aspect_ratio=True",
            certainty="possible",
            **troubles.told(held),
        )


def bad(tmp: Path) -> Call:
    """A thumbnail among images."""
    return _audit(tmp, 4)


def good(tmp: Path) -> Call:
    """One size."""
    return _audit(tmp, 8)


def _audit(tmp: Path, size: int) -> Call:
    import numpy as np
    from PIL import Image

    for name in "abc":
        pixels = np.arange(192, dtype="uint8").reshape(8, 8, 3)
        Image.fromarray(pixels).save(tmp / f"{name}.png")
    Image.fromarray(pixels[:size, :size]).save(tmp / "b.png")
    return Call("audit", (tmp,))
