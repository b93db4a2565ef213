"""A user's package with a tokenizer, and models that take what it makes."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import pytest

import saveguard


def model_of(*shape: int | None) -> Any:
    layers = [keras.layers.Flatten()] if None not in shape else [keras.layers.GlobalMaxPool1D()]
    return keras.Sequential([keras.Input(shape), *layers, keras.layers.Dense(1)])


def saved(folder: Path, function: Any, raw: Any, *shape: int) -> Path:
    path = folder / "m.keras"
    saveguard.save(model_of(*shape), path, preprocessing=function, raw=raw, prove=False)
    return path


def codes_of_load(path: Path, **options: Any) -> tuple[str, ...]:
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(path, **options)
    return caught.value.codes


TOKENIZER = """
import re
from .clean import plain

WORD = re.compile(r"\\w+")

def encode(text):
    '''Word lengths.'''
    found = [float(len(w)) for w in WORD.findall(plain(text))][:4]
    return found + [0.0] * (4 - len(found))
"""
CLEAN = "def plain(text):\n    return text.lower()\n"
TEXTS = ["It isn't a film", "A film, no more", "so"]


def writer(folder: Path, patch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """A function that writes modules of a package anew, and imports the first of them anew."""
    name = f"shop_{folder.name.lower()}"
    patch.syspath_prepend(str(folder))
    package = folder / name
    package.mkdir()
    (package / "__init__.py").write_text("")

    def write(**modules: str) -> ModuleType:
        for module, text in modules.items():
            (package / f"{module}.py").write_text(text)
        shutil.rmtree(package / "__pycache__", ignore_errors=True)
        for held in [held for held in sys.modules if held.split(".")[0] == name]:
            del sys.modules[held]
        importlib.invalidate_caches()
        return importlib.import_module(f"{name}.{next(iter(modules))}")

    return write
