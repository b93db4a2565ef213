"""Planted truth: a defect is found in every form that can hold it, and nothing in clean data."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import saveguard

sys.path.append(str(Path(__file__).parents[1]))
from tools.planted import broken, pictures, trial, worlds
from tools.planted.broken import Broken
from tools.planted.defects import DEFECTS, Defect
from tools.planted.pictures import Odd
from tools.planted.writers import FORMS


def named(one: Defect | Broken | Odd) -> str:
    return one.name.replace(" ", "-")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("base", [worlds.RAGGED, worlds.PADDED], ids=["ragged", "padded"])
def test_nothing_is_told_of_clean_data(base: str, form: str, tmp_path: Path) -> None:
    if form in trial.forms(base):
        assert trial.clean(base, form, tmp_path) == ()


@pytest.mark.parametrize("defect", DEFECTS, ids=named)
def test_a_defect_is_told_with_its_rows_in_every_form(defect: Defect, tmp_path: Path) -> None:
    for form in FORMS:
        if trial.fits(defect, form):
            folder = tmp_path / form
            folder.mkdir()
            assert trial.trial(defect, form, folder) == trial.expected(defect), form


@pytest.mark.parametrize("odd", pictures.ODD, ids=named)
@pytest.mark.parametrize("contract", [None, pictures.CONTRACT], ids=["headers", "pixels"])
def test_an_odd_image_is_told(odd: Odd, contract: str | None, tmp_path: Path) -> None:
    report = saveguard.audit(pictures.folder(tmp_path, odd), contract)
    assert tuple(sorted(report.codes)) == (odd.decoded if contract else odd.codes)
    (held,) = report.summary.troubles.values()
    assert (held.count, held.first[0].row) == (1, pictures.PLACE)
    lost = int("SG581" in odd.codes)
    assert (held.rows, report.summary.rows) == (lost, pictures.COUNT - lost)


@pytest.mark.parametrize("contract", [None, pictures.CONTRACT], ids=["headers", "pixels"])
def test_nothing_is_told_of_clean_images(contract: str | None, tmp_path: Path) -> None:
    report = saveguard.audit(pictures.folder(tmp_path), contract, labels="label", classes=2)
    assert report.findings == report.not_read == ()
    assert report.summary.columns["label"].maximum == 1


@pytest.mark.parametrize("one", broken.BROKEN, ids=named)
def test_what_cannot_be_read_has_a_code_and_the_rest_is_kept(one: Broken, tmp_path: Path) -> None:
    report = saveguard.audit(one.make(tmp_path))
    assert report.codes == (one.code,)
    if one.rows is None:
        assert 0 < report.summary.rows < broken.ROWS
    else:
        assert report.summary.rows == one.rows


def test_there_are_enough_defects() -> None:
    assert len(DEFECTS) + len(pictures.ODD) + len(broken.BROKEN) >= 25


@pytest.mark.parametrize("form", ["Parquet", "JSON lines", "lists"])
def test_rows_of_both_splits_are_told(form: str, tmp_path: Path) -> None:
    train, test = worlds.ragged(), worlds.ragged(1)
    for there, copied in ((3, 5), (9, 8)):
        for column in ("tokens", "x"):
            test[column][there] = train[column][copied]
    for name in ("train", "test"):
        (tmp_path / name).mkdir()
    held = FORMS[form].write(train, tmp_path / "train")
    other = FORMS[form].write(test, tmp_path / "test")
    report = saveguard.audit(held, worlds.RAGGED, test=other, labels="y", classes=3)
    (seen,) = report.test.seen.values()
    assert (report.codes, seen.rows, seen.first[0].row) == (("SG562",), 2, 3)


def test_a_column_that_is_missing_and_one_too_many_are_told() -> None:
    world = worlds.ragged()
    more = world | {"z": [1, 2] * (worlds.ROWS // 2)}
    report = saveguard.audit(more, worlds.RAGGED, labels="y", classes=3)
    assert (report.codes, "no input takes `z`" in report.read) == ((), True)
    del world["x"]
    assert saveguard.audit(world, worlds.RAGGED, labels="y", classes=3).codes == ("SG501",)
