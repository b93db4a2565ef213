"""tools/pages.py writes docs/rules, and notices when they are stale."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from saveguard.codes import CODES

SCRIPT = Path(__file__).parent.parent / "tools/pages.py"


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def test_there_is_a_page_for_every_code_and_an_index(tool: dict[str, Any]) -> None:
    assert set(tool["pages"]()) == {"README.md", *(f"{code}.md" for code in CODES)}


@pytest.mark.parametrize("code", CODES)
def test_a_page_has_a_title_a_heading_and_the_rule_s_text(tool: dict[str, Any], code: str) -> None:
    lines = tool["pages"]()[f"{code}.md"].splitlines()
    assert lines[0].startswith("# ")
    assert lines[2].startswith(f"`{code} ")
    assert "## What happens" in lines


def test_index_links_every_code_and_quotes_messages(tool: dict[str, Any]) -> None:
    index = tool["pages"]()["README.md"]
    assert all(f"| [{code}]({code}.md) |" in index for code in CODES)
    assert "`` OSError: [Errno 28] No space left on device `` [SG701](SG701.md)" in index


def test_what_is_missing_stale_or_left_over_is_named(tool: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    tool["write"](folder)
    assert tool["differences"](folder) == []
    (folder / "SG701.md").write_text("edited by hand")
    (folder / "SG000.md").write_text("of a rule that is gone")
    (folder / "README.md").unlink()
    assert tool["differences"](folder) == ["README.md", "SG000.md", "SG701.md"]
    tool["write"](folder)
    assert tool["differences"](folder) == []


def test_one_message_of_several_causes_is_one_line_of_the_index(tool: dict[str, Any]) -> None:
    index = tool["pages"]()["README.md"]
    title = "`` ValueError: Structure is a scalar but len(flat_sequence) == 0 > 1 ``"
    assert f"{title} [SG247](SG247.md), [SG248](SG248.md), [SG602](SG602.md)" in index
    lines = index.split("## By message")[1].splitlines()
    told = [line.rpartition(" `` ")[0] for line in lines if line.startswith("- ")]
    assert len(told) == len(set(told)) >= 350


def test_the_index_of_senses_is_current(tool: dict[str, Any]) -> None:
    assert tool["SENSES"].read_text(encoding="utf-8") == tool["senses"]()
