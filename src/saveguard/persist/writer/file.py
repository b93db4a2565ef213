"""An HDF5 file that is written from front to back, with as much of h5py's interface as Keras uses.

Values go into the file as they come; the groups, kept in memory, follow when the file is closed.
libhdf5 takes some tenths of a millisecond for each object of a file; this takes some hundredths.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from saveguard.facts import VariableFacts
from saveguard.persist.writer import messages, names
from saveguard.persist.writer.stream import Measure, Stream

SUPERBLOCK = 96


class NotWritable(Exception):
    """What this writer does not write, and h5py does."""


class Dataset:
    """Values that are in the file.

    Attributes:
        attrs: Its attributes, to be set before the file is closed.
        measured: What gives the measures of the values.
        texts: The numbers of its texts, which go into the file last.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        kind: bytes,
        address: int = 0,
        size: int = 0,
        measured: Callable[[], VariableFacts] | None = None,
        texts: list[int] | None = None,
    ) -> None:
        self.attrs: dict[str, Any] = {}
        self.shape = shape
        self.kind = kind
        self.address = address
        self.size = size
        self.measured = measured
        self.texts = texts


class Group:
    """Named groups and datasets.

    Attributes:
        attrs: Its attributes.
    """

    def __init__(self, file: File | None) -> None:
        self.attrs: dict[str, Any] = {}
        self._file = file
        self._held: dict[str, Group | Dataset] = {}

    @property
    def file(self) -> File:
        """The file that this group is in."""
        assert self._file is not None
        return self._file

    def create_group(self, path: str) -> Group:
        """A new group, and those on the way to it.

        Raises:
            ValueError: If there is something of that name.
        """
        parent, name = self._parent(path)
        if name in parent._held:
            raise ValueError(f"Unable to create group (name already exists): {path!r}")
        group = parent._held[name] = Group(self.file)
        return group

    def require_group(self, path: str) -> Group:
        """The group of that name, made where there is none."""
        parent, name = self._parent(path)
        group = parent._held.setdefault(name, Group(self.file))
        if not isinstance(group, Group):
            raise TypeError(f"{path!r} is a dataset")
        return group

    def create_dataset(self, name: str, data: Any, dtype: Any = None) -> Dataset:
        """Write values; `dtype` may say that they are texts.

        Raises:
            ValueError: If there is something of that name.
            NotWritable: If they are of a kind that h5py had better write.
        """
        parent, last = self._parent(name)
        if last in parent._held:
            raise ValueError(f"Unable to create dataset (name already exists): {name!r}")
        dataset = parent._held[last] = self.file.values(np.asarray(data), dtype)
        return dataset

    def __setitem__(self, name: str, data: Any) -> None:
        self.create_dataset(name, data)

    def __getitem__(self, path: str) -> Group | Dataset:
        held: Group | Dataset = self
        for part in path.strip("/").split("/"):
            if not isinstance(held, Group):
                raise KeyError(path)
            held = held._held[part]
        return held

    def __delitem__(self, path: str) -> None:
        parent, name = self._parent(path)
        del parent._held[name]

    def __contains__(self, path: str) -> bool:
        try:
            self[path]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._held)

    def keys(self) -> list[str]:
        """The names, in the order in which HDF5 keeps them."""
        return sorted(self._held, key=str.encode)

    def _parent(self, path: str) -> tuple[Group, str]:
        *way, name = path.strip("/").split("/")
        group = self
        for part in way:
            group = group.require_group(part)
        return group, name


