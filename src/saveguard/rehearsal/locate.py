"""Find where a model and what came back from its file part, when a proof has failed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from saveguard.child import calls, running, walk
from saveguard.child import locate as child
from saveguard.facts import Place, ProofFacts
from saveguard.model.example import Example
from saveguard.persist import proof
from saveguard.persist.verifier import verifier


def located(
    model: Any, example: Example | None, trial: proof.Trial, facts: ProofFacts
) -> ProofFacts:
    """The facts of a failed proof, with the place at which the two models part.

    The fresh process is asked once more: to take each object's configuration and arrays by
    themselves, and to lay the calls of all layers beside those of the live model.
    """
    if not _is_worth_it(facts):
        return facts
    parts: dict[str, Any] = {"locate": True, "configs": list(_configs(model))}
    if example is not None:
        parts["calls"] = _recorded(model, example, trial.path.with_name("calls.npz"))
    asked = msgspec.structs.replace(trial, parts={**trial.parts, **parts})
    answer = verifier(trial.python, trial.backend).ask(asked.request, trial.limit)
    found = answer.get("located")
    if not found:
        return facts
    return msgspec.structs.replace(facts, place=_place(model, found))


def raising(error: BaseException, model: Any) -> str:
    """The innermost object of a model whose code an exception came through; empty if none."""
    holders = {id(item): holder for holder, item, _ in walk.objects(model)}
    found, trace = "", error.__traceback__
    while trace is not None:
        for name in ("saveable", "self"):
            found = holders.get(id(trace.tb_frame.f_locals.get(name)), found)
        trace = trace.tb_next
    return found


def _is_worth_it(facts: ProofFacts) -> bool:
    if facts.outcome == "failed":
        return facts.stage in ("load", "call")
    return facts.outcome == "finished" and bool(
        facts.outputs or facts.changed_variables or facts.scalars
    )


def _configs(model: Any) -> Iterator[tuple[str, str]]:
    """(holder, configuration) of every object, those inside others first.

    Keras's own models are left out: their layers speak for themselves.
    """
    import keras

    for holder, item, kind in reversed(list(walk.objects(model))):
        if kind == "model" and walk.is_builtin(type(item)):
            continue
        with contextlib.suppress(Exception):  # the preflight told of it, under a code of its own
            yield holder, json.dumps(keras.saving.serialize_keras_object(item), sort_keys=True)


def _recorded(model: Any, example: Example, path: Path) -> str:
    seen: list[dict[str, Any]] = []
    with calls.watched(model, seen, values=True):
        running.predict(model, example.inputs)
    child.record(path, seen, example.inputs)
    return str(path)


def _place(model: Any, found: dict[str, Any]) -> Place:
    classes = {holder: type(item).__name__ for holder, item, _ in walk.objects(model)}
    names = {getattr(item, "name", ""): holder for holder, item, _ in walk.objects(model)}
    holder = found["holder"] or names.get(found.get("name"), "model")
    return Place(
        kind=found["kind"],
        holder=holder,
        class_name=classes.get(holder, ""),
        key=found["key"],
        error=found.get("error", ""),
        largest=(found.get("difference") or {}).get("largest"),
    )
