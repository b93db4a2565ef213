"""The matrix of old files and the false-alarm control: what is judged and how it is told."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools" / "matrix"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tools" / "controls"))
import environments
import listing
import outcome
import table
from outcome import Matrix, NotWritten, Outcome
from trial import Trial

ROOT = Path(__file__).parents[1]

LOADS = Outcome(
    path="a.h5",
    written_by="tf2.3",
    version="2.4.0",
    architecture="mlp",
    format="h5",
    loads=True,
    loads_compiled=True,
    predicted=True,
)
FAILS = Outcome(
    path="b.keras",
    written_by="keras3.6",
    version="3.6.0",
    architecture="lambda_anonymous",
    format="keras",
    error="ValueError: `Lambda` in /some/where/deep/file.py at 0x7f00",
    predicted=True,
)
REFUSED = NotWritten(
    written_by="tf2.3",
    version="2.4.0",
    architecture="self_attention",
    format="",
    error="AttributeError: no MultiHeadAttention",
)


def test_a_prediction_is_right_where_it_says_what_happened() -> None:
    assert LOADS.right and not FAILS.right
    assert outcome.missed([LOADS, FAILS]) == [FAILS]


def test_the_page_has_a_cell_a_version_and_format_and_names_every_miss() -> None:
    page = table.text(Matrix((LOADS, FAILS), (REFUSED,)))
    assert "**2 files, of which plain Keras loads 1; predicted right: 1 of 2 (50.00%).**" in page
    assert "| TensorFlow 2.3 (2.4.0) | 1 of 1 | - | 1 of 1 |" in page
    assert "| Keras 3.6 (3.6.0) | - | 0 of 1 | 0 of 1 |" in page
    assert (
        "- Keras 3.6 (3.6.0), lambda_anonymous, keras: predicted to load, and fails with "
        "`ValueError: 'Lambda' in …/file.py at 0x…`" in page
    )
    assert (
        "- self_attention (not built): TensorFlow 2.3 (2.4.0): "
        "`AttributeError: no MultiHeadAttention`" in page
    )


def test_a_file_that_answers_otherwise_is_listed() -> None:
    page = table.text(Matrix((outcome.msgspec.structs.replace(LOADS, difference=0.0129),)))
    assert "- mlp, h5: TensorFlow 2.3 (2.4.0); up to 1.3% of the largest output" in page


def test_the_writers_records_become_outcomes_and_reasons(tmp_path: Path) -> None:
    folder = tmp_path / "tf2.3"
    folder.mkdir()
    records = [
        {"architecture": "mlp", "format": "h5", "file": "mlp.h5"},
        {"architecture": "self_attention", "format": "", "error": REFUSED.error},
    ]
    for formats in ("h5", "savedmodel"):  # what is not built is told for each
        written = {"version": "2.4.0", "records": records[formats == "savedmodel" :]}
        (folder / f"records-{formats}.json").write_text(json.dumps(written))
    found, failed = outcome.records(folder)
    assert [one.path for one in found] == [str(folder / "mlp.h5")]
    assert failed == [REFUSED]


def test_the_outcomes_survive_a_file(tmp_path: Path) -> None:
    matrix = Matrix((LOADS, FAILS), (REFUSED,))
    outcome.write(tmp_path / "outcomes.json", matrix)
    assert outcome.read(tmp_path / "outcomes.json") == matrix
    assert outcome.read(tmp_path / "absent.json") == Matrix()


def test_every_version_pins_its_framework() -> None:
    for label, wanted in environments.ENVIRONMENTS.items():
        pinned = [one for one in wanted.requirements if "==" in one]
        assert pinned or not wanted.python, label


def test_the_writer_is_read_by_old_interpreters() -> None:
    for path in [ROOT / "tools/matrix/write.py", *(ROOT / "tools/matrix/models").glob("*.py")]:
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 6))


def trial(told: str = "", true: str = "") -> Trial:
    return Trial(
        name="a test of Dense",
        kind="Dense",
        format="h5",
        told=(told,) if told else (),
        true=(true,) if true else (),
    )


@pytest.mark.parametrize(
    ("told", "true", "verdict"),
    [
        ("", "", "silent"),
        ("", "units comes back as 2, and was 3", "silent"),
        ("", "Keras cannot load it: TypeError", "missed"),
        ("SG210 certain: x", "Keras cannot load it: TypeError", "borne out"),
        ("SG210 certain: x", "", "false alarm"),
    ],
)
def test_a_finding_is_held_to_the_reload(told: str, true: str, verdict: str) -> None:
    assert trial(told, true).verdict == verdict


def test_the_control_lists_its_false_alarms() -> None:
    found = [trial(), trial("SG402 likely: all zero"), trial("SG402 likely: all zero")]
    page = listing.text(found, "Keras 3.15.1 on tensorflow")
    assert "**3 files: 1 silent, 0 borne out, 2 false alarm, 0 missed.**" in page
    assert "- Dense, h5 (2): `SG402 likely: all zero`. Keras: `it comes back whole`" in page
    assert listing.wrong(found) == found[1:]
