"""The chapter on one message: what it claims is what explaining the recorded tracebacks gives."""

from __future__ import annotations

from pathlib import Path

import pytest

import saveguard
from saveguard.demo import message
from saveguard.demo.stage import Stage

RECORDED = Path(__file__).parent / "recorded"


def test_every_claim_about_the_message_is_observed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = Stage(tmp_path)
    message.one_message(stage)
    assert stage.failed == []
    told = capsys.readouterr().out
    assert told.count("[observed]") == len(message.SHOWN) + 2
    assert told.count(message.LAST_LINE) == 6


@pytest.mark.parametrize("shown", message.SHOWN, ids=lambda shown: shown.name)
def test_the_tracebacks_are_recordings(shown: message.Shown) -> None:
    text = message.traceback(shown.name)
    assert text in [path.read_text() for path in (RECORDED / shown.code).glob("*.txt")]


def test_the_last_line_alone_ranks_the_three_mistakes() -> None:
    report = saveguard.explain(message.LAST_LINE)
    assert report.codes == ("SG602", "SG247", "SG248")
    assert report.findings[0].certainty == "likely"
