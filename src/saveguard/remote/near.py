"""What lies at an address, on this machine for as long as it is read."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import msgspec

from saveguard.child import shards
from saveguard.errors import SaveguardError, attach, report_of
from saveguard.finding import Report
from saveguard.remote.address import is_remote, name_of, system
from saveguard.rules import registry


@contextlib.contextmanager
def near(path: str | os.PathLike[str]) -> Iterator[str]:
    """The file itself, or a copy of what lies at an address; it is gone when the block ends.

    What the block raises of the copy is said of the address.

    Raises:
        SaveguardError: SG104, if nothing is at the address; SG742, if the store is not reached;
            SG741, if its library is not there.
    """
    name = os.fspath(path)
    if not is_remote(name):
        yield name
        return
    with tempfile.TemporaryDirectory(prefix="saveguard-near-") as folder:
        copy = _fetched(name, folder)
        try:
            yield copy
        except SaveguardError as error:
            raise SaveguardError(said_of(error.report, copy, name)) from error.__cause__
        except Exception as error:
            _say_of(error, copy, name)
            raise


def said_of(found: Any, copy: str, address: str) -> Any:
    """A report, or another struct, in which the copy's path is the address."""
    if copy == address:
        return found
    told = msgspec.json.encode(found).decode()
    return msgspec.json.decode(
        told.replace(json.dumps(copy)[1:-1], json.dumps(address)[1:-1]), type=type(found)
    )


def _say_of(error: Exception, copy: str, address: str) -> None:
    report = report_of(error)
    if isinstance(report, Report):
        error.__notes__ = [note for note in error.__notes__ if note != f"\n{report}"]
        attach(error, said_of(report, copy, address))


def _fetched(address: str, folder: str) -> str:
    try:
        files, inside = system(address)
        copy = os.path.join(folder, name_of(inside))
        files.invalidate_cache()
        if files.isdir(inside):
            files.get(inside, copy, recursive=True)
        else:
            _fetch(files, inside, copy)
            for shard in _shards(copy):
                with contextlib.suppress(FileNotFoundError):
                    _fetch(files, f"{files._parent(inside)}/{shard}", f"{folder}/{shard}")
    except FileNotFoundError as error:
        finding = registry.module("SG104").absent(address)
        raise SaveguardError(Report(subject=address, findings=(finding,))) from error
    except SaveguardError:
        raise
    except Exception as error:
        finding = registry.module("SG742").unreached(address, error)
        raise SaveguardError(Report(subject=address, findings=(finding,))) from error
    return copy


def _fetch(files: Any, inside: str, copy: str) -> None:
    with files.open(inside, "rb") as source, open(copy, "wb") as target:
        shutil.copyfileobj(source, target, 1 << 22)


def _shards(copy: str) -> list[str]:
    """The files over which `.weights.json` spreads the weights; those beside it alone."""
    if not copy.endswith(shards.ENDING):
        return []
    with open(copy, "rb") as file:
        return sorted(shards.named_in(file.read()) | {shards.first_of(os.path.basename(copy))})
