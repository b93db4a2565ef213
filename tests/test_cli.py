"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from saveguard.cli.main import COMMANDS, main
from saveguard.codes import CODES
from saveguard.errors import SaveguardError
from saveguard.finding import Finding, Report
from saveguard.rules import registry
from saveguard.version import __version__

LOST = Finding(
    code="SG402", name="untracked-variables", where="model.x", message="lost", why="so", fix="do"
)
CLEAN = Report(subject="m.keras", read=("3 variables",))
PARTLY = Report(subject="m.keras", not_read=("loss",))
WRONG = Report(subject="m.keras", findings=(LOST,), not_read=("loss",))
REPORT_KEYS = {
    "subject",
    "findings",
    "read",
    "not_read",
    "files",
    "suppressed",
    "schema_version",
}

Answer = Callable[[Report | BaseException], list[Any]]


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="saveguard", env=environment)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Let `saveguard.persist.verify.verify` give a report, or raise, and record its calls."""

    def stand_in(result: Report | BaseException) -> list[Any]:
        calls: list[Any] = []

        def verify(path: str, **options: Any) -> Report:
            calls.append((path, options))
            if isinstance(result, BaseException):
                raise result
            return result

        monkeypatch.setattr("saveguard.persist.verify.verify", verify)
        return calls

    return stand_in


def test_version_names_saveguard_python_and_keras() -> None:
    result = run("--version")
    saveguard, python, keras = result.stdout.splitlines()
    assert result.exit_code == 0
    assert (saveguard, python) == (
        f"saveguard {__version__}",
        f"python {platform.python_version()}",
    )
    assert keras.startswith("keras 3.")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_every_command_and_the_exit_codes(option: str) -> None:
    result = run(option)
    assert result.exit_code == 0
    assert all(f"\n  {name} " in result.stdout for name in COMMANDS)
    assert "0 clean, 1 certain findings, 2 could not run, 3 not fully read" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_fits_one_screen(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: saveguard {name} ")
    assert len(result.stdout.splitlines()) <= 40


def test_unknown_command_suggests_the_nearest() -> None:
    result = run("explian", "SG402")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "No such command 'explian'. Did you mean 'explain'?" in result.stderr


def test_no_command_shows_the_help_and_could_not_run() -> None:
    assert run().exit_code == 2


@pytest.mark.parametrize("code", CODES)
def test_explain_prints_the_page(code: str) -> None:
    result = run("explain", code)
    assert result.exit_code == 0
    heading, page = result.stdout.split("\n\n", 1)
    assert heading.startswith(f"{code} {registry.rule(code).name} (since ")
    assert page == f"{registry.page(code)}\n"


def test_explain_takes_small_letters_and_names() -> None:
    code = min(CODES)
    page = run("explain", code).stdout
    assert run("explain", code.lower()).stdout == page
    assert run("explain", registry.rule(code).name).stdout == page


@pytest.mark.parametrize(
    ("unknown", "near"), [("SG7011", "SG701"), ("sg70l", "SG701"), ("disc-full", "disk-full")]
)
def test_explain_of_an_unknown_code_suggests_and_could_not_run(unknown: str, near: str) -> None:
    result = run("explain", unknown)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"no rule has the code or name {unknown!r}; did you mean ")
    assert near in result.stderr
    assert result.stderr.endswith("`saveguard rules` lists them all\n")


def test_explain_suggests_nothing_for_what_resembles_nothing() -> None:
    told = "no rule has the code or name '?'; `saveguard rules` lists them all\n"
    assert run("explain", "?").stderr == told


def test_rules_lists_every_code_once() -> None:
    result = run("rules")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == sorted(CODES)


def test_rules_as_json() -> None:
    held = json.loads(run("rules", "--format", "json").stdout)
    assert set(held) == {"schema_version", "rules"}
    assert [row["code"] for row in held["rules"]] == sorted(CODES)
    assert {key for row in held["rules"] for key in row} == {
        "code",
        "name",
        "since",
        "senses",
        "headline",
    }


@pytest.mark.parametrize(
    ("report", "options", "code"),
    [
        (CLEAN, [], 0),
        (CLEAN, ["--strict"], 0),
        (PARTLY, [], 0),
        (PARTLY, ["--strict"], 3),
        (WRONG, [], 1),
        (WRONG, ["--strict"], 1),
    ],
)
def test_verify_exits_by_the_report(
    answer: Answer, report: Report, options: list[str], code: int
) -> None:
    answer(report)
    result = run("verify", "m.keras", *options)
    assert (result.exit_code, result.stdout, result.stderr) == (code, f"{report}\n", "")


def test_verify_that_could_not_run_prints_its_findings_and_exits_with_2(answer: Answer) -> None:
    answer(SaveguardError(WRONG))
    text, held = run("verify", "m.keras"), run("verify", "m.keras", "--format", "json")
    assert (text.exit_code, text.stdout) == (2, f"{WRONG}\n")
    assert (held.exit_code, json.loads(held.stdout)["findings"][0]["code"]) == (2, "SG402")


def test_verify_as_json(answer: Answer) -> None:
    answer(WRONG)
    result = run("verify", "m.keras", "--format", "json", "--color", "always")
    assert result.exit_code == 1
    assert set(json.loads(result.stdout)) == REPORT_KEYS


def test_verify_passes_its_options_on(answer: Answer) -> None:
    calls = answer(CLEAN)
    run("verify", "m.keras")
    run("verify", "m.h5", "--python", "py", "--limit", "7", "--import", "a", "--import", "b.c")
    assert calls == [
        ("m.keras", {"python": None, "limit": 300.0, "modules": (), "preprocessing": None}),
        ("m.h5", {"python": "py", "limit": 7.0, "modules": ("a", "b.c"), "preprocessing": None}),
    ]


@pytest.mark.parametrize(
    ("options", "environment", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_verify_colours_where_it_is_wanted(
    answer: Answer, options: list[str], environment: dict[str, str], colored: bool
) -> None:
    answer(WRONG)
    clean = {"NO_COLOR": "", "FORCE_COLOR": "", **environment}
    assert ("\x1b[" in run("verify", "m.keras", *options, **clean).stdout) is colored


@pytest.mark.parametrize("limit", ["0", "-1", "soon"])
def test_verify_refuses_a_limit_that_is_none(limit: str) -> None:
    result = run("verify", "m.keras", "--limit", limit)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_crash_is_not_taken_for_findings(answer: Answer) -> None:
    answer(RuntimeError("a bug"))
    result = run("verify", "m.keras")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("RuntimeError: a bug\n")


def test_an_interrupt_is_not_taken_for_findings(answer: Answer) -> None:
    answer(KeyboardInterrupt())
    assert run("verify", "m.keras").exit_code == 130


@pytest.mark.parametrize("code", [0, 1])
def test_demo_exits_as_the_story_ends(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    from saveguard.demo import story

    monkeypatch.setattr(story, "main", lambda: code)
    assert run("demo").exit_code == code


def program(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "saveguard", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )


def test_as_a_module(tmp_path: Path) -> None:
    done = program("explain", min(CODES), folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run("explain", min(CODES)).stdout
    unknown = program("explain", "SG000", folder=tmp_path)
    assert (unknown.returncode, unknown.stdout) == (2, "")


def test_verify_of_what_is_not_there_could_not_run(tmp_path: Path) -> None:
    done = program("verify", "missing.keras", "--format", "json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert json.loads(done.stdout)["subject"] == "missing.keras"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.backend
def test_verify_of_a_real_file(tmp_path: Path) -> None:
    import keras

    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(tmp_path / "m.keras")
    done = program("verify", "m.keras", "--format", "json", folder=tmp_path)
    report = json.loads(done.stdout)
    assert (done.returncode, report["findings"]) == (0, [])
    assert "every array in the file was read" in report["read"]
    assert [path.name for path in tmp_path.iterdir()] == ["m.keras"]
