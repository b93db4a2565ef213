"""Today's Keras refuses what a migration made of an old configuration.

## What happens

`saveguard migrate OLD NEW` stops where Keras makes the model. Nothing is written.

## Why

The file holds something that no step of the migration knows, or a class that was given does not
take the arguments in the file.

## Fix

`saveguard migrate OLD NEW --dry-run` shows the steps that were taken, `--diff` the configuration.
A class that was given may need a `from_config` that takes what the file has. What is of Keras
itself is a gap of the migration: please report it with the file's configuration.

## Seen in

- A class of the author's own whose constructor has lost an argument.

## References

- https://keras.io/guides/serialization_and_saving/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG287", "migration-refused", since="0.1")
_LONGEST = 400


def refused(path: str, error: Exception) -> Finding:
    """The finding for what Keras raised."""
    told = " ".join(str(error).split())
    short = told if len(told) <= _LONGEST else f"... {told[-_LONGEST:]}"
    return rule.finding(
        where=path,
        message="Keras refuses the rewritten configuration",
        why=f"It raises {type(error).__name__}: no step knows what it does not take.",
        fix=f"saveguard migrate {path} NEW.keras --diff shows the configuration; give a class that"
        " takes what the file has, or report what no step knows",
        evidence=(short,),
        file=path,
    )


def bad(tmp: Path) -> Call:
    """A layer with an argument that no release had."""
    return _migrated(tmp, warmth=3)


def good(tmp: Path) -> Call:
    """A layer with one that older releases had."""
    return _migrated(tmp, input_dtype="float32")


def _migrated(tmp: Path, **settings: object) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4], dtype="float32")
    model = sequential(entry, layer("Activation", "act", activation="tanh", **settings))
    return Call("migrate", (h5(tmp / "m.h5", model), tmp / "new.keras"))
