"""[tool.saveguard] in pyproject.toml: what it says, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from saveguard.examine import settings
from saveguard.examine.settings import KEYS, PerPath, Refused, Settings

WHOLE = """
[project]
name = "x"

[tool.saveguard]
select = ["SG1", "SG201"]
ignore = ["SG104"]
keras = "3.12"
strict = true
baseline = "known.json"
format = "concise"

[tool.saveguard.per-path]
"legacy/*" = { ignore = ["SG2"], keras = "2.15" }
"*.h5" = { ignore = ["SG101"] }
"""


def loaded(folder: Path, text: str) -> Settings:
    (folder / "pyproject.toml").write_text(text)
    return settings.load(str(folder / "pyproject.toml"))


def test_every_key(tmp_path: Path) -> None:
    assert loaded(tmp_path, WHOLE) == Settings(
        select=("SG1", "SG201"),
        ignore=("SG104",),
        keras="3.12",
        strict=True,
        baseline=str(tmp_path / "known.json"),
        format="concise",
        per_path={
            "legacy/*": PerPath(ignore=("SG2",), keras="2.15"),
            "*.h5": PerPath(ignore=("SG101",)),
        },
        folder=str(tmp_path),
    )
    assert KEYS == ("select", "ignore", "keras", "strict", "baseline", "format", "per-path")


@pytest.mark.parametrize("text", ["", "[project]\nname = 'saveguard'", "[tool.saveguard]"])
def test_no_table_is_the_defaults(tmp_path: Path, text: str) -> None:
    assert loaded(tmp_path, text) in (Settings(), Settings(folder=str(tmp_path)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("selct = ['SG1']", "{place} has a key 'selct', which is none; did you mean 'select'?"),
        ("xyzzy = 1", "{place} has a key 'xyzzy', which is none"),
        ("folder = 'x'", "{place} has a key 'folder', which is none"),
        ("strict = 'yes'", "{place}: Expected `bool`, got `str` - at `$.strict`"),
        ("select = ['SG999']", "{place}: no code begins with 'SG999'; did you mean "),
        ("ignore = ['']", "{place}: no code begins with ''"),
        ("format = 'xml'", "{place}: Invalid enum value 'xml' - at `$.format`"),
        (
            "per-path = { 'a/*' = { ignored = [] } }",
            "per-path.'a/*' of {place} has a key 'ignored', which is none; did you mean 'ignore'?",
        ),
        ("select = [", "{path} cannot be read: "),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "pyproject.toml"
    told = told.format(place=f"[tool.saveguard] in {path}", path=path)
    with pytest.raises(Refused) as caught:
        loaded(tmp_path, f"[tool.saveguard]\n{line}\n")
    assert str(caught.value).startswith(told)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot be read: .* No such file"):
        settings.load(str(tmp_path / "pyproject.toml"))


def test_which_codes_are_wanted_of_which_file(tmp_path: Path) -> None:
    told = loaded(tmp_path, WHOLE)
    assert told.wanted("SG101", f"{tmp_path}/m.keras")
    assert not told.wanted("SG101", f"{tmp_path}/deep/m.h5")
    assert not told.wanted("SG104", f"{tmp_path}/m.keras")
    assert not told.wanted("SG402", f"{tmp_path}/m.keras")
    assert told.wanted("SG201", f"{tmp_path}/m.keras")
    assert not told.wanted("SG201", f"{tmp_path}/legacy/deep/m.keras")
    assert Settings().wanted("SG999", "m.keras")


def test_which_keras_is_to_load_which_file(tmp_path: Path) -> None:
    told = loaded(tmp_path, WHOLE)
    assert told.keras_for(f"{tmp_path}/m.keras") == "3.12.4"
    assert told.keras_for(f"{tmp_path}/legacy/m.keras") == "2.15.0"


def test_the_nearest_file_is_the_one(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert not settings.nearest(str(deep)).startswith(str(tmp_path))
    (tmp_path / "pyproject.toml").touch()
    assert settings.nearest(str(deep)) == str(tmp_path / "pyproject.toml")
    (tmp_path / "a" / "pyproject.toml").touch()
    assert settings.nearest(str(deep)) == str(tmp_path / "a" / "pyproject.toml")
