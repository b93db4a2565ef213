"""The baseline: what is known is left out, counted, and not for ever."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import msgspec
import pytest

from saveguard.examine import baseline
from saveguard.examine.baseline import Baseline, Known
from saveguard.examine.settings import Refused
from saveguard.finding import Examined, Finding, Report


def finding(code: str, file: str, where: str = "config.json $.a") -> Finding:
    return Finding(code=code, name="x", where=where, message="m", why="w", fix="f", file=file)


ONE, TWO = finding("SG101", "models/a.keras"), finding("SG102", "models/b.h5", "models/b.h5")
FILES = (Examined(path="models/a.keras"), Examined(path="models/b.h5"))
REPORT = Report(subject="models", findings=(ONE, TWO), files=FILES)
TODAY = datetime.date(2026, 11, 23)


def written(folder: Path, report: Report = REPORT, old: Baseline | None = None) -> Baseline:
    path = folder / "known.json"
    baseline.write(str(path), report.findings, old or Baseline())
    return baseline.load(str(path))


def test_what_is_written_is_left_out_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    known = written(tmp_path)
    applied = baseline.apply(REPORT, known, str(tmp_path))
    assert (applied.report.findings, applied.report.suppressed) == ((), 2)
    assert applied.report.verdict == "2 files, nothing found; 2 known by the baseline"
    assert (applied.expired, applied.gone) == ((), ())


def test_only_the_same_code_place_and_file_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    known = written(tmp_path)
    others = (
        msgspec.structs.replace(ONE, code="SG103"),
        msgspec.structs.replace(ONE, where="config.json $.b"),
        msgspec.structs.replace(ONE, file="models/c.keras"),
    )
    report = Report(subject="models", findings=others, files=FILES)
    applied = baseline.apply(report, known, str(tmp_path))
    assert (len(applied.report.findings), applied.report.suppressed) == (3, 0)
    assert {entry.code for entry in applied.gone} == {"SG101", "SG102"}
    reworded = msgspec.structs.replace(ONE, message="said better")
    again = Report(subject="models", findings=(reworded,), files=FILES)
    assert baseline.apply(again, known, str(tmp_path)).report.suppressed == 1


def test_the_folder_may_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known = written(tmp_path)
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path / "models")
    here = Report(
        subject=".",
        findings=(msgspec.structs.replace(ONE, file="a.keras"),),
        files=(Examined(path="a.keras"),),
    )
    assert baseline.apply(here, known, "..").report.suppressed == 1


def test_what_has_expired_is_told_again() -> None:
    ends = {"yesterday": datetime.date(2026, 11, 22), "today": TODAY}
    for name, expires in ends.items():
        known = Known("models/a.keras", "SG101", ONE.where, ONE.fingerprint, "r", expires)
        applied = baseline.apply(REPORT, Baseline(findings=(known,)), "", today=TODAY)
        assert applied.report.suppressed == (name == "today")
        assert applied.expired == ((known,) if name == "yesterday" else ())


def test_of_files_that_were_not_looked_at_nothing_is_said_to_be_gone() -> None:
    known = Known("models/other.keras", "SG101", "", "0")
    assert baseline.apply(REPORT, Baseline(findings=(known,)), "", today=TODAY).gone == ()


def test_reasons_and_days_outlive_a_rewrite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = written(tmp_path)
    far = datetime.date(9999, 1, 1)
    edited = msgspec.structs.replace(first.findings[0], reason="ticket 7", expires=far)
    past = msgspec.structs.replace(first.findings[1], reason="old", expires=TODAY.replace(2020))
    again = written(tmp_path, old=Baseline(findings=(edited, past)))
    assert [entry.reason for entry in again.findings] == ["ticket 7", baseline.REASON]
    assert again.findings[0].expires == far and again.findings[1].expires is None


def test_the_file_is_for_people_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    held = json.loads((tmp_path / "known.json").read_text())
    assert held["findings"][0] == {
        "file": "models/a.keras",
        "code": "SG101",
        "where": "config.json $.a",
        "fingerprint": ONE.fingerprint,
        "reason": "known when the baseline was written",
        "expires": None,
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "known.json cannot be read: No such file or directory; --write-baseline writes it"),
        ("", "known.json is no baseline: "),
        ('{"findings": [{}]}', "known.json is no baseline: Object missing required field"),
        ('{"finding": []}', "known.json is no baseline: Object contains unknown field `finding`"),
    ],
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str | None, told: str) -> None:
    if text is not None:
        (tmp_path / "known.json").write_text(text)
    with pytest.raises(Refused) as caught:
        baseline.load(str(tmp_path / "known.json"))
    assert told in str(caught.value)
