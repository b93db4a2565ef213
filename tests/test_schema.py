"""The published JSON Schema is that of the reports which are printed."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from saveguard.finding import SCHEMA_VERSION, Examined, Finding, Report

SCRIPT = Path(__file__).parent.parent / "tools/schema.py"


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def schema(tool: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(tool["text"]())
    return read


def test_it_is_current(tool: dict[str, Any]) -> None:
    assert tool["FILE"].read_text(encoding="utf-8") == tool["text"]()
    assert tool["main"](["--check"]) == 0


def test_it_describes_every_key_that_is_printed(schema: dict[str, Any]) -> None:
    finding = Finding(code="SG101", name="x", where="", message="", why="", fix="")
    report = Report(subject="m", findings=(finding,), files=(Examined(path="m"),))
    held = json.loads(report.to_json())
    assert schema["$ref"] == "#/$defs/Report"
    for name, value in (
        ("Report", held),
        ("Finding", held["findings"][0]),
        ("Examined", held["files"][0]),
    ):
        properties = schema["$defs"][name]["properties"]
        assert set(properties) == set(value)
        assert all(part["description"] for part in properties.values())


def test_it_says_its_version(schema: dict[str, Any]) -> None:
    assert schema["$defs"]["Report"]["properties"]["schema_version"]["const"] == SCHEMA_VERSION
    assert schema["$defs"]["Finding"]["properties"]["certainty"]["enum"] == [
        "certain",
        "likely",
        "possible",
    ]
