"""`saveguard.save`: a model into a file that is proven to come back."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack, overload

from saveguard.persist import background as behind
from saveguard.persist import preprocessing as preparations
from saveguard.persist import proof, sharding
from saveguard.persist.background import Done, Saving
from saveguard.persist.behind import begun
from saveguard.persist.model_type import require_model
from saveguard.persist.snapshot import Memory
from saveguard.persist.staging import Staging
from saveguard.persist.steps import Save, Written
from saveguard.persist.target import layout_of
from saveguard.receipt import Receipt


class Options(TypedDict, total=False):
    """What `save` takes beside; see there."""

    prove: bool
    keep_previous: bool
    tolerance: float | None
    limit: float
    accept: Collection[str]
    preprocessing: Any
    raw: Iterable[Any] | None
    max_shard_size: float | None


class Begun(Options, total=False):
    """What `begin` and `start` take beside. `training`: where it stands, for the receipt."""

    training: dict[str, Any] | None


@overload
def save(
    model: Any,
    path: str | os.PathLike[str],
    example: Any = None,
    *,
    background: Literal[False] = False,
    **options: Unpack[Options],
) -> Receipt: ...
@overload
def save(
    model: Any,
    path: str | os.PathLike[str],
    example: Any = None,
    *,
    background: Literal[True],
    **options: Unpack[Options],
) -> Saving: ...
def save(
    model: Any,
    path: str | os.PathLike[str],
    example: Any = None,
    *,
    prove: bool = True,
    keep_previous: bool = False,
    tolerance: float | None = None,
    limit: float = proof.LIMIT,
    accept: Collection[str] = (),
    preprocessing: Any = None,
    raw: Iterable[Any] | None = None,
    background: bool = False,
    max_shard_size: float | None = None,
) -> Receipt | Saving:
    """Save a Keras model so that it is proven to come back, and so that nothing is ever lost.

    The file is written beside `path`, flushed to disk, and reloaded by a fresh process, which
    compares what came back with the model. Only then does it take the name `path`; until then
    the previous file stays. For an address, all that is done on this machine; then the file is
    uploaded, appears there whole or not at all, and is read back.

    Args:
        model: A Keras 3 model: Sequential, Functional or subclassed, compiled or not.
        path: Where to: `.keras`, `.weights.h5`, `.weights.json` or `.h5`; an address too,
            `s3://bucket/m.keras`.
        example: Inputs that the model takes: arrays, nested arrays, `(x, y)`,
            `(x, y, sample_weight)`, or a tf.data data set, PyDataset or DataLoader, whose first
            batch is taken. Its first rows are recorded in the file with the model's outputs for
            them. None: an example is made from the model's input shapes, and the receipt says so.
        prove: False leaves out the fresh process.
        keep_previous: Keep the file that is replaced, as `NAME.prev`.
        tolerance: Relative tolerance of the outputs; None for the dtype's own (float32: 1e-5).
        limit: Seconds that the proof may take.
        accept: Codes of findings that shall not stand against the proof: `["SG406"]`.
        preprocessing: What makes the model's inputs: a function of one raw example, or a Keras
            layer or model. Its import path, a digest of its source and of what it calls, and
            what it gives for `raw` go into the file; `verify` and `load` hold it to them.
        raw: A few raw examples for it, text, numbers, arrays or images. Without `example`, what
            they become is the example.
        background: Return as soon as the model's variables are copied and its configuration is
            read; the rest goes on in a thread (see docs/background.md).
        max_shard_size: GB (of 1,024 ** 3 bytes, as Keras has them) of weights that each of the
            files beside a `.weights.json` holds at most; None: 5.

    Returns:
        What was written and proven, with every finding; with `background` what gives it, by
        `.result()`, and raises there what stands below.

    Raises:
        SaveguardError: If the file is not proven: `path` keeps what it held, and the new file is
            put beside it as `NAME.unproven.keras` (of an address, kept on this machine; so it is
            where the store does not take it, SG742). If the target, the model or the example
            cannot be used: nothing is touched.
        Exception: If Keras cannot save the model, its own exception, with the diagnosis as a
            note; what can be saved is in `NAME.rescue.h5` (see `saveguard.restore`).
    """
    options: Options = {
        "prove": prove,
        "keep_previous": keep_previous,
        "tolerance": tolerance,
        "limit": limit,
        "accept": accept,
        "preprocessing": preprocessing,
        "raw": raw,
        "max_shard_size": max_shard_size,
    }
    if background:
        return start(model, path, example, **options)
    behind.settle(path)  # an older save must not come after this one
    return begin(model, path, example, **options).finish()


def start(
    model: Any,
    path: str | os.PathLike[str],
    example: Any = None,
    *,
    memory: Memory | None = None,
    done: Done | None = None,
    **options: Unpack[Begun],
) -> Saving:
    """`save` in the background.

    Args:
        memory: Where the variables are copied to, if that memory is used again and again.
        done: Called when the save has ended, well or not, in its thread.

    Raises:
        SaveguardError: If the target, the model or the example cannot be used.
        Exception: If the configuration cannot be made. What happens later, `result` raises.
    """
    save, example, tolerance = _made(model, path, example, **options)
    return begun(save, example, tolerance, _finish, memory=memory, done=done)


def _finish(save: Save, staging: Staging, written: Written) -> Receipt:
    return Pending(save, staging, written).finish()


def begin(
    model: Any,
    path: str | os.PathLike[str],
    example: Any = None,
    **options: Unpack[Begun],
) -> Pending:
    """The first half of `save`: all that reads the model. The file lies beside `path`, unproven.

    Raises:
        SaveguardError: As `save`, but for what the proof may find.
        Exception: As `save`.
    """
    save, example, tolerance = _made(model, path, example, **options)
    return Pending(save, *save.begin(example, tolerance))


def _made(
    model: Any,
    path: str | os.PathLike[str],
    example: Any,
    *,
    prove: bool = True,
    keep_previous: bool = False,
    tolerance: float | None = None,
    limit: float = proof.LIMIT,
    accept: Collection[str] = (),
    training: dict[str, Any] | None = None,
    preprocessing: Any = None,
    raw: Iterable[Any] | None = None,
    max_shard_size: float | None = None,
) -> tuple[Save, Any, float | None]:
    """The save; its example, which `preprocessing` may make; and its tolerance."""
    require_model(model)
    save = Save(model, path, layout_of(path), prove, keep_previous, limit, set(accept), training)
    if save.layout == "shards" or max_shard_size is not None:
        save.shard_bytes = sharding.bytes_of(max_shard_size, save.path, model)
    if preprocessing is not None:
        prepared = save.prepared = preparations.record(preprocessing, raw)
        save.findings += prepared.findings
        save.left += prepared.left
        example = prepared.example() if example is None else example
    return save, example, tolerance


class Pending:
    """A file that is written, and neither proven nor in its place: the second half of `save`.

    `finish` does not touch the model, unless the file lacks what the rescue then holds; it may
    be called in another thread. Whoever does not call it must `abandon`.
    """

    def __init__(self, save: Save, staging: Staging, written: Written) -> None:
        self.path = save.path
        self._save = save
        self._staging = staging
        self._written = written

    def finish(self) -> Receipt:
        """Prove the file and give it its name.

        Raises:
            SaveguardError: If it is not proven (see `save`).
            OSError: As the operating system says; `path` keeps what it held.
        """
        with self._save.explained(self._written.facts, self._written.receipt.contract):
            try:
                return self._save.finish(self._staging, self._written)
            finally:
                self._staging.close()

    def put_aside(self) -> Path:
        """Keep the written file as `NAME.unproven.keras`; `path` keeps what it held."""
        try:
            return self._staging.put_aside("unproven")
        finally:
            self._staging.close()

    def abandon(self) -> None:
        """Remove the written file; `path` keeps what it held."""
        self._staging.close()
