"""Each step changes its `bad`, leaves its `good` alone, and has a whole page."""

from __future__ import annotations

import copy
import importlib
import pkgutil
import re
from typing import Any

import pytest

from saveguard.migration import steps
from saveguard.migration.step import SECTIONS, SHAPED, Old, Step

OLD = Old(numbers=(2, 4, 0), layout="h5", shapes={SHAPED: ((5, 6, 4), (5, 4))})
FIRST = Old(numbers=(1, 2, 2), layout="h5")
LATER = Old(numbers=(3, 1, 0), layout="h5", shapes={SHAPED: ((4, 2), (2, 8), (4, 8))})
THEANO = Old(numbers=(2, 2, 4), backend="theano")


def module(step: Step) -> Any:
    return importlib.import_module(f"saveguard.migration.steps.{step.name.replace('-', '_')}")


def rewritten(step: Step, example: Any, old: Old) -> tuple[Any, list[str]]:
    """An example after a step, and what the step said; a layer is put into a model first."""
    document = copy.deepcopy(example)
    if document.get("name") == "inner" or document.get("class_name") not in (
        "Sequential",
        "Functional",
        "Model",
    ):
        document = {"class_name": "Sequential", "config": {"name": "m", "layers": [document]}}
    return document, [told for _, told in step.apply(document, "model", old)]


def fitting(step: Step) -> Old:
    if step.name.startswith(("keras-1", "time-distributed-dense", "merge")):
        return FIRST
    if step.name in ("keras-operations", "lone-outputs", "low-rank"):
        return LATER
    return THEANO if step.name.startswith("theano") else OLD


@pytest.mark.parametrize("step", steps.STEPS, ids=lambda step: step.name)
def test_a_step_changes_what_it_recognises_once(step: Step) -> None:
    bad = module(step).bad()
    document, told = rewritten(step, bad, fitting(step))
    assert told, "the example is not recognised"
    again, more = rewritten(step, document, fitting(step))
    if step.name not in ("keras-1-layers", "theano-kernels", "time-first", "public-names"):
        assert not more and again == document, "a second time changes it again"


@pytest.mark.parametrize("step", steps.STEPS, ids=lambda step: step.name)
def test_a_step_leaves_its_neighbour_alone(step: Step) -> None:
    good = module(step).good()
    before, _ = rewritten(step, good, Old(numbers=(3, 15, 1)))
    document, told = rewritten(step, good, fitting(step))
    if step.name not in ("public-names", "keras-1-layers"):
        assert not told and document == before


@pytest.mark.parametrize("step", steps.STEPS, ids=lambda step: step.name)
def test_a_step_has_a_whole_page(step: Step) -> None:
    page = module(step).__doc__
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == list(SECTIONS)
    assert step.source.startswith("https://")
    told = page.partition("## Result")[2]
    assert told.strip().startswith("Equal"), "what it does to the outputs stands first"


def test_every_file_of_steps_is_in_the_order_once() -> None:
    files = {one.name for one in pkgutil.iter_modules(steps.__path__)}
    assert files == set(steps.ORDER) and len(steps.ORDER) == len(files)
    assert [step.name for step in steps.STEPS] == [n.replace("_", "-") for n in steps.ORDER]
