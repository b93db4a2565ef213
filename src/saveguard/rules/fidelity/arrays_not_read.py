"""The file holds arrays that nothing read when the model was loaded.

## What happens

The load succeeds without a word. A part of what was trained stays in the file.

## Why

Keras looks for arrays under the names of the objects that it rebuilt. An array whose owner was not
rebuilt, or was rebuilt under another name, is passed over: a layer that exists only after a call,
an optimizer whose variables do not match, a file that was edited by hand.

## Fix

Make the object in the constructor, so that the load finds it there. To see what is left over:
`saveguard verify FILE`.

## Seen in

- Keras 3.0 to 3.15.1: silent; for an optimizer a warning: "Skipping variable loading for optimizer
  'adam', because it has 10 variables whereas the saved optimizer has 2 variables."

## References

- https://github.com/tensorflow/tensorflow/issues/35239
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from saveguard.archive.owners import owners, unowned
from saveguard.facts import ArchiveFacts, ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG404", "arrays-not-read", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    found = owners(facts) if facts.keras else ()
    left = unowned(facts, found) if found else ()
    if not left:
        return
    paths = [array.path for array in left]
    yield rule.finding(
        where=f"{left[0].member or facts.path} {left[0].path}",
        message=f"{len(left)} array{'s' * (len(left) != 1)} of the file"
        f" belong{'s' * (len(left) == 1)} to no layer: {_shown(paths)}",
        why="The configuration names every layer that Keras will rebuild, and none of them looks"
        " for arrays there: load_model() passes over these values without a word.",
        fix="make the object that owns them a layer of the model, under the place that it had when"
        " the file was written; `saveguard inspect` shows the layers",
    )


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    if not facts.unread:
        return
    count = len(facts.unread)
    yield rule.finding(
        where=facts.unread[0],
        message=f"{count} array{'s' * (count != 1)} of the file {'were' if count > 1 else 'was'}"
        f" not read: {_shown(facts.unread)}",
        why="A fresh process rebuilt the model and loaded it without an error, but nothing in it"
        " took these values.",
        fix="make the object that owns them in its parent's constructor, under the name that it"
        " had when the file was written",
    )


def _shown(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more


def bad(tmp: Path) -> Call:
    """A file with one array more than its model has."""
    return _verify(tmp, more=True)


def good(tmp: Path) -> Call:
    """The same file without it."""
    return _verify(tmp, more=False)


def _verify(tmp: Path, *, more: bool) -> Call:
    import h5py
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save(tmp / "m.h5")
    if more:
        with h5py.File(tmp / "m.h5", "r+") as file:
            file["model_weights/left/over"] = [1.0, 2.0]
    return Call("verify", (tmp / "m.h5",))
