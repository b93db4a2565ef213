"""An HDF5 file that is written from front to back, with as much of h5py's interface as Keras uses.

Values go into the file as they come; the groups, kept in memory, follow when the file is closed.
libhdf5 takes some tenths of a millisecond for each object of a file; this takes some hundredths.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.child import arrays
from saveguard.persist.writer import attributes, messages, names
from saveguard.persist.writer.groups import Dataset, Group, NotWritable
from saveguard.persist.writer.stream import LARGE, Measure, Stream

SUPERBLOCK = 96


class File(Group):
    """A new HDF5 file, from `start` of an open file on.

    Args:
        measure: Called with each array that is written, in another thread.
    """

    def __init__(self, descriptor: int, start: int, measure: Measure) -> None:
        super().__init__(self.fill)
        self._stream = Stream(descriptor, start, SUPERBLOCK)
        self._measure = measure
        self._texts = names.Texts()

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        return self._stream.end

    def __bool__(self) -> bool:
        return True

    def fill(self, dataset: Dataset, array: np.ndarray[Any, Any], dtype: Any = None) -> None:
        """Write the values of a dataset; see `Group.create_dataset`."""
        if array.dtype.kind in "OU" or dtype is not None:
            if not all(isinstance(item, (str, bytes)) for item in array.flat):
                raise NotWritable(f"values of {array.dtype} that are not texts")
            dataset.kind = messages.text()
            dataset.texts = [self._texts.add(item) for item in array.flat]
            return
        if array.dtype.kind == "S" and array.nbytes >= LARGE:
            raise NotWritable("many texts of one length, whose digest is not that of their bytes")
        try:
            dataset.kind = messages.datatype(array.dtype)
        except TypeError as error:
            raise NotWritable(str(error)) from None
        dataset.address, dataset.measured = self._stream.append_array(
            np.ascontiguousarray(array).reshape(array.shape), self._measure
        )
        dataset.size = array.nbytes

    def digests(self) -> dict[str, str]:
        """`crc32:...` of every array and every attribute, by path, but for Saveguard's own.

        They are those that `saveguard.archive.read.hdf5_digests` finds in the file.
        """
        found = {f"@{key}": attributes.digest(value) for key, value in self.attrs.items()}
        for path, held in self.walk():
            if path.split("/")[0] == arrays.GROUP:
                continue
            for key, value in held.attrs.items():
                found[f"{path}@{key}"] = attributes.digest(value)
            if isinstance(held, Dataset):
                found[path] = self._digest(held)
        return {path: f"crc32:{digest}" for path, digest in found.items()}

    def contents(self) -> list[tuple[tuple[int, ...], str]]:
        """Shape and digest of every array."""
        held = (one for _, one in self.walk() if isinstance(one, Dataset))
        return [(one.shape, self._digest(one)) for one in held]

    def _digest(self, dataset: Dataset) -> str:
        if dataset.texts is None:
            assert dataset.measured is not None
            return dataset.measured().digest
        texts = np.array([self._texts.text(one) for one in dataset.texts], dtype=object)
        return str(arrays.digest(texts.reshape(dataset.shape)))

    def seal(self) -> int:
        """Write what names the values; returns the CRC-32 of the file.

        Raises:
            OSError: As the operating system says.
        """
        numbers = _texts_of_attributes(self, self._texts)
        self._texts.write(self._stream)
        header, (tree, heap) = self._write_group(self, numbers)
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
        self, group: Group, numbers: dict[tuple[int, str], list[int]]
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

    def _write_dataset(self, dataset: Dataset, numbers: dict[tuple[int, str], list[int]]) -> int:
        if dataset.kind is None:
            raise NotWritable("a dataset without values")
        address, size = dataset.address, dataset.size
        if dataset.texts is not None:
            content = b"".join(map(self._texts.place, dataset.texts))
            address, size = self._stream.append(content), len(content)
        found = messages.dataset(dataset.shape, dataset.kind, address, size)
        return self._stream.append(messages.header([*found, *self._attributes(dataset, numbers)]))

    def _attributes(
        self, held: Group | Dataset, numbers: dict[tuple[int, str], list[int]]
    ) -> Iterator[bytes]:
        for name, value in held.attrs.items():
            places = [self._texts.place(one) for one in numbers.get((id(held), name), ())]
            try:
                yield attributes.message(name, value, places)
            except (TypeError, ValueError) as error:
                raise NotWritable(str(error)) from None


def _texts_of_attributes(root: Group, texts: names.Texts) -> dict[tuple[int, str], list[int]]:
    """Give the texts of all attributes to `texts`; returns their numbers."""
    numbers: dict[tuple[int, str], list[int]] = {}
    for held in (root, *(one for _, one in root.walk())):
        for name, value in held.attrs.items():
            found = attributes.texts_of(value)
            if found is not None:
                numbers[id(held), name] = [texts.add(one) for one in found.texts]
    return numbers
