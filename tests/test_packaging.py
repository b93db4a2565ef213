"""What is shipped: the lock, the version, the rules' files and the metadata agree."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from saveguard.cli.main import COMMANDS
from saveguard.codes import CODES
from saveguard.version import __version__

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements/dev.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKED = re.findall(r"^([a-z0-9.-]+)==\S+", LOCK, re.MULTILINE)


def wanted_names(requirements: list[str | dict[str, str]]) -> set[str]:
    """The names in a list of requirements, without versions and extras."""
    texts = [text for text in requirements if isinstance(text, str)]
    return {re.split(r"[^a-z0-9-]", text, maxsplit=1)[0] for text in texts}


def test_lock_names_no_host_and_no_machine() -> None:
    assert not re.search(r"://|--index|--extra-index|--find-links|--trusted-host|file:| @ ", LOCK)
    assert not re.search(r"(?<!\w)/\w+/", LOCK)


def test_everything_in_the_lock_has_a_hash() -> None:
    entries = re.split(r"^(?=[a-z0-9.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert len(entries) == len(LOCKED) > 40


@pytest.mark.parametrize("extra", ["tensorflow", "jax", "demo"])
def test_lock_holds_the_extras_that_the_targets_need(extra: str) -> None:
    assert wanted_names(PROJECT["project"]["optional-dependencies"][extra]) <= set(LOCKED)


def test_lock_holds_the_dependencies_and_the_tools() -> None:
    groups = PROJECT["dependency-groups"]
    assert wanted_names(PROJECT["project"]["dependencies"]) <= set(LOCKED)
    assert wanted_names(groups["dev"]) | wanted_names(groups["build"]) <= set(LOCKED)
    assert wanted_names(PROJECT["build-system"]["requires"]) <= set(LOCKED)


def test_version_is_the_changelog_s_newest() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[([^\]]+)\]", changelog, re.MULTILINE)[0] == __version__


def test_version_stands_in_one_place() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "src/saveguard/version.py"


@pytest.mark.parametrize(("code", "place"), CODES.items(), ids=CODES)
def test_every_code_has_its_file_in_its_family(code: str, place: str) -> None:
    families = {
        "SG1": "integrity",
        "SG2": "loading",
        "SG3": "security",
        "SG4": "fidelity",
        "SG5": "inputs",
        "SG6": "sequences",
        "SG7": "runtime",
        "SG9": "coverage",
    }
    assert re.fullmatch(r"SG\d{3}", code)
    assert place.split(".")[0] == families[code[:3]]
    assert importlib.util.find_spec(f"saveguard.rules.{place}") is not None


def test_every_rule_s_file_has_a_code() -> None:
    rules = ROOT / "src/saveguard/rules"
    files = {
        f"{path.parent.name}.{path.stem}"
        for path in rules.glob("*/*.py")
        if path.stem != "__init__" and "rule = Rule(" in path.read_text(encoding="utf-8")
    }
    assert files == set(CODES.values())


@pytest.mark.parametrize("module", COMMANDS.values())
def test_every_command_has_its_file(module: str) -> None:
    assert importlib.util.find_spec(f"saveguard.cli.{module}") is not None


def test_package_says_that_it_is_typed_and_how_it_is_licensed() -> None:
    assert (ROOT / "src/saveguard/py.typed").is_file()
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
