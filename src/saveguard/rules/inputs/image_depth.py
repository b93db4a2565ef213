"""An image has more than eight bits a channel.

## What happens

`tf.io.decode_image` keeps the upper eight bits. `load_img` cuts every value off at 255: nearly
all of a medical image or of a depth map becomes white.

## Why

Instruments, depth cameras and satellites store 12 to 16 bits in a 16-bit PNG or TIFF. Loaders for
photographs expect eight.

## Fix

Read such images with their depth, and scale them yourself:

    pixels = tf.io.decode_png(data, dtype=tf.uint16)
    x = tf.cast(pixels, tf.float32) / 65535

## Seen in

- Keras 3.15.1, `load_img`: silent; a grey value of 30,000 is read as 255.
- TF 2.21, `tf.io.decode_image`: silent; it is read as 117.

## References

- https://www.tensorflow.org/api_docs/python/tf/io/decode_png
- https://pillow.readthedocs.io/en/stable/handbook/concepts.html#modes
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG587", "image-depth", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}{troubles.more(held)}",
            why="keras.utils.load_img cuts its values off at 255 (Keras 3.15), and"
            " tf.io.decode_image keeps the"
            " upper eight bits, without a word.",
            fix="read it with tf.io.decode_png(data, dtype=tf.uint16), and scale it yourself",
            certainty="likely",
            **troubles.told(held),
        )


def bad(tmp: Path) -> Call:
    """Three images of a depth camera."""
    return _audit(tmp, "uint16")


def good(tmp: Path) -> Call:
    """The same with eight bits."""
    return _audit(tmp, "uint8")


def _audit(tmp: Path, dtype: str) -> Call:
    import numpy as np
    from PIL import Image

    for name in "abc":
        Image.fromarray(np.arange(64).reshape(8, 8).astype(dtype)).save(tmp / f"{name}.png")
    return Call("audit", (tmp,))
