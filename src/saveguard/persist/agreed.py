"""Whether libhdf5, by which Keras reads, sees the arrays of a file where `archive.read` does."""

from __future__ import annotations

from typing import Any

import h5py

from saveguard.archive.read import WEIGHTS
from saveguard.child import arrays
from saveguard.child.taking import number
from saveguard.child.window import files_of, weights_of
from saveguard.facts import ArchiveFacts, StoredArray

_Place = tuple[tuple[int, ...], int, int]  # shape, bytes of an element, where they begin


def agreed(facts: ArchiveFacts) -> bool:
    """True where each array has that name, form and place for libhdf5, too.

    Of a `.keras` file, of weights alone, and of their shards.

    A receipt's digest vouches for every byte. Without one, what is damaged within a file whose
    checksums are right is noticed by two readers, each of which looks at other parts of it.
    """
    if facts.receipt:
        return True
    keras = facts.layout == "keras"
    begin = next(one.offset for one in facts.members if one.name == WEIGHTS) if keras else 0
    held = [one for one in facts.arrays if not keras or one.member == WEIGHTS]
    wanted = [one for one in held if one.role != "golden"]
    ours = {
        one.path.strip("/"): (one.shape, _width(one), one.offset - begin if one.count else -1)
        for one in wanted
    }
    try:
        return len(ours) == len(wanted) and _places(facts.path) == ours
    except (OSError, RuntimeError, ValueError, KeyError, TypeError):
        return False  # what libhdf5 cannot read is for Keras to tell


def _width(array: StoredArray) -> int:
    kind = number(array.dtype)
    return kind.itemsize if kind is not None else 0


def _places(path: str) -> dict[str, _Place]:
    """Every array by its name, as libhdf5 sees it."""
    found: dict[str, _Place] = {}

    def visit(name: str, item: Any) -> None:
        if name.startswith(arrays.GROUP + "/"):
            return
        if isinstance(item, h5py.Dataset):
            item = weights[name]  # a group may list what it does not find
            place = item.id.get_offset()
            found[name] = (item.shape, item.dtype.itemsize, -1 if place is None else place)
        elif name.rpartition("/")[0].endswith("vars"):
            found[name] = ((), 0, -1)  # a group where Keras looks for an array

    for name in files_of(path):
        with (
            open(name, "rb", buffering=0) as file,
            h5py.File(weights_of(name, file), "r") as weights,
        ):
            weights.visititems(visit)
    return found
