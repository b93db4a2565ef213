"""The page that tells which Keras loads the files."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

TOOL = Path(__file__).parent.parent / "tools" / "readers" / "page.py"


def page() -> Any:
    spec = importlib.util.spec_from_file_location("readers_page", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def files(model: str, told: str) -> dict[str, str]:
    ends = ("keras.keras", "ours.keras", "keras.weights.h5", "ours.weights.h5")
    return {f"{model}.{end}": "same" if "weights" in end else told for end in ends}


def test_each_reason_has_one_number_and_every_file_counts() -> None:
    held = {**files("a", "same"), **files("b", "TypeError: too new")}
    made = page().text(
        [{"keras": "3.3.3", "files": held}, {"keras": "3.15.1", "files": files("a", "same")}]
    )
    assert "| 3.3.3 | a loaded [1] | a loaded [1] | all 2 loaded | all 2 loaded |" in made
    assert "| 3.15.1 | all 1 loaded | all 1 loaded | all 1 loaded | all 1 loaded |" in made
    assert made.endswith("1. `TypeError: too new`\n")
