"""The lab: one list of releases, cases that have a name each, and enough root causes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from saveguard.codes import CODES

sys.path.append(str(Path(__file__).parent.parent / "tools"))

import interpreters
import record_everywhere

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*/*.json"))
# Six errors of the release that the title's message comes from are recorded beside the others.
CAUSES = record_everywhere.causes()


@pytest.mark.parametrize("release", sorted(CAUSES))
def test_each_release_shows_enough_root_causes(release: str) -> None:
    assert len(CAUSES[release]) >= record_everywhere.WANTED


def test_the_releases_and_backends_are_recorded() -> None:
    for wanted in (
        *("tensorflow-1.15", "tensorflow-2.0", "tensorflow-2.1", "tensorflow-2.3"),
        *("tensorflow-2.6", "tensorflow-2.10", "tensorflow-2.13", "tensorflow-2.15"),
        *("keras-3.0", "keras-3.3", "keras-3.6", "keras-3.9", "keras-3.12", "keras-3.15"),
    ):
        assert any(release.startswith(f"{wanted}.") for release in CAUSES), wanted
    backends = {release.rpartition("-")[2] for release in CAUSES if release.startswith("keras-3")}
    assert backends == {"tensorflow", "jax", "torch"}


def test_recordings_are_of_known_codes_and_name_no_machine() -> None:
    assert {path.parent.name for path in RECORDED} <= set(CODES)
    assert all(path.with_suffix(".txt").exists() for path in RECORDED)


def test_one_list_of_releases_serves_all_tools() -> None:
    assert set(record_everywhere.LABELS) <= set(interpreters.EVERY)
    for label, wanted in interpreters.EVERY.items():
        pinned = [one for one in wanted.requirements if re.match(r"(?:keras|tensorflow)\b", one)]
        assert not wanted.python or all("==" in one for one in pinned), label


def test_an_environment_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    made = tmp_path / "tf2.10" / "bin" / "python"
    made.parent.mkdir(parents=True)
    made.touch()
    assert interpreters.interpreter("tf2.10", tmp_path) == made
    assert interpreters.interpreter("keras3.15", tmp_path) == Path(sys.executable)
    assert interpreters.variables("keras3.6-torch")["KERAS_BACKEND"] == "torch"
