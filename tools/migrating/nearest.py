"""The environment with the release nearest to the one that saved a file."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent))

import interpreters

# The Keras in a TensorFlow of before both were numbered alike, by the end of its label.
_OF_TENSORFLOW = {"1.14": (2, 2), "1.15": (2, 2), "2.0": (2, 2), "2.1": (2, 2), "2.3": (2, 4)}
_NUMBERS = re.compile(r"\d+")


def interpreter(folder: Path, source: Any) -> Path | None:
    """Its interpreter below `folder`: the oldest release that is not older, else the newest.

    None where none of the same kind is there: Keras of its own, TensorFlow's, or Keras 3.
    """
    wanted = source.numbers[:2]
    kind = _kind(source.keras, wanted)
    here = {
        release: python
        for label, release in releases(kind).items()
        if (python := folder / label / "bin" / "python").exists()
    }
    later = [release for release in here if release >= wanted]
    return here[min(later) if later else max(here)] if here else None


def releases(kind: str) -> dict[str, tuple[int, int]]:
    """The release of Keras in each environment of a kind, by label."""
    if kind == "keras1":
        return {"keras1.2": (1, 2)}
    known = {
        "keras": interpreters.KERAS_2,
        "tf": interpreters.KERAS_2,
        "keras3": interpreters.KERAS_3,
    }
    return {
        label: _of(label)
        for label, one in known[kind].items()
        if kind == "keras3" or label.startswith("keras") == (kind == "keras")
        if one.python
    }


def _kind(version: str, release: tuple[int, ...]) -> str:
    if release >= (3,):
        return "keras3"
    if release < (2,):
        return "keras1"
    return "tf" if release >= (2, 4) or version.endswith("tf") else "keras"


def _of(label: str) -> tuple[int, int]:
    told = re.sub(r"^[a-z_]+", "", label)
    major, minor = map(int, _NUMBERS.findall(told)[:2])
    return _OF_TENSORFLOW.get(told, (major, minor))
