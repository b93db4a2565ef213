"""The way back into a training: from the newest checkpoint that is proven and still loads."""

from __future__ import annotations

import os
import re
import string
import warnings
from pathlib import Path
from typing import Any

import msgspec

from saveguard.archive.read import read
from saveguard.persist.load import load
from saveguard.persist.verify import stored_receipt
from saveguard.remote.near import near
from saveguard.training import index as listing
from saveguard.training.place import Place, place_of
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
        template: The file name, or the address, with Keras's fields.
        model: A model to set the variables of; None to load the file's own.

    Returns:
        None where no checkpoint of this template is proven.

    Raises:
        ValueError: If `model` has other variables than the checkpoint.
        SaveguardError: SG742, if the store behind an address is not reached: what it holds is
            not known then, and a training that began anew could replace it.
    """
    for path in _newest_first(template):
        try:
            found = _loaded(path)
        except Exception as error:  # noqa: BLE001  the checkpoint before it may be whole
            _pass_over(path, error)
            continue
        if found is None:
            continue
        loaded, progress = found
        if model is not None:
            _transfer(loaded, model, path)
            loaded = model
        if progress.random:
            restore(loaded, progress.random)
        return Resumed(
            model=loaded,
            path=path,
            epoch=progress.epoch,
            batch=progress.batch,
            step=progress.step,
            logs=progress.logs,
            random=progress.random,
        )
    return None


def _loaded(path: str) -> tuple[Any, Progress] | None:
    """A checkpoint and where the training stood; None where it is not proven."""
    with near(path) as name:
        receipt = stored_receipt(read(name, digests=False, arrays=False))
        if receipt is None or not receipt.proven:
            return None
        return load(name), msgspec.convert(receipt.training or {}, Progress)


def _pass_over(path: str, error: Exception) -> None:
    if "SG742" in getattr(error, "codes", ()):
        raise error
    told = f"{path} is passed over: {type(error).__name__}: {error}".splitlines()[0]
    warnings.warn(told, stacklevel=3)


def _newest_first(template: str) -> list[str]:
    """Checkpoints that the index says are proven, and any that it does not know."""
    place, rest = place_of(template)
    index = listing.read(place, place.read(listing.name_of(rest)), template)
    known = {one.file for one in index.entries}
    # Stores tell whole seconds: within one, what is not listed came after what is.
    listed = [one.file for one in reversed(index.entries) if one.state == "proven"]
    files = [*(one for one in reversed(_matching(place, rest)) if one not in known), *listed]
    dated = [((place.stamp(file) or (0, 0))[1], file) for file in files]
    return [place.path_of(file) for _, file in sorted(dated, key=lambda one: -one[0])]


def _matching(place: Place, rest: str) -> list[str]:
    """Files whose names the template could have made."""
    parts = string.Formatter().parse(rest)
    pattern = "".join(
        re.escape(text) + (r".+?" if field is not None else "") for text, field, *_ in parts
    )
    names = {file: os.path.basename(file) for file in place.files(len(Path(rest).parts))}
    return [
        file
        for file, name in names.items()
        if re.fullmatch(pattern, file) and ".unproven." not in name and not name.startswith(".")
    ]


def _transfer(source: Any, target: Any, path: str) -> None:
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
