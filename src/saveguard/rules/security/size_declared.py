"""The file declares arrays that are far larger than what it holds.

## What happens

Reading such an array asks for all of its declared memory: the process dies or the machine swaps.
Keras 3.12.3 and 3.15.0 refuse one such array; they do not add several up.

## Why

HDF5 and `.npy` state an array's shape apart from its bytes. Keras stores every byte, so an array
that declares a thousand times more than the file holds was not written by it.

## Fix

Do not load the file; ask where it comes from. Where it is your own and compressed, store the
arrays as they are.

## Seen in

- CVE-2026-0897: the loader before 3.12.3 and 3.15.0.
- Keras 3.15.1, many arrays below 4 GiB each: no message.

## References

- https://nvd.nist.gov/vuln/detail/CVE-2026-0897
- https://github.com/keras-team/keras/pull/23161
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts, StoredArray
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules import guards

rule = Rule("SG308", "size-declared", since="0.1")

# Keras's own limits (`_H5_DATASET_MAX_EXPANSION`), taken over all arrays together.
_EXPANSION = 1000
_MEMORY = 4 << 30
_GIB = 1 << 30


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    hollow = [array for array in facts.arrays if _declared(array) > _EXPANSION * array.stored]
    declared = sum(map(_declared, hollow))
    if declared <= _MEMORY:
        return
    largest = max(hollow, key=_declared)
    stored = sum(array.stored for array in hollow)
    yield rule.finding(
        where=f"{largest.member} {largest.path}".strip(),
        message=f"{_counted(len(hollow))} {declared / _GIB:,.0f} GiB in {stored:,} bytes",
        why=f"`{largest.path}` alone declares {_declared(largest) / _GIB:,.1f} GiB. "
        + guards.told(facts, "hdf5-bomb", "asks for all of that memory"),
        fix="do not load the file before you know where it comes from; Keras itself stores every"
        " byte of an array",
    )


def _counted(number: int) -> str:
    return "an array declares" if number == 1 else f"{number} arrays declare"


def _declared(array: StoredArray) -> int:
    bits = re.search(r"\d+$", array.dtype)
    return array.count * max(int(bits.group()) // 8 if bits else 1, 1)


rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"(?:H5 dataset '(?P<name>[^']+)'|npz weight '(?P<name2>[^']+)': its header)"
        r" declares"
        r" (?P<size>.{1,30}?) but only (?P<stored>.{1,30}?) (?:are|is) stored on disk",
        stages=("load",),
        frames=r"saving_lib\.py:",
        versions=("keras3",),  # more telling than the list that it stands in
        message="the array {name}{name2} declares {size} and holds {stored}",
        why="Reading it would take all that memory, so Keras refuses it.",
        fix="do not load {where} unless you know who wrote it; a sparse array of zeros is rewritten"
        " by saving the model anew",
    )
)


def bad(tmp: Path) -> Call:
    """A dataset of 64 GiB that stores nothing."""
    import h5py

    path = tmp / "m.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/dense/vars/0", (1 << 34,), "f4", chunks=(1 << 20,))
    return Call("check", (path,), codes=("SG901",))


def good(tmp: Path) -> Call:
    """A dataset of 4 MB that stores nothing."""
    import h5py

    path = tmp / "m.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/dense/vars/0", (1 << 20,), "f4", chunks=(1 << 18,))
    return Call("check", (path,))
