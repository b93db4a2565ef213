"""An `.npz` in the file holds an array of Python objects, which is a pickle.

## What happens

Keras 3.3 to 3.8 read `model.weights.npz` with `allow_pickle=True`, so the pickle runs whatever it
names. Keras 3.9 and newer refuse: "Object arrays cannot be loaded when allow_pickle=False".

## Why

NumPy stores an array of Python objects as a pickle. Weights are numbers and never stored so.

## Fix

Do not load the file; ask where it comes from.

## Seen in

- Keras 3.3 to 3.8; no CVE is known.
- NumPy since 1.16.3, without `allow_pickle`: "Object arrays cannot be loaded when
  allow_pickle=False".

## References

- https://github.com/keras-team/keras/blob/v3.8.0/keras/src/saving/saving_lib.py (NpzIOStore)
- https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts, BatchFacts, StoredArray
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import guards, troubles

rule = Rule("SG311", "object-arrays", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for array in facts.arrays:
        if array.dtype == "object" and _is_numpy(facts, array):
            yield rule.finding(
                where=f"{array.member} {array.path}".strip(),
                message=f"array `{array.path}` is a pickle",
                why="NumPy stores an array of Python objects as a pickle, and reading a pickle"
                " runs what it names. " + guards.told(facts, "npz-no-pickle", "reads it"),
                fix="do not load the file before you know where it comes from; weights are numbers",
            )


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}{troubles.more(held)}",
            why="Reading a pickle runs what it names, so it was not read. Keras does not take"
            " Python objects either.",
            fix="save rows of unequal lengths as one array of values and one of lengths, or as a"
            " list column of Parquet",
            **troubles.told(held),
        )


def _is_numpy(facts: ArchiveFacts, array: StoredArray) -> bool:
    """In HDF5 an object is a text of any length, and no pickle."""
    return facts.layout == "npz" or array.member.endswith((".npz", ".npy"))


def bad(tmp: Path) -> Call:
    """An archive of one array, whose header says that it is made of objects."""
    return Call("check", (_npz(tmp, "|O", b"\x80\x04N."),))


def good(tmp: Path) -> Call:
    """The same archive with an array of numbers."""
    return Call("check", (_npz(tmp, "<f4", b"\0\0\x80\x3f"),))


def _npz(tmp: Path, descr: str, content: bytes) -> Path:
    import zipfile

    header = repr({"descr": descr, "fortran_order": False, "shape": (1,)}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content
    with zipfile.ZipFile(tmp / "m.npz", "w") as archive:
        archive.writestr("layers.npy", array)
    return tmp / "m.npz"
