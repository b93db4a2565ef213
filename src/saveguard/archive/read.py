"""Read a saved model in any layout; nothing of it is executed, no framework is needed."""

from __future__ import annotations

import functools
import os
import stat
from typing import TYPE_CHECKING, Any

import msgspec

from saveguard.archive import keras
from saveguard.archive.budget import BUDGET, UNREADABLE, Budget, Meter
from saveguard.archive.content import content_of
from saveguard.archive.draft import Draft, parse
from saveguard.archive.source import Source
from saveguard.facts import ArchiveFacts

if TYPE_CHECKING:
    from saveguard.archive.folder import Open

CONFIG, METADATA, WEIGHTS = keras.CONFIG, keras.METADATA, keras.WEIGHTS


def read(
    path: str | os.PathLike[str],
    *,
    digests: bool = True,
    arrays: bool = True,
    budget: Budget = BUDGET,
) -> ArchiveFacts:
    """The facts of the saved model at `path`, whatever its name says.

    Args:
        digests: Also read every byte and hold it against the checksums inside the file and the
            digests in its receipt. Without it, only what is small is.
        arrays: Also read what arrays there are; without it, only the configuration is read.
        budget: What the readers may spend.

    Raises:
        OSError: If it cannot be opened, other than because it does not exist.
    """
    name = os.fspath(path)
    meter = Meter(budget)
    if os.path.isdir(name):
        return _folder(Draft(name, "directory", 0, meter), arrays, digests)
    try:
        # A pipe would make `open` wait for whoever writes into it.
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return ArchiveFacts(path=name, content="missing", near=_near(name))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return ArchiveFacts(path=name, content="unknown")
        return read_source(Source.of(descriptor, name), digests=digests, arrays=arrays, meter=meter)
    finally:
        os.close(descriptor)


def read_source(
    source: Source,
    *,
    digests: bool = True,
    arrays: bool = True,
    meter: Meter | None = None,
    beside: Open | None = None,
) -> ArchiveFacts:
    """The facts of the saved model in a file that is open, as `read` gives them.

    Args:
        beside: Opens a shard, a file of the same folder; without it, by the source's path.
    """
    draft = Draft(source.path, content_of(source), source.size, meter or Meter())
    if draft.content == "zip":
        keras.read_zip(draft, source, arrays=arrays, digests=digests)
    elif draft.content == "hdf5":
        from saveguard.archive import h5

        h5.read(draft, source, arrays=arrays)
        _hold_against_receipt(draft, digests and arrays)
    elif draft.content == "json":
        _json(draft, source, beside, arrays, digests)
    return draft.facts()


def _folder(draft: Draft, arrays: bool, digests: bool) -> ArchiveFacts:
    # What reads folders takes time to import.
    from saveguard.archive import folder, savedmodel

    if savedmodel.is_one(draft.path):
        folder.Folder(draft)
        return msgspec.structs.replace(
            draft.facts(), **savedmodel.read(draft.path, draft.meter.budget)
        )
    if os.path.lexists(os.path.join(draft.path, keras.CONFIG)):
        folder.read(draft, arrays=arrays, digests=digests)
    return draft.facts()


def _json(draft: Draft, source: Source, beside: Open | None, arrays: bool, digests: bool) -> None:
    """Weights in shards have a map in JSON; a configuration alone is no model."""
    from saveguard.archive import folder

    try:
        document = parse(source.upto(0, draft.meter.budget.document + 1), draft.meter)
    except UNREADABLE as error:
        draft.leave(draft.path, error)
        return
    except ValueError:
        draft.content = "text"
        return
    if isinstance(document, dict) and isinstance(document.get("weight_map"), dict):
        draft.documents["weights.json"] = document
        beside = beside or functools.partial(folder.opened, os.path.dirname(draft.path))
        folder.read_shards(draft, document, beside, arrays=arrays, digests=digests)
    elif isinstance(document, dict) and "class_name" in document:
        draft.document("config.json", source.read(0, source.size), "model")


def _hold_against_receipt(draft: Draft, digests: bool) -> None:
    """Compare every array and attribute with the digests in the receipt.

    By h5py, as only `load` and `verify` ask for it, which open the file by h5py as well.
    """
    if not (draft.receipt and digests) or draft.damage:
        return
    from saveguard.archive.checksums import recorded

    known = recorded(draft.receipt)
    if not known:
        return
    import h5py

    try:
        with h5py.File(draft.path, "r") as file:
            found = hdf5_digests(file)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        draft.damaged(f"{type(error).__name__}: {error}".splitlines()[0])
        return
    draft.changed = tuple(sorted(key for key in known if known[key] != found.get(key)))


def hdf5_digests(file: Any) -> dict[str, str]:
    """`crc32:...` of every array and every attribute of an open HDF5 file, by path.

    Saveguard's own group is left out, as the receipt lies there.
    """
    import numpy as np

    from saveguard.child import arrays

    found = {f"@{key}": arrays.digest(np.asarray(value)) for key, value in file.attrs.items()}

    def visit(path: str, item: Any) -> None:
        if path.split("/")[0] == arrays.GROUP:
            return
        for key, value in item.attrs.items():
            found[f"{path}@{key}"] = arrays.digest(np.asarray(value))
        if hasattr(item, "dtype"):
            found[path] = arrays.digest(item[()])

    file.visititems(visit)
    return {path: f"crc32:{digest}" for path, digest in found.items()}


def _near(name: str) -> tuple[str, ...]:
    import difflib  # slow to import

    directory, base = os.path.split(name)
    try:
        names = [entry.name for entry in os.scandir(directory or ".")]
    except OSError:
        return ()
    return tuple(difflib.get_close_matches(base, names, n=3))
