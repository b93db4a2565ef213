"""What goes wrong around a save costs no file: the benchmark's own faults, on small models."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import pytest

# Not a package: `make faults` runs it as a script.
sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

import background
import faults
import forks
import kills
import many_kills
import phases
import refused
import subject
import writers
from subject import SIZES, Content, Row, Size

OURS = "saveguard.save(prove=False)"
SMALL = Size(2, 64)


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Row]:
    """The faults that are an error, by fault and way of saving."""
    mounts = not refused.mounts_allowed()
    rows = refused.rows_of(tmp_path_factory.mktemp("refused"), mounts, ["model.save", OURS])
    return {(row.fault, row.saver): row for row in rows}


def of(refusals: dict[tuple[str, str], Row], fault: str, saver: str) -> Row:
    if (fault, saver) not in refusals:
        pytest.skip(f"no disk can be mounted here: {refused.mounts_allowed()}")
    return refusals[fault, saver]


def test_a_kill_in_the_middle_costs_nothing(tmp_path: Path) -> None:
    row, _ = kills.run(tmp_path, OURS, SIZES["5 MB"], kills=10, samples=5)
    assert (row.tried, row.lost, row.old + row.new) == (10, 0, 10)
    assert row.strays == "none"
    assert list(tmp_path.iterdir()) == []


def test_a_kill_in_the_background_costs_nothing(tmp_path: Path) -> None:
    row, _ = kills.run(tmp_path, many_kills.BEHIND, SIZES["1 MB"], kills=4, samples=4)
    assert (row.tried, row.lost, row.old + row.new, row.strays) == (4, 0, 4, "none")


@pytest.mark.parametrize("phase", sorted({*phases.PHASES} - {"the file is proven"}))
def test_a_kill_in_a_phase_costs_nothing(phase: str, tmp_path: Path) -> None:
    row, _ = kills.run(tmp_path, many_kills.BEHIND, SIZES["1 MB"], 1, samples=1, phase=phase)
    assert (row.fault, row.tried, row.lost) == (f"SIGKILL while {phase}", 1, 0)
    assert (row.old, row.new) == ((0, 1) if phase == "the file takes its name" else (1, 0))
    assert row.strays == "none"


def test_a_kill_in_the_middle_costs_plain_keras_the_file(tmp_path: Path) -> None:
    row, _ = kills.run(tmp_path, "model.save", SIZES["5 MB"], kills=3)
    assert row.lost > 0


@pytest.mark.parametrize(
    "fault",
    [
        "full disk",
        "full disk, small tensors",
    ],
)
def test_a_full_disk_costs_nothing(refusals: dict[tuple[str, str], Row], fault: str) -> None:
    row, plain = of(refusals, fault, OURS), of(refusals, fault, "model.save")
    assert (row.tried, row.old, row.lost) == (row.tried, row.tried, 0)
    assert (row.strays, row.ended) == ("none", "OSError SG701")
    assert plain.lost == plain.tried == row.tried


def test_a_write_that_fails_costs_nothing(refusals: dict[tuple[str, str], Row]) -> None:
    row = of(refusals, "a write that fails", OURS)
    assert (row.tried, row.old, row.lost, row.strays) == (6, 6, 0, "none")
    assert "OSError" in row.ended
    assert of(refusals, "a write that fails", "model.save").lost == 6


def test_a_write_that_fails_in_the_background_costs_nothing(tmp_path: Path) -> None:
    target = tmp_path / "model.keras"
    forks.answer(refused._save_good, SMALL, target)
    build = functools.partial(subject.build, SIZES["1 MB"], 2)
    tried = refused.attempt(many_kills.BEHIND, build, target, 300_000)
    assert tried.found == Content(1, SMALL.tensors)
    assert tried.ended.startswith("OSError") and not tried.strays


def test_portions_of_faults_add_up() -> None:
    found = faults.Found({}, {})
    for fault in (kills.FAULT, writers.FAULT):
        for _ in range(2):
            found.add(Row(fault, OURS, 5, 4, 1, 0, "none", "killed"))
    assert [row.tried for row in found.rows.values()] == [10, 5]


def test_a_read_only_directory_costs_nothing(refusals: dict[tuple[str, str], Row]) -> None:
    row = of(refusals, "read-only directory", OURS)
    assert (row.old, row.strays, row.ended) == (1, "none", "SaveguardError SG702")


def test_a_get_config_that_raises_costs_nothing(refusals: dict[tuple[str, str], Row]) -> None:
    row = of(refusals, "get_config raises", OURS)
    assert (row.old, row.strays) == (1, "none")
    assert row.ended.startswith("ValueError SG205")
    assert of(refusals, "get_config raises", "model.save").lost == 1


def test_two_writers_at_once_are_never_seen_halfway(tmp_path: Path) -> None:
    row = writers.run(tmp_path, OURS, seconds=3, size=SIZES["1 MB"])
    assert row.tried > 10
    assert (row.lost, row.strays) == (0, "none")
    saves, word = row.ended.split()
    assert (int(saves) > 2, word) == (True, "saves")


def test_a_file_of_two_models_is_seen_as_broken(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    model = subject.build(SMALL, 3)
    model.save(path)
    assert subject.content(path) == Content(3, 2)
    assert subject.loads(path, Content(3, 2))
    assert not subject.loads(path, Content(4, 2))
    model.set_weights([model.get_weights()[0], 4 + 0 * model.get_weights()[1]])
    model.save(path)
    assert subject.content(path) is None


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "one bit"])
def test_a_broken_file_is_seen_as_broken(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "model.keras"
    subject.build(SMALL, 3).save(path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    changed = {
        "missing": None,
        "empty": b"",
        "half": whole[:middle],
        "one bit": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
    }[damage]
    path.unlink()
    if changed is not None:
        path.write_bytes(changed)
    assert subject.content(path) is None


def test_the_page_says_what_was_found() -> None:
    rows = [Row("full disk", "model.save", 8, 0, 0, 8, "none", "OSError")]
    page = faults.page(rows, "200 MB", {"model.save": 0.5}, "mount: permission denied")
    assert "| full disk | model.save | 8     | 0   | 0   | 8    | none   | OSError |" in page
    assert "Not tried here" in page
    assert "`model.save` 0.50 s" in page


def test_portions_of_kills_add_up() -> None:
    row = Row(kills.FAULT, OURS, 5, 4, 1, 0, "none", "killed")
    found = many_kills.Killed(OURS, "1 MB").with_row(row, 0.5).with_row(row, 0.25)
    assert found == many_kills.Killed(OURS, "1 MB", 10, 8, 2, 0, (), 0.25)
    lost = found.with_row(row._replace(lost=1, strays="a, b"), 0.3)
    assert (lost.lost, lost.strays) == (1, ("a", "b"))
    page = many_kills.page([found, lost])
    assert "**25 saves were killed: 1 files lost.**" in page
    assert sum(many_kills.PLAN.values()) == 100


def test_the_page_of_the_background_has_ratios_of_each_turn() -> None:
    turns = [background.Turn(1.0, 0.5, 0.1, 3.0), background.Turn(2.0, 1.0, 0.4, 3.0)]
    assert "| 1 GB | 1,500 ms   | 750 ms  | 0.50  | 250 ms" in background.page({"1 GB": turns})
