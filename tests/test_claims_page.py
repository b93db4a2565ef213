"""The page on the claims is complete, and its driver renders and judges without a framework."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ["TF1.15", "TF2.0", "TF2.10", "TF2.15", "TF2.21"]
VERDICTS = {"holds", "does not hold", "partly"}


@pytest.fixture(scope="module")
def driver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("claims_run", ROOT / "tools/claims/run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def probe(driver: ModuleType) -> ModuleType:
    module = driver.load_probe()
    assert isinstance(module, ModuleType)
    return module


def summary_rows(page: str) -> list[list[str]]:
    """The cells of the summary table, heading first, without the ruling line."""
    section = page.split("## Summary", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_claim_has_an_allowed_verdict_in_every_version(probe: ModuleType) -> None:
    heading, *rows = summary_rows((ROOT / "docs/claims.md").read_text(encoding="utf-8"))
    assert heading[2:] == VERSIONS
    names = [claim.name for claim in probe.CLAIMS]
    assert [row[0] for row in rows] == [f"[{name}](#{name})" for name in names]
    assert {len(row) for row in rows} == {len(heading)}
    assert {verdict for row in rows for verdict in row[2:]} <= VERDICTS


def test_every_claim_has_a_section(probe: ModuleType) -> None:
    lines = (ROOT / "docs/claims.md").read_text(encoding="utf-8").splitlines()
    for claim in probe.CLAIMS:
        assert f"### {claim.name}" in lines
        assert f"{claim.text}." in lines


def test_the_page_names_its_command_and_no_folder(driver: ModuleType) -> None:
    page = (ROOT / "docs/claims.md").read_text(encoding="utf-8")
    assert driver.COMMAND in page
    assert not [word for word in ("/tmp", "/home", "/root", "site-packages") if word in page]


def test_versions_with_the_same_observations_share_an_entry(driver: ModuleType) -> None:
    raised = {"outcome": "raises", "says": "ValueError: no `rows`"}
    counted = {"outcome": "noted", "value": 4, "says": "4"}
    result = driver.Result
    results = {
        ("empty", "A1"): result("holds", {"save": raised, "weights": counted}),
        ("empty", "A2"): result("holds", {"save": raised, "weights": counted}),
        ("empty", "A3"): result("does not hold", {"save": {"outcome": "works", "says": ""}}),
    }
    installed = {label: {"Python": "3", "Keras": label[1]} for label in ("A1", "A2", "A3")}
    page = driver.render_page([("empty", "Saving fails")], installed, results)
    assert page.startswith("# Which claims")
    assert "| [empty](#empty) | Saving fails | holds | holds | does not hold |" in page
    assert "| A2 | 3 | 2 |" in page
    assert page.endswith(
        "### empty\n\nSaving fails.\n\n"
        "- A1, A2: **holds**\n"
        "  - save: raises, `` ValueError: no `rows` ``\n"
        "  - weights: 4\n"
        "- A3: **does not hold**\n"
        "  - save: works\n"
    )


def test_a_run_cut_off_hangs_in_the_step_it_had_begun(
    driver: ModuleType, probe: ModuleType
) -> None:
    begun = {"begin": "predict(zero rows)"}
    text = f"noise\n{probe.MARK}{json.dumps(begun)}\n"
    observed = driver.read_records(text, None, 90)
    assert observed == {"predict(zero rows)": {"outcome": "hangs", "says": "no answer within 90 s"}}
    assert probe.judge("title-zero-batches", observed) == "partly"


def test_a_run_that_ends_before_the_decisive_step_has_no_verdict(
    driver: ModuleType, probe: ModuleType
) -> None:
    observed = driver.read_records("", 1, 90)
    assert observed == {"the run": {"outcome": "raises", "says": "the process ended with code 1"}}
    assert probe.judge("scalar-save", observed) == probe.NOT_RUN


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        ("ValueError: Structure is a scalar but len(flat_sequence) == 0 > 1", "holds"),
        ("ValueError: Empty training data.", "partly"),
    ],
)
def test_the_title_claim_asks_for_the_very_words(
    probe: ModuleType, says: str, verdict: str
) -> None:
    observed = {"save": {"outcome": "raises", "says": says}}
    assert probe.judge("title-renamed-layer", observed) == verdict
