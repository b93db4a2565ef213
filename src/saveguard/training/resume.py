"""The way back into a training: from the newest checkpoint that is proven and still loads."""

from __future__ import annotations

import re
import string
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from saveguard.archive.read import read
from saveguard.persist.load import load
from saveguard.persist.verify import stored_receipt
from saveguard.receipt import Receipt
from saveguard.training import index as listing
from saveguard.training.state import Progress, restore


class Resumed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a training goes on.

    Attributes:
        model: With the weights, the optimizer's state and the randomness of the checkpoint.
        path: The checkpoint.
        epoch: Finished epochs, for `model.fit(initial_epoch=...)`.
        batch: Finished batches of the epoch after those.
        step: Steps that the optimizer took.
        logs: The losses and metrics of the checkpoint.
        random: The states of the random generators (see `saveguard.training.state.capture`).
    """

    model: Any
    path: str
    epoch: int
    batch: int
    step: int
    logs: dict[str, float]
    random: dict[str, Any] = {}


def resume(template: str, model: Any = None) -> Resumed | None:
    """Load the newest proven checkpoint of a template, or its predecessor where it is damaged.

    Args:
        template: The file name, with Keras's fields.
        model: A model to set the variables of; None to load the file's own.

    Returns:
        None where no checkpoint of this template is proven.

    Raises:
        ValueError: If `model` has other variables than the checkpoint.
    """
    for path, receipt in _proven(template):
        try:
            loaded = load(path)
        except Exception as error:  # noqa: BLE001  the checkpoint before it may be whole
            told = f"{path} is passed over: {type(error).__name__}: {error}".splitlines()[0]
            warnings.warn(told, stacklevel=2)
            continue
        progress = msgspec.convert(receipt.training or {}, Progress)
        if model is not None:
            _transfer(loaded, model, path)
            loaded = model
        if progress.random:
            restore(loaded, progress.random)
        return Resumed(
            model=loaded,
            path=str(path),
            epoch=progress.epoch,
            batch=progress.batch,
            step=progress.step,
            logs=progress.logs,
            random=progress.random,
        )
    return None


def _proven(template: str) -> Iterator[tuple[Path, Receipt]]:
    """Proven checkpoints, newest first: those of the index, and any that it does not know."""
    path = listing.index_path(template)
    index = listing.read(path, template)
    known = {path.parent / one.file for one in index.entries}
    listed = [path.parent / one.file for one in index.entries if one.state == "proven"]
    others = [one for one in _matching(template) if one not in known]
    dated = sorted([*listed, *others], key=lambda one: one.stat().st_mtime_ns, reverse=True)
    for one in dated:
        receipt = stored_receipt(read(one, digests=False, arrays=False))
        if receipt is not None and receipt.proven:
            yield one, receipt


def _matching(template: str) -> list[Path]:
    """Files whose names the template could have made."""
    parts = string.Formatter().parse(template)
    pattern = "".join(
        re.escape(text) + (r".+?" if field is not None else "") for text, field, *_ in parts
    )
    folder = listing.index_path(template).parent
    depth = len(Path(template).parts) - len(folder.parts)
    found = folder.glob("/".join(["*"] * max(depth, 1))) if folder.is_dir() else ()
    return [
        one
        for one in found
        if re.fullmatch(pattern, str(one))
        and ".unproven." not in one.name
        and not one.name.startswith(".")
        and one.is_file()
    ]


def _transfer(source: Any, target: Any, path: Path) -> None:
    """Set every variable of a model, and of its optimizer, to those of another."""
    pairs = [("", source.variables, target.variables)]
    if getattr(source, "optimizer", None) is not None and target.optimizer is not None:
        if not target.optimizer.built:
            target.optimizer.build(target.trainable_variables)
        pairs.append(("optimizer ", source.optimizer.variables, target.optimizer.variables))
    for what, ours, theirs in pairs:
        shapes = [[tuple(one.shape) for one in side] for side in (ours, theirs)]
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"{path} has {len(shapes[0])} {what}variables and the model {len(shapes[1])}, or"
                " of other shapes: build the model by the code that made the checkpoint"
            )
    for _, ours, theirs in pairs:
        for new, old in zip(ours, theirs, strict=True):
            old.assign(new)
