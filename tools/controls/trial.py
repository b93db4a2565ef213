"""One model saved in one format: what the check finds, and whether plain Keras bears it out."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

import saveguard

Verdict = Literal["silent", "borne out", "false alarm", "missed"]
FORMATS = {"keras": ".keras", "h5": ".h5", "weights": ".weights.h5", "folder": ""}


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a control, and what became of it.

    Attributes:
        name: The architecture, or the configuration of a layer.
        kind: The layer's class; empty for an architecture.
        told: What the check found, one `code certainty: message` each.
        true: What plain Keras's reload says is wrong.
        unsaved: What Keras said instead of saving; then there is no file to check.
    """

    name: str
    kind: str
    format: str
    told: tuple[str, ...] = ()
    true: tuple[str, ...] = ()
    unsaved: str = ""

    @property
    def verdict(self) -> Verdict:
        """How the check did. What it does not read in the file is no finding."""
        if self.told:
            return "borne out" if self.true else "false alarm"
        return "missed" if any(line.startswith(LOST) for line in self.true) else "silent"


LOST = "Keras cannot load it"


def trials(model: Any, folder: Path, name: str, kind: str, truth: Any) -> Iterator[Trial]:
    """The model in every format; `truth(path, format)` gives what is wrong with the reload."""
    for form, suffix in FORMATS.items():
        path = folder / f"model{suffix}"
        try:
            save(model, path, form)
        except Exception as error:  # noqa: BLE001  what Keras does not save is recorded
            yield Trial(name=name, kind=kind, format=form, unsaved=complaint(error))
            continue
        told = tuple(
            f"{found.code} {found.certainty}: {found.message}"
            for found in saveguard.check(path).findings
        )
        yield Trial(name=name, kind=kind, format=form, told=told, true=tuple(truth(path, form)))
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def save(model: Any, path: Path, form: str) -> None:
    """Save it with plain Keras in one format."""
    import keras

    if form == "weights":
        model.save_weights(path)
    elif form == "folder":
        keras.saving.save_model(model, path, zipped=False)
    else:
        model.save(path)


def reloads(path: Path, model: Any, form: str) -> list[str]:
    """What plain Keras says of the file in a process that knows no class but its own."""
    import keras

    told = LOST
    with unregistered():
        try:
            if form == "weights":
                model.load_weights(path)
            else:
                keras.saving.load_model(path, compile=False)
                told = "Keras cannot compile it"
                keras.saving.load_model(path)
        except Exception as error:  # noqa: BLE001  whatever it is, the file did not come back
            return [f"{told}: {complaint(error)}"]
    return []


@contextlib.contextmanager
def unregistered() -> Iterator[None]:
    """Forget every class that was registered here, as a fresh process has none of them."""
    import keras

    registered = keras.saving.get_custom_objects()
    kept = dict(registered)
    registered.clear()
    try:
        yield
    finally:
        registered.update(kept)


def complaint(error: BaseException) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:400]}"
