"""Which module reads a file: by the end of its name, and else by how it begins."""

from __future__ import annotations

import re

from saveguard.data.sources import opening, records

# The module of `data.sources` for each ending; `.gz`, `.bz2` and `.xz` may follow some.
FORMATS = {
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".csv": "csv",
    ".feather": "arrow",
    ".h5": "hdf5",
    ".hdf": "hdf5",
    ".hdf5": "hdf5",
    ".ipc": "arrow",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".npy": "npy",
    ".npz": "npz",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".tfrec": "tfrecord",
    ".tfrecord": "tfrecord",
    ".tfrecords": "tfrecord",
    ".tsv": "csv",
} | dict.fromkeys(
    (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"), "images"
)

_PACKED = re.compile(r"\.(gz|bz2|xz)$")
# `train.tfrecord-00000-of-00010`
_SHARD = re.compile(r"[-_.]\d+[-_.]of[-_.]\d+$")
_BEGINS = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"FEA1", "arrow"),
    (b"\x93NUMPY", "npy"),
    (b"\x89HDF", "hdf5"),
    (b"\x89PNG", "images"),
    (b"\xff\xd8\xff", "images"),
    (b"GIF8", "images"),
    (b"{", "jsonl"),
)


def format_of(path: str) -> str:
    """The format of a file by its name; empty where the name does not say."""
    name = _SHARD.sub("", _PACKED.sub("", path.lower()))
    return FORMATS.get(name[name.rfind(".") :], "") if "." in name else ""


def format_by_content(path: str) -> str:
    """The format of a file by its first bytes; empty where they are of none that is read."""
    begins = opening.beginning(path, 16)
    for magic, found in _BEGINS:
        if begins.startswith(magic):
            return found
    if begins.lstrip().startswith(b"[") and path.lower().endswith(".json"):
        return "jsonl"
    return "tfrecord" if records.looks_so(begins) else ""
