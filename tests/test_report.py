"""A report as text and as JSON, and the parts of a rule's page."""

from __future__ import annotations

import re

import msgspec
import pytest

from saveguard.finding import Examined, Finding, Report
from saveguard.report import json, page, text
from saveguard.rule import Rule

LOST = Finding(
    code="SG402",
    name="untracked-variables",
    where="model.layers[1].memory",
    message="variable `memory` is not tracked",
    why="Keras does not write it.",
    fix="assign it as an attribute:\n  at  = self.add_weight()\nwarning[1] = 2",
    evidence=("memory: float32[3]",),
)
ODD = msgspec.structs.replace(LOST, code="SG412", certainty="possible", where="outputs")
REPORT = Report(
    subject="m.keras", findings=(ODD, LOST), read=("3 variables",), not_read=("loss: none",)
)
PAGE = """\
State is lost, and it says
nothing.

## What happens

It is lost.

## Seen in

- Keras 3.15.1: "ValueError: a `layer` was
  never built". On 2.x: "A total of 2 objects".
- Again, with "mse": "A total of 2 objects"; with a name: "Input 0 of layer "lstm" is
  incompatible", and at the end of one: ("Layer "dense"").

## References

- "not a message"
"""


def test_text_without_colour_is_what_the_report_says() -> None:
    assert text.render(REPORT) == str(REPORT)


def test_text_in_full() -> None:
    assert text.render(REPORT).splitlines() == [
        "error[SG402] variable `memory` is not tracked",
        "  at   model.layers[1].memory",
        "  why  Keras does not write it.",
        "  fix  assign it as an attribute:",
        "         at  = self.add_weight()",
        "       warning[1] = 2",
        "  seen memory: float32[3]",
        "  sure certain; more: saveguard explain SG402",
        "note[SG412] variable `memory` is not tracked",
        "  at   outputs",
        "  why  Keras does not write it.",
        "  fix  assign it as an attribute:",
        "         at  = self.add_weight()",
        "       warning[1] = 2",
        "  seen memory: float32[3]",
        "  sure possible; more: saveguard explain SG412",
        "m.keras: 3 variables",
        "m.keras: not read: loss: none",
        "m.keras: 1 certain, 1 possible",
    ]


def test_the_place_names_the_file_unless_it_does_so_already() -> None:
    inside = msgspec.structs.replace(LOST, file="m.keras")
    assert inside.place == "m.keras: model.layers[1].memory"
    assert msgspec.structs.replace(inside, where="m.keras").place == "m.keras"
    assert msgspec.structs.replace(inside, where="").place == "m.keras"
    assert "\n  at   m.keras: model.layers[1].memory\n" in str(inside)


def test_the_verdict_counts_files_what_was_not_read_and_what_is_known() -> None:
    files = (Examined(path="a"), Examined(path="b", not_read=("config.json: too deep",)))
    report = Report(subject="models", findings=(LOST,), files=files, suppressed=1200)
    assert report.verdict == "2 files, 1 certain; 1 not fully read; 1,200 known by the baseline"
    assert Report(subject="a", files=files[:1]).verdict == "nothing found"


def test_what_would_steer_a_terminal_is_spelled_out() -> None:
    names = {"where": "\x1b[2J", "message": "a\ud800", "why": "\u202ehidden", "fix": "a\n\tb = 1"}
    finding = msgspec.structs.replace(LOST, evidence=("\x9b\x00",), **names)
    assert (finding.where, finding.message) == (r"\x1b[2J", r"a\ud800")
    assert (finding.why, finding.fix) == (r"\u202ehidden", "a\n\tb = 1")
    assert finding.evidence == (r"\x9b\x00",)
    assert Report(subject="m", findings=(finding,)).to_json()


def test_colour_adds_no_words() -> None:
    colored = text.render(REPORT, colored=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == str(REPORT)


def test_colour_marks_heads_labels_and_verdict_and_leaves_code_alone() -> None:
    lines = text.render(REPORT, colored=True).splitlines()
    assert lines[0] == "\x1b[1;31merror[SG402]\x1b[0m variable `memory` is not tracked"
    assert lines[1] == "\x1b[2m  at\x1b[0m   model.layers[1].memory"
    assert lines[4:6] == ["         at  = self.add_weight()", "       warning[1] = 2"]
    assert lines[8].startswith("\x1b[1;36mnote[SG412]\x1b[0m ")
    assert lines[-1] == "\x1b[1mm.keras: 1 certain, 1 possible\x1b[0m"


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_when_colour_is_wanted(
    choice: str, environment: dict[str, str], terminal: bool, wanted: bool
) -> None:
    assert text.wants_color(choice, environment, terminal=terminal) is wanted


def test_json_is_the_report_and_comes_back() -> None:
    assert msgspec.json.decode(json.render(REPORT), type=Report) == REPORT


def test_json_keys_are_stable() -> None:
    held = msgspec.json.decode(json.render(REPORT))
    assert list(held) == [
        "subject",
        "findings",
        "read",
        "not_read",
        "files",
        "suppressed",
        "schema_version",
    ]
    assert held["schema_version"] == 1
    assert list(held["findings"][0]) == [
        "code",
        "name",
        "where",
        "message",
        "why",
        "fix",
        "certainty",
        "evidence",
        "file",
    ]


def test_heading_names_the_senses() -> None:
    rule = Rule("SG999", "state-lost", since="0.1")
    assert page.heading(rule) == "SG999 state-lost (since 0.1)"
    rule.in_model(lambda facts: [])
    rule.in_proof(lambda facts: [])
    assert page.heading(rule) == "SG999 state-lost (since 0.1; noticed in: model, proof)"


def test_parts_of_a_page() -> None:
    assert page.headline(PAGE) == "State is lost, and it says nothing."
    assert page.section(PAGE, "What happens") == "It is lost."
    assert page.section(PAGE, "Fix") == ""
    assert page.section(PAGE, "References") == '- "not a message"'


def test_messages_are_the_quotes_of_seen_in_each_once_on_one_line() -> None:
    assert page.messages(PAGE) == [
        "ValueError: a `layer` was never built",
        "A total of 2 objects",
        'Input 0 of layer "lstm" is incompatible',
        'Layer "dense"',
    ]
