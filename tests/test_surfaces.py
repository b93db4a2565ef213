"""The pre-commit hook and the GitHub action: they parse, and what they run does its work."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PROGRAM = Path(sys.executable).with_name("saveguard")
INSTALL, CHECK = ACTION["runs"]["steps"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive that is cut, in a folder with a space in its name."""
    path = tmp_path / "my models" / "cut.keras"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}" * 100)
    path.write_bytes(path.read_bytes()[:80])
    return tmp_path


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("m.keras", True),
        ("a/m.weights.h5", True),
        ("m.hdf5", True),
        ("m.weights.json", True),
        ("saved_model.pb", True),
        ("a/saved_model.pb", True),
        ("not_saved_model.pb", False),
        ("package.json", False),
        ("keras", False),
    ],
)
def test_the_hook_takes_saved_models(name: str, taken: bool) -> None:
    assert (re.search(HOOK["files"], name) is not None) is taken


def test_the_hook_s_entry_judges_the_files_that_it_is_given(folder: Path) -> None:
    assert (HOOK["id"], HOOK["language"]) == ("saveguard-check", "python")
    command = [PROGRAM, *shlex.split(HOOK["entry"])[1:], "my models/cut.keras"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("error[SG10")


def test_the_hook_s_entry_takes_a_savedmodel_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"")
    command = [PROGRAM, *shlex.split(HOOK["entry"])[1:], "--format", "json", "saved_model.pb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert [file["path"] for file in json.loads(done.stdout)["files"]] == ["."]


def test_the_action_has_no_input_in_a_program() -> None:
    assert ACTION["runs"]["using"] == "composite"
    for step in (INSTALL, CHECK):
        assert step["shell"] == "bash" and "${{" not in step["run"]
    used = re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION["runs"]))
    assert sorted(used) == sorted(ACTION["inputs"])
    assert all(put["description"] and "default" in put for put in ACTION["inputs"].values())


def acted(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The action's own check, with the program that is tested in place of a new one."""
    programs = folder / "runner" / "saveguard" / "bin"
    programs.mkdir(parents=True)
    (programs / "saveguard").symlink_to(PROGRAM)
    given = {name: put["default"] for name, put in ACTION["inputs"].items()} | inputs
    wanted = {k: given[re.findall(r"inputs\.([\w-]+)", v)[0]] for k, v in CHECK["env"].items()}
    places = {name: str(folder / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    environment = {**os.environ, **wanted, **places, "RUNNER_TEMP": str(folder / "runner")}
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", CHECK["run"]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_annotates(folder: Path) -> None:
    done = acted(folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("::error file=my models/cut.keras,title=SG10")
    assert "SG10" in (folder / "GITHUB_STEP_SUMMARY").read_text()


def test_the_action_writes_sarif(folder: Path) -> None:
    done = acted(folder, format="sarif", paths="my models\n\n", keras="3.12", strict="true")
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads((folder / "saveguard.sarif").read_text())["version"] == "2.1.0"
    assert (folder / "GITHUB_OUTPUT").read_text() == "sarif-file=saveguard.sarif\n"


def test_the_action_fails_where_there_is_nothing(folder: Path) -> None:
    assert acted(folder, paths="other/*.keras").returncode == 2
