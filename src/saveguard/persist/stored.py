"""What of a model's variables the writer stored, and what it passed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from saveguard.child import arrays, running
from saveguard.facts import ModelFacts, VariableFacts
from saveguard.persist.writer.recorded import Written, measure


def with_values(facts: ModelFacts, model: Any, written: Written) -> ModelFacts:
    """The facts of a model with what the writer saw of each variable, and what it did not see."""
    named = running.variables(model)
    optimizer = running.optimizer_variables(model)
    return msgspec.structs.replace(
        facts,
        variables=tuple(_seen(facts.variables, named, written)),
        optimizer_variables=tuple(_seen(facts.optimizer_variables, optimizer, written)),
        unwritten=tuple(_unwritten(model, facts.variables, named, written)),
    )


def _seen(
    listed: tuple[VariableFacts, ...], named: list[tuple[str, Any]], written: Written
) -> Iterator[VariableFacts]:
    for facts, (_, variable) in zip(listed, named, strict=True):
        seen = written.by_id.get(id(variable))
        if seen is None:
            seen = measure(running.value_of(variable), facts.path)
        yield msgspec.structs.replace(
            facts, digest=seen.digest, nan=seen.nan, infinite=seen.infinite
        )


def _themselves(model: Any, written: Written) -> Iterator[VariableFacts]:
    """What was stored as the variables of a model, its optimizer and its metrics themselves."""
    optimizer = getattr(model, "optimizer", None)
    known = [*model.variables, *getattr(model, "metrics_variables", ())]
    known += getattr(optimizer, "variables", None) or []
    for variable in {id(one): one for one in known}:
        if variable in written.by_id:
            yield written.by_id[variable]


def _unwritten(
    model: Any, listed: tuple[VariableFacts, ...], named: list[tuple[str, Any]], written: Written
) -> Iterator[VariableFacts]:
    """Variables that the file lacks: neither stored as themselves nor by equal contents.

    A layer may store an array that it made of its variable. What another variable is stored as
    does not count: fresh weights are full of zeros, and so is a fresh optimizer.
    """
    left = Counter(written.contents)
    left -= Counter((one.shape, one.digest) for one in _themselves(model, written))
    for facts, (_, variable) in zip(listed, named, strict=True):
        if id(variable) in written.by_id or running.is_seed(facts.path):
            continue
        array = running.value_of(variable)
        content = array.shape, arrays.digest(array)
        if not left[content]:
            yield facts
        left[content] -= 1
