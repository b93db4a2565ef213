r"""Keras's stores of arrays and assets on an archive, wherever it was written.

Keras 2.12 to 2.15 joined the places of weights as paths: on Windows a group is called
`layers\dense`, which the loader finds on no other system.
"""

from __future__ import annotations

import contextlib
import io
import os
import zipfile
from collections.abc import Iterator
from typing import Any

import h5py

from saveguard.child.window import file_of, weights_of

Tree = dict[str, Any]
_EARLY = "_layer_checkpoint_dependencies"


@contextlib.contextmanager
def stores(path: str) -> Iterator[tuple[Any, Any]]:
    """Keras's stores of the arrays and of the assets in an archive, a zip or a folder."""
    from keras.src.saving import saving_lib

    with contextlib.ExitStack() as stack:
        file = stack.enter_context(open(file_of(path), "rb", buffering=0))
        arrays = _reading(saving_lib.H5IOStore, weights_of(path, file))
        stack.callback(arrays.close)
        assets = None
        if os.path.isdir(os.path.join(path, "assets")):
            assets = saving_lib.DiskIOStore(os.path.join(path, "assets"), mode="r")
        elif zipfile.is_zipfile(path):
            archive = stack.enter_context(zipfile.ZipFile(path))
            if any(name.startswith("assets/") for name in archive.namelist()):
                assets = saving_lib.DiskIOStore("assets", archive=archive, mode="r")
                stack.callback(assets.close)
        yield arrays, assets


def below(tree: Tree, place: str) -> Tree:
    """The groups and arrays at a place; nothing where it is not there."""
    for part in place.split("/"):
        tree = tree.get(part, {})
    return tree


def _reading(base: Any, window: Any) -> Any:
    """Keras's store of arrays on a window of the archive, so that nothing is unpacked."""

    class WindowStore(base):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(io.BytesIO(), mode="r")
            self.tree, self.names = _contents(self.h5_file)

        def _get_h5_file(self, path_or_io: Any, mode: str | None = None) -> h5py.File:
            return h5py.File(window, "r")

        def get(self, path: str) -> Any:
            return super().get(self.names.get(path, path))

        def has_path(self, path: str) -> bool:
            return bool(super().has_path(self.names.get(path, path)))

    return WindowStore()


def _contents(file: h5py.File) -> tuple[Tree, dict[str, str]]:
    """All arrays, nested by their places, and the name of each group that Windows wrote."""
    tree: Tree = {}
    names: dict[str, str] = {}

    def seen(name: str, item: Any) -> None:
        place = name.replace("\\", "/").replace(_EARLY, "layers")
        if not isinstance(item, h5py.Dataset):
            names.update({place: name} if "\\" in name else {})
            return
        *parts, last = place.split("/")
        inner = tree
        for part in parts:
            inner = inner.setdefault(part, {})
        inner[last] = item

    file.visititems(seen)
    return tree, names
