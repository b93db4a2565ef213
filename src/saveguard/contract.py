"""What a model expects of its inputs, as frozen values that print as one line."""

from __future__ import annotations

import re
from typing import Any

import msgspec

# What Keras 3 (its tensors, its input layers) and Keras 2 call an input that nobody named.
AUTOMATIC = re.compile(r"(keras_tensor|input_layer)(_\d+)?|input_\d+")


class Axis(msgspec.Struct, frozen=True, omit_defaults=True):
    """One axis of an input.

    Attributes:
        name: `batch`, `time`, ... or empty for a fixed axis.
        size: The fixed size, or None where any size will do.
        maximum: The largest size that will do, or None where there is no bound.
    """

    name: str = ""
    size: int | None = None
    maximum: int | None = None

    def __str__(self) -> str:
        if self.size is not None:
            return str(self.size)
        bound = "" if self.maximum is None else f"<={self.maximum}"
        return (self.name or "any") + bound


class Input(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input tensor of a model.

    Attributes:
        name: The input's name in the model.
        axes: The shape, batch axis first; None where the rank is not known.
        dtype: `float32`, `int32`, `string`, ...
        pad: The value that marks a padded step, where a layer of the model masks it.
        pad_source: The layer that reads it as padding: `masking (Masking)`.
    """

    name: str
    axes: tuple[Axis, ...] | None
    dtype: str
    pad: float | None = None
    pad_source: str = ""

    def __str__(self) -> str:
        shape = "..." if self.axes is None else ", ".join(map(str, self.axes))
        pad = "" if self.pad is None else f" pad={self.pad:g}"
        return f"{self.name}: {self.dtype}[{shape}]{pad}"

    @property
    def rank(self) -> int | None:
        """Number of axes, the batch axis included; None where it is not known."""
        return None if self.axes is None else len(self.axes)


class Contract(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a model expects of its inputs.

    Attributes:
        inputs: The input tensors in the order of the structure's leaves (Keras's tree order).
        structure: How the inputs are held: nested lists and dictionaries whose leaves are
            indices into `inputs`; a lone tensor is the index itself.
        source: Where it was read: `model`, or `example` where the model does not say.
    """

    inputs: tuple[Input, ...]
    structure: Any = 0
    source: str = "model"

    def __str__(self) -> str:
        return "; ".join(map(str, self.inputs))

    def to_json(self) -> str:
        """The contract as JSON text; `Contract.from_json` reads it back."""
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> Contract:
        """The contract that `to_json` wrote.

        Raises:
            msgspec.ValidationError: If the text is not such a contract.
        """
        return msgspec.json.decode(text, type=Contract)
