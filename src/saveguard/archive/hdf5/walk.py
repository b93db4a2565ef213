"""Everything in an HDF5 file, from its root down; nothing is followed out of it."""

from __future__ import annotations

import struct
from typing import Any

import msgspec

from saveguard.archive.budget import (
    UNREADABLE,
    Damaged,
    Meter,
    NotUnderstood,
    OverBudget,
    kind_of,
)
from saveguard.archive.hdf5 import attributes, btree, groups, layout
from saveguard.archive.hdf5.fields import File, decoded
from saveguard.archive.hdf5.header import messages
from saveguard.archive.hdf5.heap import in_global_heap
from saveguard.archive.hdf5.superblock import superblock
from saveguard.archive.source import Source
from saveguard.child.arrays import GROUP, RECEIPT
from saveguard.facts import Link, StoredArray, Unread

# What wrong bytes can raise in Python where no length was checked beforehand.
_MALFORMED = (*UNREADABLE, struct.error, ValueError, IndexError, OverflowError)
_NO_NUMBERS = ("string", "text", "object")
_Ahead = tuple[str, int, frozenset[int]]


class Contents(msgspec.Struct):
    """What was found in one HDF5 file.

    Attributes:
        attributes: By path of the object (empty for the root), then by name.
        addresses: Of each array's header, by path.
        receipt: The text that Saveguard stored there, if any.
        damage: The first thing that is wrong with its bytes, in the words of h5py where it has
            some.
    """

    arrays: list[StoredArray] = msgspec.field(default_factory=list)
    links: list[Link] = msgspec.field(default_factory=list)
    attributes: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    unread: list[Unread] = msgspec.field(default_factory=list)
    addresses: dict[str, int] = msgspec.field(default_factory=dict)
    receipt: str = ""
    damage: str = ""


def contents(source: Source, member: str, meter: Meter, *, arrays: bool = True) -> Contents:
    """The arrays, attributes and links of the HDF5 file in a window.

    Args:
        member: What the window is in its archive; empty where it is the archive.
        arrays: Go through the whole file; else only the attributes of its root are read.
    """
    found = Contents()
    start = superblock(source)
    if start < 0:
        found.damage = f"OSError: {member and f'{member}: '}file signature not found"
        return found
    window = source.window(start, source.size)
    try:
        file = File(window, meter)
    except _MALFORMED as error:
        found.damage = f"OSError: {member and f'{member}: '}{error}"
        return found
    if file.end > window.size:
        ends = (
            f"{member} ends after {source.size} of {start + file.end} bytes"
            if member
            else f"truncated file: eof = {source.size}, sblock->base_addr = {start},"
            f" stored_eof = {start + file.end}"
        )
        found.damage = f"OSError: {ends}"
    walk = _Walk(file, member, found)
    walk.everything() if arrays else walk.root()
    return found


