"""An `.h5` file of a whole model or of weights: what Keras keeps in its attributes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from saveguard.archive.draft import Draft
from saveguard.archive.hdf5 import walk
from saveguard.archive.source import Source
from saveguard.facts import Role

# What the root's attributes hold as JSON, with the role of the object that it begins with.
_DOCUMENTS: dict[str, Role] = {"model_config": "model", "training_config": "value"}


def read(draft: Draft, source: Source, *, arrays: bool) -> None:
    """Read an HDF5 file: one that Keras wrote, of whatever version."""
    found = walk.contents(source, "", draft.meter, arrays=arrays)
    draft.hdf5(found)
    held = found.attributes.get("", {})
    draft.layout = "h5" if "model_config" in held else "weights"
    for name, role in _DOCUMENTS.items():
        text = held.get(name)
        if isinstance(text, str):
            draft.document(f"@{name}", text, role)
        elif name in held:
            draft.damaged(f"JSONDecodeError: @{name} is no text")
    draft.documents.update(_names(found.attributes))
    draft.claim(found.attributes.get("model_weights", {}))


def _names(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The lists of names by which layers find their arrays, in the order of the arrays.

    `@layer_names` is a list, `@weight_names` one by the path of each group that has one.
    """
    weights = {}
    found: dict[str, Any] = {}
    for path, held in attributes.items():
        if (layers := names(held, "layer_names")) is not None:
            found["@layer_names"] = layers
        if (inside := names(held, "weight_names")) is not None:
            weights[path] = inside
    return {**found, "@weight_names": weights} if weights else found


def names(held: Mapping[str, Any], key: str) -> list[str] | None:
    """A list of names; beyond 64 KiB Keras splits it into `key0`, `key1`, ...

    Source: keras/src/legacy/saving/legacy_h5_format.py, `load_attributes_from_hdf5_group`.
    """
    if key in held:
        return _texts(held[key])
    if f"{key}0" not in held:
        return None
    pieces = (held.get(f"{key}{index}") for index in itertools.count())
    found = [
        _texts(piece) for piece in itertools.takewhile(lambda piece: piece is not None, pieces)
    ]
    return list(itertools.chain.from_iterable(found))


def _texts(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [part for part in parts if isinstance(part, str)]
