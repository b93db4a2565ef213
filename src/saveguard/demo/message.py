"""One message for three mistakes, told apart: `Structure is a scalar but len(flat_sequence) == 0`.

The tracebacks beside this module were raised by real releases, each by the mistake that is told.
"""

from __future__ import annotations

from importlib import resources
from typing import NamedTuple

from saveguard.demo.stage import Stage
from saveguard.finding import Report

LAST_LINE = "ValueError: Structure is a scalar but len(flat_sequence) == 0 > 1"


class Shown(NamedTuple):
    """A recorded traceback.

    Attributes:
        name: Of its file; the stage, and the release that printed it.
        code: The code of what was done there.
        mistake: What was done.
    """

    name: str
    code: str
    mistake: str


SHOWN = (
    Shown("save-tensorflow-1.14", "SG248", "a declared input reached no output"),
    Shown("save-tensorflow-1.15", "SG247", "a layer was renamed after the model was built"),
    Shown("save-tensorflow-2.0", "SG247", "the same, a release later"),
    Shown("save-tensorflow-2.10", "SG247", "the same, in the words of TF 2.1 to 2.15"),
    Shown("predict-tensorflow-1.15", "SG602", "predict() was given no rows"),
    Shown("predict-tensorflow-2.0", "SG602", "the same, a release later"),
    Shown("predict-tensorflow-2.1", "SG602", "the same, in the words of TF 2.1"),
    Shown("predict-tensorflow-2.10", "SG602", "the same, in the words of TF 2.7 to 2.15"),
)


def one_message(stage: Stage) -> None:
    """Explain eight tracebacks of old releases, and the line that four of them share."""
    import saveguard

    stage.chapter("4. One message, three mistakes")
    stage.say(
        "In TF 1.14 to 2.0 a save and a prediction end in the same line, and later releases found"
        " other words for it. The stage, the frames and the release tell the mistakes apart."
    )
    for shown in SHOWN:
        text = traceback(shown.name)
        report = saveguard.explain(text)
        stage.show(f"{shown.name}: {shown.mistake}", f"{_last(text)}\n{_first(report)}")
        stage.claim(f"the first answer is {shown.code}", report.codes[:1] == (shown.code,))
    report = saveguard.explain(LAST_LINE)
    stage.show("the last line alone", f"{LAST_LINE}\n{_ranked(report)}")
    stage.claim("without the frames no answer is certain", report.ok)
    stage.claim("and all three mistakes are told", set(report.codes) == {"SG602", "SG247", "SG248"})


def traceback(name: str) -> str:
    """The text of a recorded traceback."""
    place = resources.files("saveguard.demo") / "tracebacks" / f"{name}.txt"
    return place.read_text(encoding="utf-8")


def _last(text: str) -> str:
    """The line that names the exception, cut to a line of a terminal."""
    lines = [line for line in text.splitlines() if line.startswith("ValueError")]
    return f"{lines[-1][:84]}..." if len(lines[-1]) > 84 else lines[-1]


def _first(report: Report) -> str:
    best = report.findings[0]
    return f"-> {best.code} ({best.certainty}): {best.message}\n   fix: {best.fix}"


def _ranked(report: Report) -> str:
    return "\n".join(f"-> {f.code} ({f.certainty}): {f.message}" for f in report.findings)
