"""The command `saveguard inspect`, and its short way to the configuration."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import keras
import pytest
import savedmodels as write
from click.testing import CliRunner

import saveguard
from saveguard.cli import quick
from saveguard.cli.main import main
from saveguard.examine import configuration

CONFIG = {"class_name": "Sequential", "config": {"name": "mod\u00e8le", "layers": []}}


@pytest.fixture(scope="module", params=[".keras", ".h5"])
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)], name="whole")
    path = tmp_path_factory.mktemp("inspect") / f"m{request.param}"
    made.save(path)
    return path


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["inspect", *arguments])


def archive(path: Path, *, method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("metadata.json", "{}")
        file.writestr("config.json", json.dumps(CONFIG))
        file.writestr("model.weights.h5", b"")
    return path


def test_the_command(saved: Path) -> None:
    path = saved
    done = run(str(path))
    assert done.exit_code == 0 and done.output == f"{saveguard.inspect(path)}\n"
    done = run(str(path), "--format", "json")
    assert json.loads(done.output)["path"] == str(path)
    assert "kernel" in run(str(path), "--arrays").output or path.suffix == ".keras"


def test_what_cannot_be_inspected_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_text("words\n")
    done = run(str(tmp_path / "model.keras"))
    assert done.exit_code == 2 and done.stdout == ""
    assert done.stderr.endswith("model.keras: no saved model (its content is text)\n")
    done = run(str(tmp_path / "modl.keras"))
    assert done.exit_code == 2
    assert done.stderr.endswith("there is no such file; did you mean model.keras?\n")


def test_strict_exits_with_3_where_something_is_not_read(tmp_path: Path) -> None:
    folder = write.write(tmp_path / "m", write.saved_model())
    assert run(str(folder), "--strict").exit_code == 0
    (folder / "saved_model.pbtxt").write_text("")
    done = run(str(folder), "--strict")
    assert done.exit_code == 3
    assert done.output.endswith("not read: saved_model.pbtxt: this form of the graph is not read\n")


def test_the_configuration_alone(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved
    done = run(str(path), "--config")
    assert json.loads(done.output)["config"]["name"] == "whole"
    assert quick._printed(str(path))
    assert capsys.readouterr().out == done.output


def test_what_goes_wrong_takes_the_long_way(tmp_path: Path) -> None:
    (tmp_path / "m.keras").write_text("words")
    assert not quick._printed(str(tmp_path / "m.keras"))
    assert not quick._printed(str(tmp_path / "missing"))
    command = [sys.executable, "-m", "saveguard", "inspect", "--config", str(tmp_path / "m.keras")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.endswith("m.keras: no saved model (its content is text)\n")


def test_weights_alone_have_no_configuration(tmp_path: Path) -> None:
    folder = write.write(tmp_path / "m", write.saved_model())
    done = run(str(folder), "--config")
    assert done.exit_code == 2 and done.stderr.endswith("m: it holds no configuration\n")


def test_the_short_way_reads_what_is_plain(tmp_path: Path) -> None:
    assert configuration.plain(str(archive(tmp_path / "a.keras"))) == CONFIG
    deflated = archive(tmp_path / "b.keras", method=zipfile.ZIP_DEFLATED)
    assert configuration.plain(str(deflated)) == CONFIG
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    assert configuration.plain(str(tmp_path)) == CONFIG


def test_the_short_way_leaves_what_is_not_plain(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.keras").read_bytes()
    for name, data in {
        "cut": whole[:-30],
        "behind other bytes": b"#!sh\n" + whole,
        "with a comment": whole[:-2] + b"\x03\x00abc",
        "changed": whole.replace(b"Sequential", b"Sequentiel"),
        "empty": b"",
        "no zip": b"PK\x05\x06",
    }.items():
        (tmp_path / "c.keras").write_bytes(data)
        assert configuration.plain(str(tmp_path / "c.keras")) is None, name
    assert configuration.plain(str(tmp_path / "missing")) is None


def test_the_last_of_two_configurations_counts_as_for_keras(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.keras")
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as file:
        file.writestr("config.json", '"second"')
    assert configuration.plain(str(path)) == "second"


def test_the_short_way_loads_next_to_nothing(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.keras")
    code = (
        f"import sys; sys.argv = ['saveguard', 'inspect', {str(path)!r}, '--config']\n"
        "from saveguard.cli.quick import main; main()\n"
        "heavy = {'click', 'msgspec', 'numpy', 'h5py', 'zipfile', 'keras', 'saveguard.rules'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [json.dumps(CONFIG), "[]"]


def test_inspecting_loads_no_framework(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.keras")
    code = (
        f"import sys, saveguard; str(saveguard.inspect({str(path)!r}))\n"
        "print(sorted({'numpy', 'h5py', 'keras', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
