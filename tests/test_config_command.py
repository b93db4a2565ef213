"""`saveguard config` prints what holds here, and where that stands."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saveguard.cli.main import main
from saveguard.examine.settings import KERAS


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["config", *arguments], prog_name="saveguard")


def test_the_defaults_are_printed_as_toml() -> None:
    assert tomllib.loads(run().stdout) == {
        "select": [],
        "ignore": [],
        "keras": KERAS,
        "strict": False,
        "baseline": "",
        "format": "text",
        "per-path": {},
    }


def test_each_setting_says_where_it_stands() -> None:
    path = Path("pyproject.toml").absolute()
    path.write_text('[tool.saveguard]\nstrict = true\nper-path = { "a/*" = { keras = "2.15" } }\n')
    lines = run("--show-origin").stdout.splitlines()
    assert f"strict = true  # {path}" in lines
    assert "select = []  # default" in lines
    read = tomllib.loads("\n".join(lines))
    assert read["per-path"] == {"a/*": {"ignore": [], "keras": "2.15"}}
    told = json.loads(run("--format", "json").stdout)
    assert (told["settings"]["strict"], told["origins"]["strict"]) == (True, str(path))


def test_what_is_not_understood_could_not_run() -> None:
    Path("pyproject.toml").write_text("[tool.saveguard]\nkers = '3.15'\n")
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("has a key 'kers', which is none; did you mean 'keras'?\n")
