"""`saveguard check` of real files, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import h5py

import saveguard
from saveguard.examine import judge as judging


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


def test_other_archives_of_a_folder_are_passed_over(tmp_path: Path) -> None:
    _keras_file(tmp_path / "m.keras").rename(tmp_path / "renamed.bin")
    with h5py.File(tmp_path / "data.bin", "w") as file:
        file["x"] = [1.0]
    with h5py.File(tmp_path / "weights.bin", "w") as file:
        file["layers/dense/vars/0"] = [1.0]
    with h5py.File(tmp_path / "named.h5", "w") as file:
        file["x"] = [1.0]
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("notes.txt", "")
    end = b"PK\x05\x06" + b"\0" * 18
    (tmp_path / "program").write_bytes(b"\x7fELF" + end + b"PK\x01\x02 and so on" + end)
    found = saveguard.check(tmp_path)
    names = [Path(file.path).name for file in found.files]
    assert names == ["named.h5", "renamed.bin", "weights.bin"]
    asked = saveguard.check(tmp_path / "other.zip")
    assert asked.codes == ("SG101",)


def test_a_rule_tells_of_so_many_places_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for number in range(judging.MOST + 50):
            archive.writestr(f"../{number}", "")
    report = saveguard.check(path)
    told = [finding for finding in report.findings if finding.code == "SG310"]
    assert len(told) == judging.MOST
    assert f"SG310: there are more than {judging.MOST} such places" in report.not_read
