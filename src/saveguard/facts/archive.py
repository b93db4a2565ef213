"""A saved model on disk, read without a framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from saveguard.facts.frozen import Frozen

Role = Literal[
    "model",
    "layer",
    "function",
    "activation",
    "initializer",
    "regularizer",
    "constraint",
    "loss",
    "metric",
    "optimizer",
    "schedule",
    "dtype",
    "quantization",
    "tensor",
    "value",
]


class Member(Frozen, frozen=True):
    """One file inside an archive: a zip's member, a folder's file.

    Attributes:
        name: As written in the archive; not to be trusted as a path.
        size: Bytes when unpacked, as declared.
        stored: Bytes that it takes in the archive.
        offset: Where its bytes begin in the file; -1 where that is not known.
        compressed: Its bytes are not stored as they are.
        crc: CRC-32 as declared; None where the layout has none.
        link: It is a symbolic link (or says so in its mode bits).
        duplicate: A later member of the archive has the same name; that one is read.
        local_name: The name in the member's own header, where the directory has another.
        encrypted: Its bytes need a password.
    """

    name: str
    size: int
    stored: int = 0
    offset: int = -1
    compressed: bool = False
    crc: int | None = None
    link: bool = False
    duplicate: bool = False
    local_name: str = ""
    encrypted: bool = False


class Node(Frozen, frozen=True):
    """One object in a configuration: a dictionary that names a class or a function.

    Attributes:
        path: JSON path in its document: `$.config.layers[3].config.kernel_initializer`.
        document: Where the document lies: `config.json`, `@model_config`, `keras_metadata.pb[2]`.
        role: What Keras will use it for, by its place.
        class_name: The class; of a function, its name.
        name: The object's own name, where its configuration has one.
        module: As written, or None where the document has no such key.
        registered_name: As written; empty where absent or null.
        config: Its arguments, as parsed JSON; empty where that is not a dictionary.
        raw: The whole dictionary.
        layer: The path in the model of the nearest layer around it (itself, of a layer).
        owner: `path` of the node around it; empty for the root.
    """

    path: str
    document: str
    role: Role
    class_name: str
    name: str = ""
    module: str | None = None
    registered_name: str = ""
    config: Mapping[str, Any] = msgspec.field(default_factory=dict)
    raw: Mapping[str, Any] = msgspec.field(default_factory=dict)
    layer: str = ""
    owner: str = ""


class StoredArray(Frozen, frozen=True):
    """One array in an archive.

    Attributes:
        path: Its name there: an HDF5 path, a checkpoint's key.
        member: The member or file that holds it; empty where that is the archive itself.
        shape: As declared.
        dtype: NumPy's name, `float32`, `bfloat16`; `object` or `string` for what is no number.
        role: `weight`, `optimizer`, `seed`, `golden` (Saveguard's own) or `other`.
        stored: Bytes that it takes.
        offset: Where its bytes begin in `source`, when they lie there in one piece and
            unencoded, little-endian in C order; else -1.
        source: The file on disk that `offset` counts in.
        nan, infinite: How many of its values are so, where they were read.
        zero: Its values were read, and every one is zero.
    """

    path: str
    member: str
    shape: tuple[int, ...]
    dtype: str
    role: str = "weight"
    stored: int = 0
    offset: int = -1
    source: str = ""
    nan: int = 0
    infinite: int = 0
    zero: bool = False

    @property
    def count(self) -> int:
        """How many elements its shape declares."""
        product = 1
        for length in self.shape:
            product *= length
        return product


class Link(Frozen, frozen=True):
    """Something in an archive that stands for something elsewhere.

    Attributes:
        kind: `soft`, `external`, `external-storage`, `virtual`, `cycle` (hard links that
            close a ring), `hard` (a second name of something in the same file), `symlink`.
        target: What it names, as written.
    """

    path: str
    member: str
    kind: str
    target: str


class Operation(Frozen, frozen=True):
    """One operation of a SavedModel's graphs.

    Attributes:
        graph: The function that holds it; empty for the main graph.
        meta: The number of the graph in its file, of several.
        inputs: The operations that feed it, as written; of the main graph, and of what fills
            tables.
        calls: The functions that it calls.
    """

    op: str
    name: str
    graph: str = ""
    meta: int = 0
    inputs: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


class Unread(Frozen, frozen=True):
    """What a reader left unread.

    Attributes:
        what: The part: a member, a document, `arrays`.
        why: `over the budget of ...`, `not JSON: ...`, the reader's own words.
        kind: `budget`, `damage`, `unknown` (a layout's part that is not understood) or
            `encrypted`.
        text: The beginning of its bytes, of a document that could not be parsed.
    """

    what: str
    why: str
    kind: str
    text: str = ""


class ArchiveFacts(Frozen, frozen=True):
    """A saved model on disk, as far as its bytes tell without a framework.

    Attributes:
        path: As it was given.
        layout: What it is, by content: `keras` (zip), `folder` (an unpacked `.keras`), `h5`,
            `weights` (`.weights.h5`), `shards` (`.weights.json`), `savedmodel`, `npz`; empty
            where the content is none of these.
        content: What the first bytes say: `zip`, `hdf5`, `empty`, `git-lfs`, `html`, `text`,
            `json`, `torch`, `pickle`, `gzip`, `npy`, `tflite`, `directory`, `missing` or `unknown`.
        size: Bytes; of a folder, all its files together.
        damage: What is wrong with its structure, in words; empty where nothing is.
        changed: Members whose digest is not the one that the receipt recorded.
        receipt: The receipt that Saveguard stored in it, as JSON, or empty.
        near: Names in the same folder that look like the missing one.
        members: The files in it.
        documents: Its parsed JSON documents by name: `config.json`, `metadata.json`,
            `@model_config` and `@training_config` (attributes of an `.h5`), ...
        nodes: Every object that its configuration names, in document order.
        arrays: Every array.
        links: What stands for something elsewhere.
        operations: Operations of a SavedModel's graphs.
        versions: Versions claimed inside, by name: `keras`, `tensorflow`, `backend`. Claims
            are for advice; they never suppress a finding.
        unread: What was not read. Not read is never clean.
        keras: The Keras release that is to load it, `3.15.1`; empty where none was asked for.
    """

    path: str
    layout: str = ""
    content: str = ""
    size: int = 0
    damage: str = ""
    changed: tuple[str, ...] = ()
    receipt: str = ""
    near: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    documents: Mapping[str, Any] = msgspec.field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    arrays: tuple[StoredArray, ...] = ()
    links: tuple[Link, ...] = ()
    operations: tuple[Operation, ...] = ()
    versions: Mapping[str, str] = msgspec.field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    keras: str = ""
