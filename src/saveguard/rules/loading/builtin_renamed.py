"""One of Keras's own classes carries a registered name, which Keras 3.15 refuses.

## What happens

`load_model` of Keras 3.15 and newer stops at that object. Older releases pass over the name.

## Why

A registered name belongs to a custom class. Since 3.15 a file that gives one to a class of
Keras's own is refused, because the name could lead to other code than the class that is named
beside it.

## Fix

Set `registered_name` to null in `config.json`, or save the model again with the classes that it
really has.

## Seen in

- Keras 3.15.0 and 3.15.1: "`registered_name='shop>Dropout'` was provided in the config, but
  'keras.layers.Dropout' resolved to a Keras built-in and does not use registered names."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py
  (_assert_no_registered_name_for_builtin)
- https://github.com/keras-team/keras/pull/22729
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import archive, public

rule = Rule("SG229", "builtin-renamed", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "registered-builtin"):
        name, registered = stop.values["name"], stop.values["registered"]
        yield rule.finding(
            where=stop.where,
            message=f"`{name}`, Keras's own, carries the registered name `{registered}`{more}",
            why=f"{stopping(facts, stop)}.",
            fix=f"set registered_name to null at {stop.path} of {stop.document}; where it is yours,"
            " save it from the code that registers it",
        )


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"`registered_name=(?P<registered>.*?)` was provided in the config, but"
        r" '(?P<name>[^']+)' resolved to a Keras built-in",
        stages=("load",),
        message="{name}, one of Keras's own, carries the registered name {registered}",
        why="Keras 3.15 takes registered names for custom classes only.",
        fix="load the file with Keras 3.14 or older and save it again",
    )
)


def bad(tmp: Path) -> Call:
    """A Dropout that is registered as somebody's own."""
    return _check(tmp, "shop>Dropout")


def good(tmp: Path) -> Call:
    """A Dropout that is not."""
    return _check(tmp, None)


def _check(tmp: Path, registered: str | None) -> Call:
    entry = public("InputLayer", batch_shape=[None, 4], dtype="float32", name="x")
    drop = {**public("Dropout", rate=0.5, name="drop"), "registered_name": registered}
    model = public("Sequential", "keras", name="m", layers=[entry, drop])
    return Call("check", (archive(tmp / "m.keras", model),))
