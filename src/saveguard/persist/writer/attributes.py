"""Attributes of groups and datasets: numbers lie in the header, texts apart, as h5py has it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from saveguard.child import arrays
from saveguard.persist.writer import messages


class Texts(NamedTuple):
    """What an attribute holds that is text: one, or a list.

    Attributes:
        shape: () or (number of texts,).
        encoding: `utf-8` for what was text in Python, `ascii` for what was bytes.
    """

    shape: tuple[int, ...]
    encoding: str
    texts: list[str | bytes]


def texts_of(value: Any) -> Texts | None:
    """The texts of a value, or None where it holds none, or both text and bytes."""
    listed = isinstance(value, (list, tuple))
    texts = list(value) if listed else [value]
    for kind, encoding in ((str, "utf-8"), (bytes, "ascii")):
        if texts and all(type(one) is kind for one in texts):
            return Texts((len(texts),) if listed else (), encoding, texts)
    return None


def digest(value: Any) -> str:
    """The digest of a value as h5py reads it again: of text that was bytes, as text."""
    found = texts_of(value)
    if found is None:
        return str(arrays.digest(np.asarray(value)))
    read = [_read_again(one) for one in found.texts]
    return str(arrays.digest(np.array(read, dtype=object).reshape(found.shape)))


def _read_again(text: str | bytes) -> str:
    return text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text


def message(name: str, value: Any, places: list[bytes]) -> bytes:
    """The message of an attribute.

    Args:
        places: Of each text of the value, what refers to it.

    Raises:
        TypeError: If HDF5 has no type for the value.
        ValueError: If it is larger than a message can be.
    """
    found = texts_of(value)
    if found is not None:
        kind = messages.text(found.encoding)
        return messages.attribute(name, found.shape, kind, b"".join(places))
    array = np.asarray(value)
    return messages.attribute(name, array.shape, messages.datatype(array.dtype), array.tobytes())
