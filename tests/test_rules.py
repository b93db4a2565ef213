"""Every rule is held to the same: a page, an example that fires, a neighbour that stays silent."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import neutral, report_on

from saveguard.codes import CODES
from saveguard.diagnosis.recall import recalled
from saveguard.rule import SECTIONS, NotHere
from saveguard.rules import registry

RECORDED = Path(__file__).parent / "recorded"
TOLD = ("message", "where", "why", "fix", "certainty")
each_rule = pytest.mark.parametrize("code", sorted(CODES))


@each_rule
def test_a_rule_has_a_page_with_all_its_parts(code: str) -> None:
    title, *_ = registry.page(code).splitlines()
    found = re.findall(r"^## (.+)$", registry.page(code), re.MULTILINE)
    assert title.endswith(".") and len(title) <= 100
    assert tuple(found) == SECTIONS


@each_rule
def test_a_rule_s_code_is_the_listed_one(code: str) -> None:
    rule = registry.rule(code)
    assert rule.code == code
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.name == CODES[code].rpartition(".")[2].replace("_", "-")


@each_rule
def test_bad_fires_exactly_its_code(code: str, tmp_path: Path, snapshot: object) -> None:
    call = _example(code, "bad", tmp_path)
    report = report_on(call)
    assert set(report.codes) == {code, *call.codes}
    told = [
        {key: _stable(neutral(getattr(finding, key), tmp_path)) for key in TOLD}
        for finding in report.findings
        if finding.code == code
    ]
    assert told == snapshot


@each_rule
def test_good_is_silent(code: str, tmp_path: Path) -> None:
    assert report_on(_example(code, "good", tmp_path)).findings == ()


@each_rule
def test_each_signature_matches_a_recorded_error(code: str) -> None:
    rule = registry.rule(code)
    recorded = [json.loads(path.read_text()) for path in sorted((RECORDED / code).glob("*.json"))]
    for signature in rule.signatures:
        errors = [recalled(entry["type"], entry["message"]) for entry in recorded]
        stages = [entry["stage"] for entry in recorded]
        assert any(
            signature.match(error, stage) for error, stage in zip(errors, stages, strict=True)
        ), f"no recording under tests/recorded/{code} shows {signature.pattern}"


def test_every_rule_file_is_listed() -> None:
    folder = Path(registry.__file__).parent
    files = {
        f"{path.parent.name}.{path.stem}"
        for path in folder.glob("*/*.py")
        if path.stem != "__init__"
    }
    assert files == set(CODES.values())


def _example(code: str, which: str, folder: Path):  # type: ignore[no-untyped-def]
    try:
        return getattr(registry.module(code), which)(folder)
    except NotHere as reason:
        pytest.skip(str(reason))


def _stable(text: str) -> str:
    """Without what differs from run to run: numbers that name layers, modules, processes."""
    text = re.sub(r"user_[0-9a-f]{12}", "user_module", text)
    text = re.sub(r"\b(sequential|functional|masking|lstm|dense|own)_\d+\b", r"\1", text)
    text = re.sub(r"\b\d+ bytes", "N bytes", text)
    return re.sub(r"0x[0-9a-f]+", "0x...", text)
