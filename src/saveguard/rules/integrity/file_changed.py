"""The file is not the one that was saved and proven: parts of it were changed since.

## What happens

The file loads, perhaps as another model: other settings, other weights. What its receipt says of
it was proven for the file as it was written.

## Why

`saveguard.save` stores in the file a digest of each of its parts. One of them no longer matches,
while the archive's own checksums do: so it was not damaged, somebody or some program wrote it
anew. Editing `config.json`, a tool that converts weights, or a merge of two files do that.

## Fix

Put the file back as it was saved. If the change is wanted, load it with plain Keras, look at it,
and save it again, which proves it anew:

    model = keras.saving.load_model("m.keras")
    saveguard.save(model, "m.keras", example=batch)

## Seen in

- Plain Keras says nothing: it reads neither digests nor receipt. A save by plain Keras drops the
  receipt, so such a file is not taken for a changed one.

## References

- https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
- https://docs.python.org/3/library/zipfile.html
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG103", "file-changed", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    if not facts.changed:
        return
    named = ", ".join(facts.changed[:3])
    more = f" and {len(facts.changed) - 3} more" if len(facts.changed) > 3 else ""
    yield rule.finding(
        where=facts.path,
        message=f"{facts.path} was changed after it was saved: {named}{more}",
        why="The digests in its receipt are of other contents. The zip checksums hold, so a program"
        " wrote these parts anew; what was proven at the save no longer speaks for this file.",
        fix="put the file back as it was saved; or, if the change is wanted, load it with"
        f" keras.saving.load_model({facts.path!r}) and give that model to saveguard.save",
        evidence=facts.changed,
    )


def bad(tmp: Path) -> Call:
    """The activation in `config.json`, edited by hand."""
    return _rewritten(
        tmp, lambda content: content.replace(b'"activation": "tanh"', b'"activation": "relu"')
    )


def good(tmp: Path) -> Call:
    """The archive packed anew, with the same contents."""
    return _rewritten(tmp, lambda content: content)


def _rewritten(tmp: Path, edit: Callable[[bytes], bytes]) -> Call:
    import keras

    import saveguard

    path, saved = tmp / "m.keras", tmp / "saved.keras"
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="tanh")])
    saveguard.save(model, saved, prove=False)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(old.read(name)) if name == "config.json" else old.read(name))
    return Call("load", (path,))
