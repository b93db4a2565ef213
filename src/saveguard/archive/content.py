"""What a file is, by its bytes alone."""

from __future__ import annotations

from saveguard.archive.hdf5.superblock import SIGNATURE, superblock
from saveguard.archive.source import Source
from saveguard.archive.zip import END, LOCAL, has_end

_HEAD = 512
POINTER = b"version https://git-lfs"
# How files of other tools begin that are found under a model's name.
_OTHERS = (
    *((bytes((0x80, protocol)), "pickle") for protocol in range(2, 6)),
    (b"\x1f\x8b", "gzip"),
    (b"\x93NUMPY", "npy"),
)
_TFLITE = slice(4, 8), b"TFL3"


def is_pointer(head: bytes) -> bool:
    """Whether a file begins as a Git LFS pointer does."""
    return head.startswith(POINTER)


def content_of(source: Source) -> str:
    """What a file is by its bytes; see `ArchiveFacts.content`."""
    head = source.upto(0, _HEAD)
    if not head:
        return "empty"
    if head.startswith((LOCAL, END)):
        return "zip"
    if head.startswith(SIGNATURE):
        return "hdf5"
    if is_pointer(head):
        return "git-lfs"
    start = head.lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "html"
    # Both formats allow bytes of something else before them.
    if has_end(source):
        return "zip"
    if superblock(source) >= 0:
        return "hdf5"
    other = next((kind for mark, kind in _OTHERS if head.startswith(mark)), "")
    if other or head[_TFLITE[0]] == _TFLITE[1]:
        return other or "tflite"
    text = all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head)
    if start.startswith(b"{") and text:
        return "json"
    return "text" if text else "unknown"
