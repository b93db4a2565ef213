"""`saveguard check` and `saveguard.check`: many files, one verdict."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import pytest
from click.testing import CliRunner, Result

import saveguard
from saveguard.cli.main import main
from saveguard.examine import judge
from saveguard.facts import ArchiveFacts, Unread
from saveguard.finding import Finding
from saveguard.rule import Rule

RULES = (Rule("SG101", "file-damaged", since="0.1"), Rule("SG103", "file-changed", since="0.1"))


def _damaged(facts: ArchiveFacts) -> Iterator[Finding]:
    told = {"where": "config.json $.a", "why": "it is so", "fix": "mend it"}
    if "bad" in facts.path:
        yield RULES[0].finding(message=f"{facts.path} is bad", **told)
    if "odd" in facts.path:
        yield RULES[1].finding(message="odd", certainty="likely", **told)
    if "breaks" in facts.path:
        raise KeyError("a rule's own mistake")
    if "crashes" in facts.path and not facts.unread:
        os.kill(os.getpid(), signal.SIGKILL)
    if "release" in facts.path:
        yield RULES[1].finding(message=facts.keras, **told)


RULES[0].in_archive(_damaged)


def _read(path: str, *, digests: bool) -> ArchiveFacts:
    if "forbidden" in path:
        raise PermissionError(13, "Permission denied", path)
    if "unreadable" in path:
        raise ValueError("not\neven")
    unread = (Unread("config.json", "too deep", "budget"),) if "partly" in path else ()
    layout = "" if "no-model" in path else "keras"
    return ArchiveFacts(path=path, layout=layout, content="zip", size=7, unread=unread)


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files say by their names what is wrong with them."""
    if "real" in os.environ.get("PYTEST_CURRENT_TEST", ""):
        return
    import saveguard.archive.read as reading

    monkeypatch.setattr(reading, "read", _read)
    monkeypatch.setattr(judge.registry, "sensing", lambda sense: (RULES[0],))
    monkeypatch.chdir(tmp_path)


def files(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b"PK\x03\x04")


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(
        main, ["check", *arguments], prog_name="saveguard", env={"CI": "", **environment}
    )


def held(*arguments: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(run(*arguments, "--format", "json").stdout)
    return read


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


def test_settings_come_from_the_nearest_pyproject_and_options_win() -> None:
    files("m/bad.keras", "m/release.keras")
    Path("pyproject.toml").write_text("[tool.saveguard]\nkeras = '3.9'\nignore = ['SG101']\n")
    assert [f["message"] for f in held("m")["findings"]] == ["3.9.2"]
    assert [f["message"] for f in held("m", "--keras", "3.12")["findings"]] == ["3.12.4"]
    assert len(held("m", "--ignore", "SG104")["findings"]) == 2
    Path("other.toml").write_text("[tool.saveguard]\nformat = 'concise'\n")
    assert "m/bad.keras: error[SG101]" in run("m", "--config", "other.toml").stdout


def test_a_setting_that_is_not_understood_could_not_run() -> None:
    files("fine.keras")
    Path("pyproject.toml").write_text("[tool.saveguard]\nselct = []\n")
    result = run("fine.keras")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has a key 'selct', which is none; did you mean 'select'?" in result.stderr
    result = run("fine.keras", "--select", "SG998", "--config", os.devnull)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("--select: no code begins with 'SG998'; did you mean 'SG")


def test_a_release_that_is_not_known_could_not_run() -> None:
    files("fine.keras")
    result = run("fine.keras", "--keras", "3.99")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("--keras: Keras 3.99 is not in the tables; near ones are 3.")
    with pytest.raises(ValueError, match=r"Keras 3\.99 is not in the tables"):
        saveguard.check("fine.keras", keras="3.99")
    Path("pyproject.toml").write_text("[tool.saveguard]\nper-path = { '*' = { keras = 'x' } }\n")
    assert "[tool.saveguard] in " in run("fine.keras").stderr


def test_a_baseline_is_written_then_heeded_and_counted() -> None:
    files("m/bad.keras")
    result = run("m", "--write-baseline", "--baseline", "known.json", "--reason", "ticket 7")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "known.json: 1 finding written as known\n"
    assert json.loads(Path("known.json").read_text())["findings"][0]["reason"] == "ticket 7"
    result = run("m", "--baseline", "known.json")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (
        0,
        "m: nothing found; 1 known by the baseline",
    )
    files("m/worse-bad.keras")
    result = run("m", "--baseline", "known.json")
    assert result.exit_code == 1 and "2 files, 1 certain; 1 known" in result.stdout


def test_what_a_baseline_no_longer_covers_is_hinted_on_stderr() -> None:
    files("m/bad.keras")
    run("m", "--write-baseline", "--baseline", "known.json")
    entries = json.loads(Path("known.json").read_text())
    entries["findings"][0]["expires"] = "2020-01-01"
    entries["findings"].append({**entries["findings"][0], "fingerprint": "gone", "expires": None})
    Path("known.json").write_text(json.dumps(entries))
    result = run("m", "--baseline", "known.json")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "known.json: SG101 in m/bad.keras is known no longer: expired on 2020-01-01",
        "known.json: 1 entry is found no more; --write-baseline drops it",
    ]
    assert run("m", "--baseline", "known.json", "--quiet").stderr == ""
    assert run("m", "--baseline", "gone.json").exit_code == 2


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


def _keras_file(path: Path) -> Path:
    layer = {"class_name": "Dense", "module": "keras.layers", "registered_name": None}
    layer["config"] = {"name": "dense", "units": 1}  # type: ignore[assignment]
    config = {"class_name": "Sequential", "module": "keras", "registered_name": None}
    config["config"] = {"name": "m", "layers": [layer]}  # type: ignore[assignment]
    with h5py.File(path.with_suffix(".h5"), "w") as file:
        file["layers/dense/vars/0"] = [[0.5]]
        file["layers/dense/vars/1"] = [0.5]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.write(path.with_suffix(".h5"), "model.weights.h5")
    path.with_suffix(".h5").unlink()
    return path


def test_a_real_file_in_a_process_of_its_own_without_a_framework(tmp_path: Path) -> None:
    path = _keras_file(tmp_path / "m.keras")
    path.with_name("cut.keras").write_bytes(path.read_bytes()[:100])
    program = (
        "import sys; from saveguard.cli.main import main\n"
        "try: main(['check', '.', '--format', 'concise'])\n"
        "finally: assert not {'keras', 'tensorflow', 'jax', 'torch', 'rich'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 1
    assert "./cut.keras: error[SG10" in done.stdout
    assert ".: 2 files, 1 certain" in done.stdout
