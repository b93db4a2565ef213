"""`saveguard check` heeds pyproject.toml, its options, and a baseline."""

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
