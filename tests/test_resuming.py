"""A training that is killed goes on with the same losses: the benchmark's own run, once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

# Not a package: `make kills` runs it as a script.
sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

import resuming


@pytest.mark.skipif(os.name != "posix", reason="needs kill")
def test_a_killed_training_makes_the_same_losses(tmp_path: Path) -> None:
    found = resuming.killed(tmp_path, kills=1, seed=1)
    assert (found.kills, found.resumed, found.other) == (1, 1, 0)
    assert found.compared > 0


def test_a_line_that_a_kill_cut_off_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "losses"
    assert resuming._lines(path) == []
    path.write_text("1 0x1p0\n2 0x")
    assert resuming._lines(path) == ["1 0x1p0"]


def test_the_page_tells_of_every_kill() -> None:
    found = resuming.Found(25, 25, 7, 900) + resuming.Found(25, 24, 3, 100, 2)
    assert resuming.told(found) == (
        "49 of 50 kills: the newest proven checkpoint was loaded; 1,000 losses compared, 2 not the"
        " same bit for bit; 10 steps made again"
    )
    assert resuming.told(found) in resuming.page(found)
