"""A sample of the planted defects: found, where they are, and the mended twins left in peace."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from tools.preflight import controls, page, planting
from tools.preflight.defects import DEFECTS
from tools.preflight.hosts import HOSTS

# One defect of each way to be found: by the facts, by the proof, by each kind of place.
SAMPLE = {
    "subclassed, unbuilt": "get_config without an argument that has a default",
    "nested": "state in a global variable",
    "recurrent cell, unbuilt": "keys that JSON turns into text",
    "shared layers": "variable in a closure",
    "dictionaries": "load_own_variables takes the wrong one",
    "mixed precision": "save_own_variables leaves one out",
}


def test_there_are_twenty_kinds_in_ten_models() -> None:
    assert len({defect.name for defect in DEFECTS}) == 20
    assert len({host.name for host in HOSTS}) == 10


@pytest.mark.parametrize("name", SAMPLE)
def test_a_planted_defect_is_found_where_it_is(tmp_path: Path, name: str) -> None:
    host = next(one for one in HOSTS if one.name == name)
    defect = next(one for one in DEFECTS if one.name == SAMPLE[name])
    trial = planting.planted(host, defect, tmp_path)
    assert (trial.found, trial.located, trial.twin) == (True, True, ()), trial.told


def test_a_sound_architecture_is_left_in_peace() -> None:
    ((name, make),) = controls.applications("MobileNetV3Small")
    control = controls.tried(name, make)
    assert control is not None
    assert control.told == ()


def test_the_page_counts_what_was_missed() -> None:
    trial = planting.Trial(
        host="Sequential", defect="a", told=("SG410",), found=True, located=False, twin=()
    )
    sound = controls.Control(name="MobileNet", parameters=1, told=("SG408 certain at x",))
    found = page.Found(trials=(trial,), sound=(sound,)) + page.Found()
    assert not found.right
    assert page.summary(found) == (
        "1 of 1 defects found, 0 of 1 with the layer and the key; 0 of 1 mended twins and 1 of 1"
        " sound models with a finding"
    )
    assert "- a, in Sequential: told SG410; of the twin -" in page.text(found)
