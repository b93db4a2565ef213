"""A migration needs classes or functions that only the model's author has.

## What happens

`saveguard migrate OLD NEW` stops before anything is built, and names all of them at once, with the
layers that use them and the arguments that the file has for them.

## Why

A file holds the names and the arguments of a model's own layers, activations and losses, not their
code. A Lambda layer holds bytecode of the Python that wrote it, which is never executed.

## Fix

Give each under the name that is asked for:

    saveguard migrate old.h5 new.keras --custom mymodule:Gate
    saveguard.migrate("old.h5", "new.keras", custom={"Gate": Gate})

For a Lambda layer, a function that computes what it did, under the layer's name:

    def scale(x):
        return x / 255.0
    saveguard.migrate("old.h5", "new.keras", custom={"lambda_1": scale})

A class must take the arguments that the file has, and be one of today's Keras.

## Seen in

- Files of Keras 1 and 2 with classes of the author's own, of tensorflow-addons, keras-contrib and
  keras-tcn.

## References

- https://keras.io/guides/serialization_and_saving/#custom-objects
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG285", "classes-wanted", since="0.1")
_SHOWN = 3


class Wanted(NamedTuple):
    """One class or function.

    Attributes:
        name: What it is to be given as.
        role: `layer`, `activation`, ...; `lambda` of a function whose bytecode the file holds.
        arguments: The names of the arguments in the file.
        places: The layers that use it.
        package: Where it is known to come from, or empty.
    """

    name: str
    role: str
    arguments: tuple[str, ...]
    places: tuple[str, ...]
    package: str = ""


def asked(path: str, wanted: Iterable[Wanted]) -> Finding:
    """The finding that names all of them."""
    every = tuple(wanted)
    names = ", ".join(one.name for one in every)
    one = len(every) == 1
    options = " ".join(f"--custom yours:{each.name}" for each in every if each.role != "lambda")
    lambdas = [each.name for each in every if each.role == "lambda"]
    lines = [f"saveguard migrate {path} NEW.keras {options}"] if options else []
    lines += [
        f"a function of one tensor for the Lambda `{name}`:\n"
        f"  custom={{{name!r}: lambda x: ...}}  # what it computed"
        for name in lambdas
    ]
    return rule.finding(
        where=path,
        message=f"the model needs {'what only its author has' if one else f'{len(every)} things'}:"
        f" {names}",
        why="Keras has nothing of th" + ("is name" if one else "ese names") + ", and the file"
        " holds arguments, not code.",
        fix="\n".join(lines),
        evidence=tuple(_line(each) for each in every),
        file=path,
    )


def _line(one: Wanted) -> str:
    places = ", ".join(one.places[:_SHOWN]) + (", ..." if len(one.places) > _SHOWN else "")
    package = f"; it is of {one.package}" if one.package else ""
    return f"{one.role} {one.name}({', '.join(one.arguments)}), used by {places}{package}"


def bad(tmp: Path) -> Call:
    """A layer of the author's own."""
    return _migrated(tmp, "Gate")


def good(tmp: Path) -> Call:
    """A layer of Keras."""
    return _migrated(tmp, "Activation")


def _migrated(tmp: Path, class_name: str) -> Call:
    settings: dict[str, Any] = {"activation": "tanh"}
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4], dtype="float32")
    model = sequential(entry, layer(class_name, "own", **settings))
    return Call("migrate", (h5(tmp / "m.h5", model), tmp / "new.keras"))
