"""A window over a part of a file, which h5py reads or writes as if it were a file of its own."""

from __future__ import annotations

import io
import os
import struct
import zipfile

from . import shards

WEIGHTS = "model.weights.h5"


class Window(io.RawIOBase):
    """The bytes of `file` from `start` on, `size` of them (None: to wherever writing goes)."""

    def __init__(self, file, start, size=None):
        super().__init__()
        self.file = file
        self.start = start
        self.size = size
        self.position = 0
        self.end = size or 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def writable(self):
        return self.size is None

    def seek(self, offset, whence=0):
        base = (0, self.position, self.end)[whence]
        self.position = base + offset
        return self.position

    def tell(self):
        return self.position

    def readinto(self, buffer):
        self.file.seek(self.start + self.position)
        view = memoryview(buffer).cast("B")
        wanted = max(0, min(len(view), self.end - self.position))
        got = self.file.readinto(view[:wanted])
        self.position += got
        return got

    def write(self, data):
        view = memoryview(data).cast("B")
        self.file.seek(self.start + self.position)
        written = 0
        while written < len(view):
            written += self.file.write(view[written:])
        self.position += written
        self.end = max(self.end, self.position)
        return written

    def truncate(self, size=None):
        size = self.position if size is None else size
        self.file.truncate(self.start + size)
        self.end = size
        return size


def file_of(path):
    """The file that holds an archive's weights: the archive itself, or one in its folder."""
    return os.path.join(path, WEIGHTS) if os.path.isdir(path) else path


def files_of(path):
    """The files that hold an archive's weights: one, or the shards that a map names."""
    if not path.endswith(shards.ENDING):
        return [file_of(path)]
    with open(path, "rb") as file:
        names = sorted(shards.named_in(file.read()))
    return [os.path.join(os.path.dirname(path), name) for name in names]


def weights_of(path, file):
    """A file object for the HDF5 weights of an archive: the file itself, or the zip's member.

    A stored member is read in place, through a window; a compressed one is unpacked in memory.
    """
    with zipfile.ZipFile(path) if zipfile.is_zipfile(path) else _Nothing() as archive:
        if archive is None:
            return file
        entry = archive.getinfo(WEIGHTS)
        if entry.compress_type != zipfile.ZIP_STORED:
            return io.BytesIO(archive.read(entry))
    file.seek(entry.header_offset + 26)
    name, extra = struct.unpack("<HH", file.read(4))
    return Window(file, entry.header_offset + 30 + name + extra, entry.file_size)


class _Nothing:
    def __enter__(self):
        return None

    def __exit__(self, *details):
        return None
