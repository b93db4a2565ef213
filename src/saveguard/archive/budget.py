"""What a reader may spend on one archive: the limits, one meter, and why a part stays unread."""

from __future__ import annotations

from collections import Counter

import msgspec


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """Limits for one archive; every reader keeps to them.

    The largest configuration of `keras.applications` (NASNetLarge) has 2 MB and 1,041 layers; the
    limits leave room for some of these, and end what was made to exhaust its reader.

    Attributes:
        members: Files in a zip archive or a folder.
        document: Bytes of its JSON documents together, unpacked.
        values: Values in one of these.
        depth: Levels of a JSON document, and of the groups in an HDF5 file.
        nodes: Objects that the configuration names.
        objects: Groups and arrays in HDF5 files.
        attributes: Attributes in HDF5 files.
        pieces: Reads, messages and names that make up HDF5 structure.
        structure: Bytes of HDF5 structure and of attributes.
        operations: Operations in a SavedModel's graphs.
        fields: Fields of a SavedModel's messages; a graph of 10,000 operations has 80,000.
        unpacked: Bytes of a compressed member that is unpacked to disk to be read.
        ratio: Unpacked bytes for each byte that a compressed member takes, where it is large.
        checked: Bytes whose checksums are compared even when digests are not asked for.
        chunk: Bytes of one piece of an array's values in memory.
    """

    members: int = 20_000
    document: int = 12 << 20
    values: int = 500_000
    depth: int = 200
    nodes: int = 60_000
    objects: int = 20_000
    attributes: int = 50_000
    pieces: int = 400_000
    structure: int = 64 << 20
    operations: int = 200_000
    fields: int = 5_000_000
    unpacked: int = 8 << 30
    ratio: int = 20
    checked: int = 16 << 20
    chunk: int = 64 << 20


BUDGET = Budget()


class OverBudget(Exception):
    """A part of an archive costs more than the budget allows."""


class Damaged(Exception):
    """Bytes are not there, or are not what their place calls for."""


class NotUnderstood(Exception):
    """A part is in a form that the readers do not know."""


class Encrypted(NotUnderstood):
    """A part needs a password."""


UNREADABLE = (OverBudget, Damaged, NotUnderstood)


def kind_of(error: Exception) -> str:
    """What `Unread.kind` says of an exception."""
    if isinstance(error, OverBudget):
        return "budget"
    if isinstance(error, Encrypted):
        return "encrypted"
    return "damage" if isinstance(error, Damaged) else "unknown"


class Meter:
    """What was spent of a budget on one archive so far."""

    def __init__(self, budget: Budget = BUDGET) -> None:
        self.budget = budget
        self.spent: Counter[str] = Counter()

    def spend(self, limit: str, amount: int = 1) -> None:
        """Count `amount` against the limit of that name.

        Raises:
            OverBudget: If that is more than the budget has left.
        """
        self.spent[limit] += amount
        allowed = getattr(self.budget, limit)
        if self.spent[limit] > allowed:
            raise OverBudget(f"over the budget of {allowed:,} {WORDS[limit]}")


WORDS = {
    "members": "members",
    "document": "bytes of JSON",
    "values": "values in one document",
    "depth": "levels",
    "nodes": "objects in its configuration",
    "objects": "groups and arrays",
    "attributes": "attributes",
    "pieces": "pieces of HDF5 structure",
    "structure": "bytes of HDF5 structure",
    "operations": "operations",
    "fields": "fields",
    "unpacked": "bytes unpacked",
    "ratio": "bytes out of each compressed byte",
    "chunk": "bytes of an array in memory",
}