class _Walk:
    """One pass over the objects of a file; each is taken in once, by its address."""

    def __init__(self, file: File, member: str, found: Contents) -> None:
        self.file, self.member, self.found = file, member, found
        self.first: dict[int, str] = {}
        self.over = False
        self.left = file.source.size

    def root(self) -> None:
        """The attributes of the root alone."""
        try:
            self._attributes("", messages(self.file, self.file.root))
        except _MALFORMED as error:
            self._unread("/", error)

    def everything(self) -> None:
        """Every object, in the order of the groups' indexes."""
        ahead: list[_Ahead] = [("", self.file.root, frozenset())]
        while ahead and not self.over:
            path, address, above = ahead.pop()
            inside: list[_Ahead] = []
            try:
                self._object(path, address, above, inside)
            except _MALFORMED as error:
                self._unread(path or "/", error)
            ahead += reversed(inside)

    def _object(self, path: str, address: int, above: frozenset[int], inside: list[_Ahead]) -> None:
        """Take in one object; what it names goes to `inside`."""
        if address in self.first:
            kind = "cycle" if address in above else "hard"
            self._link(path, kind, self.first[address] or "/")
            return
        self.first[address] = path
        found = messages(self.file, address)
        self._attributes(path, found)
        if not groups.is_group(found) and not path:
            raise Damaged("the root is no group")
        if not groups.is_group(found):
            self.found.addresses[path] = address
            self._array(path, layout.dataset(self.file, found))
            return
        meter = self.file.meter
        if len(above) >= meter.budget.depth:
            raise OverBudget(f"over the budget of {meter.budget.depth} levels")
        for entry in groups.entries(self.file, found):
            inner = f"{path}/{entry.name}".lstrip("/")
            meter.spend("objects")
            meter.spend("structure", len(inner))
            if entry.kind == "hard":
                inside.append((inner, entry.address, above | {address}))
            else:
                self._link(inner, entry.kind, entry.target)

    def _attributes(self, path: str, found: list[Any]) -> None:
        held = self.found.attributes.setdefault(path, {})
        try:
            for content in attributes.contents(self.file, found):
                try:
                    name, value = attributes.named(self.file, content)
                    held[name] = value
                except _MALFORMED as error:
                    self._unread(f"an attribute of {path or '/'}", error)
        except _MALFORMED as error:
            self._unread(f"the attributes of {path or '/'}", error)

    def _array(self, path: str, dataset: layout.Dataset | None) -> None:
        if dataset is None:
            return  # a committed datatype
        place = dataset.layout
        for name in place.external:
            self._link(path, "external-storage", name)
        if place.kind == "virtual":
            self._link(path, "virtual", "")
        offset, stored = self._place(path, dataset)
        if path == f"{GROUP}/{RECEIPT}" and dataset.kind.name == "text" and stored:
            reference = self.file.read(dataset.layout.address, dataset.kind.size)
            self.found.receipt = decoded(in_global_heap(self.file, reference))
        self.found.arrays.append(
            StoredArray(
                path=path,
                member=self.member,
                shape=dataset.shape,
                dtype=_dtype(dataset, self.found.attributes[path].get("dtype")),
                role=role(path),
                stored=stored,
                offset=offset,
                source=self.file.source.path,
            )
        )

    def _place(self, path: str, dataset: layout.Dataset) -> tuple[int, int]:
        """Where an array's bytes begin in the file on disk (-1: not in one piece), and how many."""
        place, source = dataset.layout, self.file.source
        if place.kind == "chunked":
            return -1, self._chunks(path, place, len(dataset.shape))
        if place.address < 0 or place.external:
            return -1, 0
        if place.address + dataset.size > source.size or place.stored < dataset.size:
            self._unread(path, Damaged(f"its {dataset.size:,} bytes are not in the file"))
            return -1, max(min(place.stored, source.size - place.address), 0)
        self.left -= dataset.size
        if self.left < 0:
            self._unread(path, Damaged("its bytes are those of other arrays as well"))
            return -1, 0
        plain = dataset.kind.order == "<" and dataset.kind.name not in _NO_NUMBERS
        return (source.place(place.address) if plain else -1), dataset.size

    def _chunks(self, path: str, place: layout.Layout, rank: int) -> int:
        """Bytes that the chunks of an array take."""
        if place.indexed == "other":
            self._unread(path, NotUnderstood("chunks with an index of HDF5 1.10 or newer"))
            return 0
        if place.address < 0:
            return 0
        key = 8 + 8 * (rank + 1)
        leaves = btree.version_1(self.file, place.address, 1, key)
        return sum(int.from_bytes(leaf[:4], "little") for leaf, _address in leaves)

    def _link(self, path: str, kind: str, target: str) -> None:
        self.found.links.append(Link(path=path, member=self.member, kind=kind, target=target))

    def _unread(self, what: str, error: Exception) -> None:
        why = str(error) or type(error).__name__
        if isinstance(error, Damaged):
            where = f"{self.member}: {what}" if self.member else what
            self.found.damage = self.found.damage or f"OSError: {where}: {why}"
        self.over = self.over or isinstance(error, OverBudget)
        self.found.unread.append(Unread(what=what, why=why, kind=kind_of(error)))


def _dtype(dataset: layout.Dataset, noted: Any) -> str:
    """NumPy's name; Keras notes that of `bfloat16` and `float8` in an attribute."""
    name = dataset.kind.name
    if name == "void" and isinstance(noted, str) and noted:
        return noted
    return "string" if name == "text" else name


def role(path: str) -> str:
    """What an array is for, by its path in a file of weights; see `StoredArray.role`."""
    first, *rest = path.split("/")
    # A model inside the model that was compiled by itself keeps its own below its group.
    if first in ("optimizer", "optimizer_weights") or "/optimizer/vars/" in path:
        return "optimizer"
    if first == GROUP:
        return "golden"
    if any(part.startswith("seed_generator") for part in rest):
        return "seed"
    return "other" if first == "metrics" else "weight"
