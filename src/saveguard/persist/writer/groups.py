"""Groups and datasets of an HDF5 file to be, with as much of h5py's interface as Keras uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from saveguard.facts import VariableFacts


class NotWritable(Exception):
    """What this writer does not write, and h5py does."""


class Dataset:
    """Values that are in the file, or whose shape is known until they come.

    Attributes:
        attrs: Its attributes, to be set before the file is closed.
        measured: What gives the measures of the values; None of texts.
        texts: The numbers of its texts, which go into the file last.
    """

    def __init__(self, fill: Fill, shape: tuple[int, ...], dtype: Any = None) -> None:
        self.attrs: dict[str, Any] = {}
        self.shape = shape
        self.kind: bytes | None = None
        self.address = self.size = 0
        self.measured: Callable[[], VariableFacts] | None = None
        self.texts: list[int] | None = None
        self._fill, self._dtype = fill, dtype

    def __setitem__(self, where: Any, values: Any) -> None:
        """Write the values, all of them.

        Raises:
            NotWritable: If they are a part, come a second time, or are of another shape.
        """
        array = np.asarray(values, self._dtype)
        whole = where == () if isinstance(where, tuple) else where == slice(None)
        if not whole or self.kind is not None or array.shape != self.shape:
            raise NotWritable("a part of an array, or one that is there already")
        self._fill(self, array, None)


class Group:
    """Named groups and datasets.

    Args:
        fill: Writes the values of a dataset.

    Attributes:
        attrs: Its attributes.
    """

    def __init__(self, fill: Fill) -> None:
        self.attrs: dict[str, Any] = {}
        self._fill = fill
        self._held: dict[str, Group | Dataset] = {}

    def create_group(self, path: str) -> Group:
        """A new group, and those on the way to it.

        Raises:
            ValueError: If there is something of that name.
        """
        parent, name = self._parent(path)
        if name in parent._held:
            raise ValueError(f"Unable to create group (name already exists): {path!r}")
        group = parent._held[name] = Group(self._fill)
        return group

    def require_group(self, path: str) -> Group:
        """The group of that name, made where there is none."""
        parent, name = self._parent(path)
        group = parent._held.setdefault(name, Group(self._fill))
        if not isinstance(group, Group):
            raise TypeError(f"{path!r} is a dataset")
        return group

    def create_dataset(
        self, name: str | bytes, shape: Any = None, dtype: Any = None, data: Any = None
    ) -> Dataset:
        """Write values, or make room for some of a shape; `dtype` may say that they are texts.

        Raises:
            ValueError: If there is something of that name.
            NotWritable: If they are of a kind that h5py had better write.
        """
        parent, last = self._parent(name)
        if last in parent._held:
            raise ValueError(f"Unable to create dataset (name already exists): {name!r}")
        if data is None:
            dataset = Dataset(self._fill, tuple(shape), dtype)
        else:
            array = np.asarray(data)
            dataset = Dataset(self._fill, array.shape)
            self._fill(dataset, array, dtype)
        parent._held[last] = dataset
        return dataset

    def __setitem__(self, name: str, data: Any) -> None:
        self.create_dataset(name, data=data)

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

    def walk(self, path: str = "") -> Iterator[tuple[str, Group | Dataset]]:
        """All that is in the group, and in groups within, by path."""
        for name in self:
            held, place = self._held[name], f"{path}{name}"
            yield place, held
            if isinstance(held, Group):
                yield from held.walk(f"{place}/")

    def _parent(self, path: str | bytes) -> tuple[Group, str]:
        path = path.decode() if isinstance(path, bytes) else path
        *way, name = path.strip("/").split("/")
        if {"", "."} & {*way, name}:
            raise NotWritable(f"{path!r}, which HDF5 has another name for")
        group = self
        for part in way:
            group = group.require_group(part)
        return group, name


# Of a dataset, its values, and h5py's word for texts.
Fill = Callable[[Dataset, np.ndarray[Any, Any], Any], None]
