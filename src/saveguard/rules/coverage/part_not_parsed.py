"""A part of the file could not be parsed, so nothing is known of what it holds.

## What happens

Saveguard reads the rest and says what it had to leave out. Whether Keras can use the part is
another question: its libraries know forms that Saveguard's readers do not, and give up on
damage that Saveguard's readers pass over.

## Why

HDF5 files may be written with newer features than Keras's own files have (arrays in chunks with
an index of HDF5 1.10, compressed heaps, a table of shared messages); a folder may have links to
places outside of it, which are not followed; a member may be packed by a method that few programs
know. And a part that is damaged cannot be parsed either.

## Fix

Write the file anew in the plain form, with the Keras that can load it:

    model = keras.saving.load_model("m.h5")
    model.save("m.keras")

## Seen in

- Files of Keras itself have none of this. `h5py.File(path, "w", libver="latest")`, `h5repack` and
  the Hugging Face cache make files that do.
- Keras 3.15.1 with h5py 3, where a part is damaged: "Unable to synchronously open object (bad
  object header version number)".

## References

- https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
- https://docs.h5py.org/en/stable/high/file.html (Version bounding)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG902", "part-not-parsed", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    # What is wrong with a damaged file is told once, by SG101.
    kinds = ("unknown",) if facts.damage else ("unknown", "damage")
    parts = [part for part in facts.unread if part.kind in kinds]
    if not parts:
        return
    more = f" and {len(parts) - 1} more" if len(parts) > 1 else ""
    yield rule.finding(
        where=parts[0].what,
        message=f"{parts[0].what}{more} of {facts.path} could not be parsed: {parts[0].why}",
        why="It is in a form that Saveguard does not read, so nothing is known of what it holds;"
        " Keras may read it, or stop there.",
        fix="load the file where that is safe, with the Keras that wrote it, and save it again:"
        " model.save('m.keras') writes the plain form",
        certainty="likely" if any(part.kind == "damage" for part in parts) else "possible",
        evidence=tuple(f"{part.what}: {part.why}" for part in parts[:5]),
    )


def bad(tmp: Path) -> Call:
    """Weights in chunks, with the index that HDF5 1.10 brought."""
    return _weights(tmp, "latest")


def good(tmp: Path) -> Call:
    """The same arrays in the form that h5py writes by itself."""
    return _weights(tmp, "earliest")


def _weights(tmp: Path, version: str) -> Call:
    import h5py
    import numpy as np

    path = tmp / "m.weights.h5"
    with h5py.File(path, "w", libver=version) as file:
        file.create_dataset("layers/dense/vars/0", data=np.ones((64, 8), "f4"), chunks=(8, 8))
        file.create_group("vars")
    return Call("check", (path,))