class File(Group):
    """A new HDF5 file, from `start` of an open file on.

    Args:
        measure: Called with each array that is written, in another thread.
    """

    def __init__(self, descriptor: int, start: int, measure: Measure) -> None:
        super().__init__(None)
        self._stream = Stream(descriptor, start, SUPERBLOCK)
        self._measure = measure
        self._texts = names.Texts()

    @property
    def file(self) -> File:
        """This file."""
        return self

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        return self._stream.end

    def __bool__(self) -> bool:
        return True

    def values(self, array: np.ndarray[Any, Any], dtype: Any = None) -> Dataset:
        """Write an array; see `Group.create_dataset`."""
        if array.dtype.kind in "OUS" or dtype is not None:
            return self._text_values(array)
        try:
            kind = messages.datatype(array.dtype)
        except TypeError as error:
            raise NotWritable(str(error)) from None
        shape = array.shape
        address, measured = self._stream.append_array(
            np.ascontiguousarray(array).reshape(shape), self._measure
        )
        return Dataset(shape, kind, address, array.nbytes, measured)

    def _text_values(self, array: np.ndarray[Any, Any]) -> Dataset:
        if not all(isinstance(item, (str, bytes)) for item in array.flat):
            raise NotWritable(f"values of {array.dtype} that are not texts")
        numbers = [self._texts.add(item) for item in array.flat]
        return Dataset(array.shape, messages.text(), texts=numbers)

    def seal(self) -> int:
        """Write what names the values; returns the CRC-32 of the file.

        Raises:
            OSError: As the operating system says.
        """
        attributes = _attributes_with_numbers(self, self._texts)
        self._texts.write(self._stream)
        header, (tree, heap) = self._write_group(self, attributes)
        end = self._stream.end
        versions = struct.pack("<8B", 0, 0, 0, 0, 0, 8, 8, 0)
        sizes = struct.pack("<HHI", names.LEAF, names.INTERNAL, 0)
        places = struct.pack("<QQQQ", 0, messages.UNDEFINED, end, messages.UNDEFINED)
        root = names.entry(0, header, (tree, heap))
        return self._stream.seal(b"\x89HDF\r\n\x1a\n" + versions + sizes + places + root)

    def close(self) -> None:
        """Let go of the second thread."""
        self._stream.close()

    def _write_group(
        self, group: Group, numbers: dict[tuple[int, str], int]
    ) -> tuple[int, tuple[int, int]]:
        named: list[tuple[str, int, tuple[int, int] | None]] = []
        for name in group:
            held = group._held[name]
            if isinstance(held, Group):
                address, tables = self._write_group(held, numbers)
                named.append((name, address, tables))
            else:
                named.append((name, self._write_dataset(held, numbers), None))
        own = names.write(self._stream, named)
        found = [messages.symbol_table(*own), *self._attributes(group, numbers)]
        return self._stream.append(messages.header(found)), own

    def _write_dataset(self, dataset: Dataset, numbers: dict[tuple[int, str], int]) -> int:
        address, size = dataset.address, dataset.size
        if dataset.texts is not None:
            content = b"".join(map(self._texts.place, dataset.texts))
            address, size = self._stream.append(content), len(content)
        found = messages.dataset(dataset.shape, dataset.kind, address, size)
        return self._stream.append(messages.header([*found, *self._attributes(dataset, numbers)]))

    def _attributes(
        self, held: Group | Dataset, numbers: dict[tuple[int, str], int]
    ) -> Iterator[bytes]:
        for name, value in held.attrs.items():
            if isinstance(value, str):
                place = self._texts.place(numbers[id(held), name])
                yield messages.attribute(name, (), messages.text(), place)
            else:
                array = np.asarray(value)
                kind = messages.datatype(array.dtype)
                yield messages.attribute(name, array.shape, kind, array.tobytes())


def _attributes_with_numbers(root: Group, texts: names.Texts) -> dict[tuple[int, str], int]:
    """Give every attribute that is a text to `texts`; returns the numbers."""
    numbers: dict[tuple[int, str], int] = {}
    waiting: list[Group | Dataset] = [root]
    while waiting:
        held = waiting.pop()
        for name, value in held.attrs.items():
            if isinstance(value, str):
                numbers[id(held), name] = texts.add(value)
        if isinstance(held, Group):
            waiting.extend(held._held.values())
    return numbers
