"""A Sequential model is stored as a bare list of layers, as Keras wrote it before 2.2.3.

## What happens

`load_model` stops at once with a message about `pop`, which names neither the file nor its age.
tf.keras up to 2.15 loads the file.

## Why

Until Keras 2.2.2 the configuration of a Sequential model was a list of layers; since then it is
a dictionary with a name. The loader of Keras 3 takes the dictionary for granted.

## Fix

Wrap the list, in place:

    with h5py.File("m.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"] = {"name": "sequential", "layers": config["config"]}
        file.attrs["model_config"] = json.dumps(config)

The file is of 2018 or older: other arguments in it may stop the loader next.

## Seen in

- Keras 3.0 to 3.15.1: "pop expected at most 1 argument, got 2"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/saving_utils.py
  (model_from_config)
- https://github.com/keras-team/keras/pull/10973
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG214", "sequential-list", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "list"):
        yield rule.finding(
            where=stop.where,
            message=f"a Sequential model is a bare list of {stop.values['layers']} layers{more}",
            why=f"Keras wrote it so until 2.2.2; {stopping(facts, stop)}.",
            fix=f'with h5py.File({facts.path!r}, "r+") as file:\n'
            '    config = json.loads(file.attrs["model_config"])\n'
            '    config["config"] = {"name": "sequential", "layers": config["config"]}\n'
            '    file.attrs["model_config"] = json.dumps(config)',
        )


def bad(tmp: Path) -> Call:
    """A list of layers."""
    drop = layer("Dropout", "drop", rate=0.5)
    model = {"class_name": "Sequential", "config": [drop]}
    return Call("check", (h5(tmp / "m.h5", model, version="2.1.6"),))


def good(tmp: Path) -> Call:
    """The same layers in a dictionary."""
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4])
    model = sequential(entry, layer("Dropout", "drop", rate=0.5))
    return Call("check", (h5(tmp / "m.h5", model, version="2.2.4"),))
