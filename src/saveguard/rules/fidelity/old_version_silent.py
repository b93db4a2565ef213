"""The environment that is to answer for an old model gives no answer.

## What happens

`saveguard migrate OLD NEW --python ENV/bin/python`, or `--with-uv RELEASE`, stops before anything
is written: there is nothing to hold the new model against.

## Why

The interpreter cannot be started, has no Keras that reads the file, or lacks a class that the model
needs; the release cannot be installed; or the model raises for every input that its configuration
seems to ask for.

## Fix

Load the file in that environment by hand, which shows the old version's own error. Classes that it
needs are given as for the new model, `--custom MODULE:CLASS`, and imported there from the folder
that the command is called in. Where inputs are the trouble, record them yourself and give
`--golden FILE`.

## Seen in

- TensorFlow 2.0 to 2.3 with h5py 3: "AttributeError: 'str' object has no attribute 'decode'".
- TensorFlow up to 2.8 with protobuf 3.21: "TypeError: Descriptors cannot not be created directly."
- CuDNNLSTM and CuDNNGRU on a machine without a GPU: "InvalidArgumentError".

## References

- https://docs.astral.sh/uv/pip/environments/
- https://www.tensorflow.org/install/source#tested_build_configurations
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG442", "old-version-silent", since="0.1")
_WITHOUT = "leave the option out to migrate without a proof, or record the outputs: --golden FILE"


def refused(path: str, python: str, why: str) -> Finding:
    """The finding for an interpreter that does not answer for the model at `path`."""
    return rule.finding(
        where=python,
        message=f"{python} gives no answer for {path}",
        why=f"It says: {why.splitlines()[0][:300]}. So there is nothing to hold the new model"
        " against.",
        fix=f'see what this says: {python} -c "from tensorflow import keras;'
        f" keras.models.load_model('{path}', compile=False)\"; {_WITHOUT}",
        evidence=tuple(why.splitlines()[:4]),
    )


def not_made(requirement: str, why: str) -> Finding:
    """The finding for an environment with `requirement` that could not be made."""
    return rule.finding(
        where=requirement,
        message=f"no environment with {requirement}",
        why=f"{why}. So the version that saved the model cannot be asked.",
        fix="give PACKAGE==RELEASE, as tensorflow==2.4.* or keras==2.2.4, or the interpreter of an"
        " environment that has it: --python ENV/bin/python",
        evidence=(why[:300],),
    )


def bad(tmp: Path) -> Call:
    """An environment that has no packages."""
    import venv

    venv.create(tmp / "env", symlinks=True)
    return _migrated(tmp, tmp / "env" / "bin" / "python")


def good(tmp: Path) -> Call:
    """An environment that reads the file."""
    import sys

    return _migrated(tmp, Path(sys.executable))


def _migrated(tmp: Path, python: Path) -> Call:
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save(tmp / "old.h5")
    return Call("migrate", (tmp / "old.h5", tmp / "new.keras"), {"python": python})
