"""A `.weights.json` and its shards, which become valid together when the index takes its name."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from saveguard.child import running
from saveguard.child.shards import ENDING, first_of, named_in
from saveguard.diagnosis.diagnose import diagnose
from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.persist.staging import MARK, Staging, flush
from saveguard.persist.writer.shards import DEFAULT, GB


class Shards(Staging):
    """A staging folder for an index and its shards.

    The shards are moved beside the target first, under names that no other save takes; what the
    previous index names stays until the new one is in its place.
    """

    def commit(self, *, keep_previous: bool = False) -> Path | str | None:
        """Give shards and index their names; then remove the shards that nothing names."""
        before = named(self.target)
        first = self.target.with_name(first_of(self.target.name))
        empty = self.path.with_name(first.name)
        if not first.exists():
            os.replace(empty, first)
        for name in sorted(named(self.path)):
            os.replace(self.path.with_name(name), self.target.with_name(name))
        flush(self.target.parent)
        previous = super().commit(keep_previous=keep_previous)
        kept = named(self.target) | named(self.target.with_name(f"{self.target.name}.prev"))
        if empty.exists() and first.name in before - kept:
            os.replace(empty, first)
        _sweep(self.target, kept | {first.name}, before)
        return previous

    def put_aside(self, mark: str) -> Path:
        """Keep index and shards beside the target, in a folder of their own."""
        stem = self.target.name.removesuffix(ENDING)
        aside = self.target.with_name(f"{stem}.{mark}-{self.mark}")
        aside.mkdir()
        for name in [first_of(self.path.name), *sorted(named(self.path)), self.path.name]:
            os.replace(self.path.with_name(name), aside / name)
        flush(aside)
        flush(self.target.parent)
        return aside / self.target.name


def named(index: Path) -> set[str]:
    """The shards beside an index that it names; none where it is not there, or no index."""
    try:
        return set(named_in(index.read_bytes()))
    except OSError:
        return set()


def bytes_of(size: float | None, path: str, model: Any) -> float:
    """Bytes of values that a shard may have, of the GB that the caller asks for.

    Raises:
        SaveguardError: SG704, if the name is not one of shards.
        ValueError: If a variable of the model is larger.
    """
    if size is not None and not path.endswith(ENDING):
        told = f"max_shard_size: the name must end in `{ENDING}`. Received: filepath={path}"
        report = diagnose(ValueError(told), "save", path)
        raise SaveguardError(Report(subject=path) + report)
    most = (DEFAULT if size is None else float(size)) * GB
    for name, variable in running.variables(model) + running.optimizer_variables(model):
        needed = math.prod(variable.shape) * _kind(variable.dtype).itemsize
        if needed > most:
            told = f"max_shard_size={size}: {name} alone takes {needed / GB:.3g} GB"
            raise ValueError(f"{told}; give as much, or more")
    return most


def _kind(dtype: Any) -> Any:
    """NumPy's name for a dtype; those that it has none for are no wider than two bytes."""
    try:
        return np.dtype(str(dtype))
    except TypeError:
        return np.dtype("float16")


def _sweep(target: Path, kept: set[str], before: set[str]) -> None:
    """Remove what the previous index named, and what saves left that were killed."""
    stem = re.escape(target.name.removesuffix(ENDING))
    ours = re.compile(rf"{stem}_(\w{{{MARK}}})_\d{{5}}\.weights\.h5")
    living = {entry.name[-MARK:] for entry in target.parent.glob(f".{target.name}.saveguard-*")}
    for name in os.listdir(target.parent):
        found = ours.fullmatch(name)
        dead = found is not None and found[1] not in living
        if name not in kept and (name in before or dead):
            target.with_name(name).unlink(missing_ok=True)
