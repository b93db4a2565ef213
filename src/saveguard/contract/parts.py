"""One axis and one input of a contract, as frozen values that print as part of its line."""

from __future__ import annotations

import json
import re
from typing import Literal

import msgspec

# What Keras 3 (its tensors, its input layers) and Keras 2 call an input that nobody named.
AUTOMATIC = re.compile(r"(keras_tensor|input_layer)(_\d+)?|input_\d+")
# A name that needs no quotes: `tokens`, `block/ids`, `x[0]`, `x['left']`.
BARE = re.compile(r"[^\W\d][\w./-]*(?:\[(?:\d+|'[\w ./-]*')\])*")
AXIS = re.compile(r"[^\W\d]\w*")
# How the layer that masks is told elsewhere: `masking (Masking)`.
_LAYER = re.compile(r"([\w./-]+) \((\w+)\)")

Side = Literal["pre", "post"]


class Axis(msgspec.Struct, frozen=True, omit_defaults=True):
    """One axis of an input.

    Attributes:
        name: `batch`, `time`, ... or empty for a fixed axis.
        size: The fixed size, or None where any size will do.
        maximum: The largest size that will do, or None where there is no bound.
        minimum: The smallest size that will do, or None where there is no bound.
    """

    name: str = ""
    size: int | None = None
    maximum: int | None = None
    minimum: int | None = None

    def __str__(self) -> str:
        name = _quoted(self.name, AXIS, "any") if self.name else ""
        if self.size is not None:
            return f"{name}={self.size}" if name else str(self.size)
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            return f"{low}<={name or 'any'}<={high}"
        bound = f"<={high}" if high is not None else f">={low}" if low is not None else ""
        return (name or "any") + bound

    def takes(self, size: int) -> bool:
        """Whether an axis of this size will do."""
        if self.size is not None:
            return size == self.size
        return (self.minimum or 0) <= size and (self.maximum is None or size <= self.maximum)


class Input(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input tensor of a model.

    Attributes:
        name: The input's name in the model.
        axes: The shape, batch axis first; None where the rank is not known.
        dtype: `float32`, `int32`, `string`, ...; empty where it is not known.
        pad: The value that marks a padded step, where a layer of the model masks it.
        pad_source: The layer that reads it as padding: `masking (Masking)`.
        side: Where padded steps stand: `pre` (before the data) or `post`; empty: either.
        vocabulary: Ids are below it, from 0: the `input_dim` of an Embedding; None: no bound.
        minimum, maximum: The range of the values; None where there is no bound.
        optional: The model can be called without it.
    """

    name: str
    axes: tuple[Axis, ...] | None
    dtype: str
    pad: float | None = None
    pad_source: str = ""
    side: Side | Literal[""] = ""
    vocabulary: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False

    def __str__(self) -> str:
        return f"{name_in_line(self.name)}{self.told}"

    @property
    def told(self) -> str:
        """What stands behind the name in the line: `: int32[batch, any] pad=0`."""
        shape = "..." if self.axes is None else ", ".join(map(str, self.axes))
        optional = "?" if self.optional else ""
        return f"{optional}: {self.dtype or 'any'}[{shape}]" + "".join(
            f" {key}={value}" for key, value in self._options().items() if value
        )

    def _options(self) -> dict[str, str]:
        low, high = ("" if v is None else number(v) for v in (self.minimum, self.maximum))
        return {
            "vocabulary": "" if self.vocabulary is None else str(self.vocabulary),
            "range": f"{low}..{high}" if low or high else "",
            "pad": "" if self.pad is None else number(self.pad),
            "side": self.side,
            "mask": _source_in_line(self.pad_source),
        }

    @property
    def rank(self) -> int | None:
        """Number of axes, the batch axis included; None where it is not known."""
        return None if self.axes is None else len(self.axes)


def number(value: float) -> str:
    """A number in the fewest characters that give it back: `0`, `0.5`, `1e-07`."""
    whole = abs(value) < 1e15 and value == int(value)
    return str(int(value)) if whole else repr(float(value))


def name_in_line(name: str) -> str:
    """A name as the line has it: in quotes where it could be read as something else."""
    return _quoted(name, BARE, "none")


def _quoted(name: str, bare: re.Pattern[str], taken: str) -> str:
    return name if bare.fullmatch(name) and name != taken else json.dumps(name)


def _source_in_line(source: str) -> str:
    """`masking (Masking)` as one word, and what is no layer in quotes."""
    layer = _LAYER.fullmatch(source)
    return f"{layer[1]}({layer[2]})" if layer else json.dumps(source) if source else ""
