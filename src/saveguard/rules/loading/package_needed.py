"""The file holds classes of a package beside Keras: KerasHub, KerasCV or KerasNLP.

## What happens

`load_model` stops where that package is not installed. Where it is, the loader imports it by
itself.

## Why

The classes of these packages are found by their module, which the loader imports; of no other
package does it do so.

## Fix

Install the package in the environment that loads the file:

    pip install keras-hub

## Seen in

- Keras 3.0 to 3.15.1: "Could not deserialize class 'TokenAndPositionEmbedding' because its
  parent module keras_hub.layers cannot be imported."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py
  (_retrieve_class_or_fn)
- https://keras.io/keras_hub/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import archive, public

rule = Rule("SG230", "package-needed", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "package"):
        package = stop.values["module"].split(".")[0]
        yield rule.finding(
            where=stop.where,
            message=f"`{stop.values['name']}` is of the package {package}{more}",
            why=f"Where {package} is not installed, {stopping(facts, stop)}.",
            fix=f"pip install {package.replace('_', '-')}",
        )


rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=r"Could not deserialize (?:class|function) '(?P<name>[^']+)' because its parent"
        r" module (?P<package>keras_hub|keras_cv|keras_nlp)\S* cannot be imported",
        stages=("load",),
        message="{where} holds `{name}` of {package}, which is not installed here",
        why="The class belongs to that package, not to Keras.",
        fix="pip install {package}, and import it before the file is loaded",
    )
)


def bad(tmp: Path) -> Call:
    """A layer of KerasHub."""
    return _check(tmp, "keras_hub.layers")


def good(tmp: Path) -> Call:
    """A layer of Keras."""
    return _check(tmp, "keras.layers")


def _check(tmp: Path, module: str) -> Call:
    entry = public("InputLayer", batch_shape=[None, 4], dtype="float32", name="x")
    scale = public("Rescaling", module, scale=0.5, offset=0.0, name="scale")
    model = public("Sequential", "keras", name="m", layers=[entry, scale])
    return Call("check", (archive(tmp / "m.keras", model),))
