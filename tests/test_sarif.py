"""SARIF: what code scanning services read, within their limits and the format's structure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from saveguard.finding import Examined, Finding, Report
from saveguard.report import sarif
from saveguard.rules import registry
from saveguard.version import __version__

BAD = Finding(
    code="SG101",
    name="file-damaged",
    where="config.json $.config.layers[3].config.time_major",
    message="layer `lstm_1` is damaged",
    why="because",
    fix="fetch it again",
    evidence=("seen",),
    file="models/a b.keras",
)
WHOLE = msgspec.structs.replace(BAD, where="models/a b.keras", certainty="likely")
OTHER = msgspec.structs.replace(BAD, code="SG103", name="file-changed", where="model.weights.h5")
FILES = (Examined(path="models/a b.keras", not_read=("config.json: too deep",)),)
REPORT = Report(subject="models", findings=(BAD, WHOLE, OTHER), files=FILES)
PAGES = {code: registry.page(code) for code in ("SG101", "SG103")}


class Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """Part of SARIF 2.1.0 (its JSON schema, where every object refuses further properties)."""


class Text(Strict):
    text: str
    markdown: str = ""


class Artifact(Strict):
    uri: str
    uri_base_id: str = ""


class Region(Strict):
    start_line: int
    start_column: int
    end_line: int
    end_column: int


class Physical(Strict):
    artifact_location: Artifact
    region: Region | None = None


class Logical(Strict):
    fully_qualified_name: str
    kind: str


class Location(Strict):
    physical_location: Physical | None = None
    logical_locations: list[Logical] = []


class Result(Strict):
    rule_id: str
    rule_index: int
    level: Literal["none", "note", "warning", "error"]
    message: Text
    locations: list[Location]
    partial_fingerprints: dict[str, str]
    properties: dict[str, Any]


class Descriptor(Strict):
    id: str
    name: str
    short_description: Text
    full_description: Text
    help: Text
    properties: dict[str, Any]
    help_uri: str = ""


class Driver(Strict):
    name: str
    version: str
    semantic_version: str
    rules: list[Descriptor]


class Tool(Strict):
    driver: Driver


class Notification(Strict):
    level: Literal["none", "note", "warning", "error"]
    message: Text
    locations: list[Location] = []


class Invocation(Strict):
    execution_successful: bool
    tool_execution_notifications: list[Notification]


class Base(Strict):
    description: Text


class Run(Strict):
    tool: Tool
    invocations: list[Invocation]
    original_uri_base_ids: dict[str, Base]
    column_kind: Literal["utf16CodeUnits", "unicodeCodePoints"]
    results: list[Result]


class Log(Strict):
    schema: str = msgspec.field(name="$schema")
    version: Literal["2.1.0"]
    runs: list[Run]


@pytest.fixture(scope="module")
def run() -> Run:
    (run,) = msgspec.json.decode(sarif.render(REPORT, PAGES), type=Log).runs
    return run


def test_rules_are_described_by_their_pages(run: Run) -> None:
    driver = run.tool.driver
    assert (driver.name, driver.version) == ("saveguard", __version__)
    assert [rule.id for rule in driver.rules] == ["SG101", "SG103"]
    damaged = driver.rules[0]
    assert damaged.short_description.text.startswith("The file is damaged: ")
    assert "`keras.saving.load_model` stops." in damaged.full_description.text
    assert "## Fix" in damaged.help.markdown
    assert damaged.help_uri.startswith("https://github.com/keras-team/")


def test_every_rule_s_page_makes_a_description() -> None:
    for code in ("SG101", "SG402", "SG701"):
        finding = msgspec.structs.replace(BAD, code=code, name=registry.rule(code).name)
        text = sarif.render(Report(subject="m", findings=(finding,)), {code: registry.page(code)})
        (rule,) = msgspec.json.decode(text, type=Log).runs[0].tool.driver.rules
        assert rule.short_description.text and " " not in rule.help_uri
        assert len(rule.properties["tags"]) <= 10


def test_results_point_at_their_rules_and_places(run: Run) -> None:
    assert [(r.rule_id, run.tool.driver.rules[r.rule_index].id) for r in run.results] == [
        ("SG101", "SG101"),
        ("SG103", "SG103"),
        ("SG101", "SG101"),
    ]
    first, second, third = run.results
    assert (first.level, second.level, third.level) == ("error", "error", "warning")
    assert first.message.text == "layer `lstm_1` is damaged\nbecause\nFix: fetch it again\nseen"
    physical = first.locations[0].physical_location
    assert physical is not None
    assert physical.artifact_location == Artifact("models/a%20b.keras", "%SRCROOT%")
    assert physical.region == Region(1, 1, 1, 2)
    assert first.locations[0].logical_locations == [Logical(BAD.where, "object")]
    assert second.locations[0].logical_locations == [Logical("model.weights.h5", "member")]
    assert third.locations[0].logical_locations == []


def test_fingerprints_tell_places_apart_and_not_files_or_words(run: Run) -> None:
    prints = [result.partial_fingerprints["saveguard/v1"] for result in run.results]
    assert len(set(prints)) == 3
    moved = msgspec.structs.replace(BAD, file="elsewhere.keras", message="said better")
    assert moved.fingerprint == prints[0]


def test_what_was_not_read_is_a_notification(run: Run) -> None:
    (told,) = run.invocations[0].tool_execution_notifications
    assert (told.level, told.message.text) == ("warning", "not read: config.json: too deep")


def test_a_file_elsewhere_is_absolute(tmp_path: Path) -> None:
    finding = msgspec.structs.replace(BAD, file=f"{tmp_path}/ü.keras")
    told = json.loads(sarif.render(Report(subject="m", findings=(finding,)), PAGES))
    location = told["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": f"file://{tmp_path}/%C3%BC.keras"}


def test_security_is_marked_as_such() -> None:
    finding = msgspec.structs.replace(BAD, code="SG301", name="x")
    told = json.loads(sarif.render(Report(subject="m", findings=(finding,)), {}))
    (rule,) = told["runs"][0]["tool"]["driver"]["rules"]
    assert rule["properties"] == {"tags": ["security"], "security-severity": "8.0"}


def test_no_more_results_than_the_service_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "RESULTS", 2)
    (run,) = msgspec.json.decode(sarif.render(REPORT, PAGES), type=Log).runs
    assert [result.level for result in run.results] == ["error", "error"]
    over = run.invocations[0].tool_execution_notifications[0]
    assert over.message.text == "1 more findings are over the limit of 2 results"


def test_nothing_found_is_a_run_without_results() -> None:
    (run,) = msgspec.json.decode(sarif.render(Report(subject="m"), {}), type=Log).runs
    assert (run.results, run.tool.driver.rules) == ([], [])
