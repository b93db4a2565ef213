"""`saveguard check` and `saveguard.check`: many files, one verdict."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from named_files import files, held, run, stand_in

import saveguard


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("names", "options", "code"),
    [
        (["fine.keras"], [], 0),
        (["fine.keras", "bad.keras"], [], 1),
        (["odd.keras"], [], 0),
        (["partly.keras"], [], 0),
        (["partly.keras"], ["--strict"], 3),
        (["partly.keras", "bad.keras"], ["--strict"], 1),
        (["bad.keras"], ["--ignore", "SG1"], 0),
        (["bad.keras", "odd.keras"], ["--select", "SG103,SG2"], 0),
        (["notes.txt"], [], 2),
    ],
)
def test_exit_codes(names: list[str], options: list[str], code: int) -> None:
    files(*(f"models/{name}" for name in names if name != "notes.txt"))
    Path("models").mkdir(exist_ok=True)
    assert run("models", *options).exit_code == code


def test_one_file_in_full() -> None:
    files("bad.keras")
    result = run("bad.keras")
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.splitlines() == [
        "error[SG101] bad.keras is bad",
        "  at   bad.keras: config.json $.a",
        "  why  it is so",
        "  fix  mend it",
        "  sure certain; more: saveguard explain SG101",
        "bad.keras: keras",
        "bad.keras: 1 certain",
    ]


def test_several_files_concisely() -> None:
    files("m/bad.keras", "m/odd.keras", "m/fine.keras", "m/partly.keras")
    assert run("m", "--format", "concise").stdout.splitlines() == [
        "m/bad.keras: error[SG101] m/bad.keras is bad (config.json $.a)",
        "m/odd.keras: warning[SG103] odd (config.json $.a)",
        "m: not read: m/partly.keras: config.json: too deep",
        "m: 4 files, 1 certain, 1 likely; 1 not fully read",
    ]


def test_json_has_a_record_a_file() -> None:
    files("m/bad.keras", "m/partly.keras", "m/no-model.zip", "fine.keras")
    told = held("m", "fine.keras")
    assert told["subject"] == "m and 1 more"
    assert told["files"] == [
        {"path": "m/bad.keras", "layout": "keras", "size": 7, "not_read": []},
        {
            "path": "m/partly.keras",
            "layout": "keras",
            "size": 7,
            "not_read": ["config.json: too deep"],
        },
        {"path": "fine.keras", "layout": "keras", "size": 7, "not_read": []},
    ]
    assert [(f["file"], f["code"]) for f in told["findings"]] == [("m/bad.keras", "SG101")]


def test_many_files_come_in_order_from_several_processes() -> None:
    files(*(f"m/{number:03}.keras" for number in range(150)))
    told = held("m")
    assert [file["path"] for file in told["files"]] == [f"m/{n:03}.keras" for n in range(150)]


def test_whatever_stops_a_reader_or_a_rule_is_told() -> None:
    files("breaks.keras", "unreadable.keras", "forbidden.keras", "crashes.keras")
    told = {file["path"]: file["not_read"] for file in held(*sorted(os.listdir()))["files"]}
    assert told == {
        "breaks.keras": ['SG101 could not judge: KeyError: "a rule\'s own mistake"'],
        "crashes.keras": ["the file: the process that read it was ended by SIGKILL"],
        "forbidden.keras": ["Permission denied"],
        "unreadable.keras": ["the reader failed: ValueError: not"],
    }


def test_nothing_to_check_could_not_run() -> None:
    Path("empty").mkdir()
    result = run("empty")
    assert (result.exit_code, result.stdout) == (
        2,
        "empty: not read: no saved model in empty\nempty: nothing found\n",
    )


def test_names_that_are_no_text_and_names_that_steer() -> None:
    name = os.fsdecode(b"bad-\xff\x1b[2J.keras")
    files(name)
    told = held(".")
    assert told["files"][0]["path"] == "./bad-\\udcff\\x1b[2J.keras"
    assert told["findings"][0]["file"] == "./bad-\\udcff\\x1b[2J.keras"


def test_github_has_annotations_and_a_summary() -> None:
    files("bad.keras")
    result = run("bad.keras", "--format", "github", GITHUB_STEP_SUMMARY="summary.md")
    assert result.exit_code == 1
    assert result.stdout.startswith("::error file=bad.keras,title=SG101 file-damaged::bad.keras is")
    assert "bad.keras is bad" in Path("summary.md").read_text()
    run("bad.keras", GITHUB_STEP_SUMMARY="summary.md")
    assert Path("summary.md").read_text().count("## saveguard") == 1


def test_sarif_holds_the_rule_s_page() -> None:
    files("bad.keras")
    told = json.loads(run("bad.keras", "--format", "sarif").stdout)
    (rule,) = told["runs"][0]["tool"]["driver"]["rules"]
    assert "## What happens" in rule["help"]["markdown"]


def test_the_library_takes_a_path_a_folder_and_a_list() -> None:
    files("m/bad.keras", "m/fine.keras")
    one = saveguard.check(Path("m/bad.keras"))
    assert (one.subject, one.codes, one.files[0].layout) == ("m/bad.keras", ("SG101",), "keras")
    assert not one.ok and one.read == ("keras",)
    folder = saveguard.check("m")
    assert [file.path for file in folder.files] == ["m/bad.keras", "m/fine.keras"]
    assert saveguard.check(["m/fine.keras", Path("m/bad.keras")]).codes == ("SG101",)
    assert saveguard.check([]).not_read == ("no saved model in nothing",)
