"""An object in the file lacks an argument that its class cannot be made without.

## What happens

`load_model` stops where it calls the constructor. No other release loads the file either, as
long as the class wants that argument.

## Why

The configuration is what `get_config` gave at the save. A custom class whose `get_config`
leaves an argument out, and a built-in class whose argument had a default in an older release or
another name, both give files that nothing can be made of.

## Fix

Put the missing argument into the configuration: for an `.h5` file in its attribute
`model_config`,

    with h5py.File("m.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        ...
        file.attrs["model_config"] = json.dumps(config)

for a `.keras` file in its member `config.json`; or rebuild the model in code and call
`load_weights`.

## Seen in

- Keras 3.0 to 3.15.1: "Dropout.__init__() missing 1 required positional argument: 'rate'"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/operation.py (from_config)
- https://keras.io/guides/serialization_and_saving/#config-methods
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts, named, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG211", "argument-missing", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "missing-argument"):
        argument = stop.values["argument"]
        yield rule.finding(
            where=stop.where,
            message=f"{named(stop)} lacks the argument `{argument}`{more}",
            why=f"{stop.values['class']} cannot be made without it; {stopping(facts, stop)}.",
            fix=f"put `{argument}` into the configuration at {stop.path}, or rebuild the model in"
            " code and call load_weights()",
        )


def bad(tmp: Path) -> Call:
    """A Dropout that does not say how much it drops."""
    return _check(tmp)


def good(tmp: Path) -> Call:
    """One that does."""
    return _check(tmp, rate=0.5)


def _check(tmp: Path, **more: float) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4])
    return Call("check", (h5(tmp / "m.h5", sequential(entry, layer("Dropout", "drop", **more))),))
