"""A layer's dtype is a policy that the loading release cannot read.

## What happens

`load_model` stops at the first such layer, mostly with an AttributeError that names neither the
layer nor the dtype.

## Why

tf.keras 2.4 to 2.15 wrote mixed precision as a `Policy`, a class that Keras 3 does not have;
Keras 3 writes a `DTypePolicy` as a dictionary since 3.4, which older releases cannot read; and
some old files hold names (`_infer`) that are no dtype of Keras 3.

## Fix

Replace the dictionary by the policy's name, in place:

    with h5py.File("m.h5", "r+") as file:
        text = file.attrs["model_config"]
        old = '{"class_name": "Policy", "config": {"name": "mixed_float16"}}'
        file.attrs["model_config"] = text.replace(old, '"mixed_float16"')

A file of Keras 3.4 or newer needs that release.

## Seen in

- Keras 3.15.1, `.h5` of tf.keras: "AttributeError: 'str' object has no attribute
  'quantization_mode'"
- Keras 3.15.1: "Cannot convert '_infer' to a mixed precision DTypePolicy."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/operation.py (from_config)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/dtype_policies/__init__.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, is_h5, named, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG216", "dtype-unreadable", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "dtype"):
        dtype = stop.values["dtype"]
        yield rule.finding(
            where=stop.where,
            message=f"{named(stop)} has the dtype `{dtype}`, which Keras {facts.keras} does not"
            f" read{more}",
            why=f"{stopping(facts, stop)}.",
            fix="write the policy by its name instead (`mixed_float16`, `float32`) at"
            f" {stop.path} of the attribute model_config"
            if is_h5(facts)
            else "load it with Keras 3.4 or newer",
        )


rule.in_traceback(
    Signature(
        exceptions=("TypeError",),
        pattern=r"unhashable type: 'dict'",
        stages=("load",),
        frames=r"_set_dtype_policy|dtypes\.py:as_dtype|policy\.py",
        message="the dtype of a layer in the file is one that this release cannot read",
        why="Keras 3 stores a dtype policy as an object, Keras 2 and Keras before 3.4 read a name.",
        fix="load it with the release that wrote it, or a newer one;"
        " saveguard check FILE says which",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "AttributeError"),
        pattern=r"Unknown dtype policy|unhashable type: 'DTypePolicy'"
        r"|Cannot (?:interpret|convert) [^a-z]{0,9}\{.{0,80}DTypePolicy"
        r"|Could not (?:interpret|locate class) .{0,20}'?(?:DTypePolicy|Policy)",
        stages=("load",),
        message="the dtype of a layer in the file is one that this release cannot read",
        why="Keras 3 stores a dtype policy as an object, Keras 2 and Keras before 3.4 read a name.",
        fix="load it with the release that wrote it, or a newer one;"
        " saveguard check FILE says which",
    )
)


def bad(tmp: Path) -> Call:
    """A layer with a policy of tf.keras."""
    return _check(tmp, {"class_name": "Policy", "config": {"name": "mixed_float16"}})


def good(tmp: Path) -> Call:
    """The same by its name."""
    return _check(tmp, "mixed_float16")


def _check(tmp: Path, dtype: object) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4])
    drop = layer("Dropout", "drop", rate=0.5, dtype=dtype)
    return Call("check", (h5(tmp / "m.h5", sequential(entry, drop)),))
