"""Real old files of other projects: does `check` say what plain Keras 3.15.1 does with them?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from saveguard.examine.judge import judge
from saveguard.examine.loadable import loadable

FOLDER = Path(__file__).parents[2] / "shared" / "legacy-models"
MANIFEST = FOLDER / "manifest.json"
FILES = json.loads(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else []
# How the manifest puts each cause, and the rule that owns it.
CAUSES = {
    "SavedModel directory": "SG222",
    "Unrecognized keyword arguments": "SG210",
    "custom class missing": "SG201",
    "Sequential config is a list": "SG214",
    "Sequential batch_input_shape misread": "SG215",
}

pytestmark = pytest.mark.skipif(not FILES, reason="the old files are not here")


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: str(entry["id"]))
def test_the_prediction_is_what_plain_keras_does(entry: dict[str, Any]) -> None:
    told = loadable(judge(str(FOLDER / entry["file"]), keras="3.15.1"))
    assert told.loads == (entry["plain_keras_3_15_1"] == "ok")


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: str(entry["id"]))
def test_the_cause_is_the_one_that_plain_keras_names(entry: dict[str, Any]) -> None:
    message = entry["plain_keras_message"]
    told = loadable(judge(str(FOLDER / entry["file"]), keras="3.15.1"))
    if message is None:
        assert told.cause is None
        return
    assert told.cause is not None
    assert told.cause.code == next(code for part, code in CAUSES.items() if part in message)
    for word in ("groups", "time_major", *entry["custom"]):
        assert word not in message or word in told.cause.message + told.cause.why
