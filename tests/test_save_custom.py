"""`saveguard.save` with classes of the user's own, wherever they are defined."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import keras
import models
import pytest
from models import rows

import saveguard

pytestmark = pytest.mark.backend


def test_a_model_that_computes_its_loss_in_a_step_of_its_own(tmp_path: Path) -> None:
    @keras.saving.register_keras_serializable("saveguard_tests")
    class Own(keras.Sequential):
        def train_step(self, *arguments: Any) -> dict[str, Any]:
            return {}

    model = models.shaken(Own([keras.Input((3,)), keras.layers.Dense(2)]))
    model.compile("sgd")
    receipt = saveguard.save(model, tmp_path / "m.keras", example=(rows(4, 3), rows(4, 2)))
    assert receipt.proven
    assert {f.code for f in receipt.findings} == {"SG202"}


def test_classes_of_a_module_made_in_memory_are_carried(tmp_path: Path) -> None:
    module = types.ModuleType("made_in_memory")
    sys.modules["made_in_memory"] = module
    source = (
        "import keras\n"
        "class Twice(keras.layers.Layer):\n"
        "    def call(self, inputs):\n"
        "        return FACTOR * inputs\n"
        "FACTOR = 2\n"
    )
    exec(source, module.__dict__)
    try:
        model = keras.Sequential([keras.Input((3,)), module.Twice(), keras.layers.Dense(2)])
        receipt = saveguard.save(model, tmp_path / "m.keras", example=rows(4, 3))
    finally:
        del sys.modules["made_in_memory"]
    assert receipt.proven
    assert {f.code for f in receipt.findings} == {"SG202"}


SCRIPT = """
import keras
import numpy as np
import saveguard

class Twice(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs

model = keras.Sequential([keras.Input((3,)), Twice(), keras.layers.Dense(2)])
receipt = saveguard.save(model, "m.keras", example=np.ones((2, 3), "float32"))
print(receipt.proven, [finding.code for finding in receipt.findings])
"""


def test_classes_of_a_script_are_carried(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "True ['SG202']"
