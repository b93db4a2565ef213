"""What the rules about preprocessing share: how its drift is told, and their examples."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from saveguard.facts import Drift, Prepared, PreprocessingFacts

SHOWN = 4


def examples(facts: PreprocessingFacts) -> str:
    """How many of the recorded raw examples become something else: `2 of 8 raw examples`."""
    changed = len({row.example for row in facts.outputs})
    return f"{changed} of {facts.pairs} raw example{'s' * (facts.pairs != 1)}"


def outputs(facts: PreprocessingFacts) -> tuple[str, ...]:
    """The first raw examples that become something else, and where, a line each."""
    shown = tuple(map(_line, facts.outputs[:SHOWN]))
    more = len(facts.outputs) - len(shown)
    return (*shown, f"and {more:,} more") if more else shown


def _line(row: Prepared) -> str:
    of = f"; {row.changed:,} of {row.total:,} values differ" if row.total > 1 else ""
    by = f" (off by {row.largest:.3g})" if row.largest is not None else ""
    return f"{row.raw} -> {row.place} was {row.expected}, is {row.got}{by}{of}"


def named(drifts: tuple[Drift, ...]) -> str:
    """What changed, by name: `` `encode` and `TOKEN` ``."""
    names = [f"`{drift.what}`" for drift in drifts[:SHOWN]]
    names += [f"{len(drifts) - SHOWN} more"] if len(drifts) > SHOWN else []
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def values(drifts: tuple[Drift, ...]) -> tuple[str, ...]:
    """What changed, with the values, a line each."""
    return tuple(
        f"{drift.what}: was {drift.before or 'nothing'}, is {drift.after or 'nothing'}"
        for drift in drifts[:SHOWN]
    )


def where(facts: PreprocessingFacts) -> str:
    """The import path; where the caller gave a function, its name."""
    return facts.path or facts.name


def model_of(shape: tuple[int, ...]) -> Any:
    """For an example: a model that takes float inputs of this shape, and computes their sum."""
    import keras

    layers = [keras.layers.Flatten(), keras.layers.Dense(1, kernel_initializer="ones")]
    return keras.Sequential([keras.Input(shape), *layers])


def saved(folder: Path, function: Any, raw: list[Any], shape: tuple[int, ...]) -> Path:
    """For an example: a file that holds a preprocessing, and was not proven."""
    import saveguard

    path = folder / "m.keras"
    saveguard.save(model_of(shape), path, preprocessing=function, raw=raw, prove=False)
    return path


def module(folder: Path, source: str) -> ModuleType:
    """For an example: a module of its own, which no other example's edit can reach."""
    from saveguard.rules.examples import user_module

    return user_module(folder, f"# {folder.name}\n{source}")


def edited(module: ModuleType, old: str, new: str) -> None:
    """For an example: edit a module that `user_module` wrote, and import it anew."""
    import importlib
    import sys

    file = Path(str(module.__file__))
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    importlib.import_module("shutil").rmtree(file.parent / "__pycache__", ignore_errors=True)
    importlib.invalidate_caches()
    sys.modules.pop(module.__name__, None)
