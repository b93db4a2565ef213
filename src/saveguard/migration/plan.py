"""`plan`: what a migration would do, without a framework."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from saveguard.archive import nodes
from saveguard.facts import Frozen
from saveguard.migration import needs, tree, unwritten
from saveguard.migration.needs import Need
from saveguard.migration.source import Source, source_of
from saveguard.migration.step import Exact, Old
from saveguard.migration.steps import STEPS
from saveguard.migration.tree import Carry

__all__ = ["Applied", "Carry", "Need", "Plan", "plan"]


class Applied(Frozen, frozen=True):
    """One change that a step made.

    Attributes:
        step: The step's name.
        place: The layer, `encoder/lstm`, or a path in the configuration where it is in none.
        told: What was changed, in words.
        exact: Whether the outputs stay equal, or are close.
    """

    step: str
    place: str
    told: str
    exact: Exact


class Plan(Frozen, frozen=True):
    """What a migration does.

    Attributes:
        source: The old archive's configuration and arrays.
        applied: The changes, in order.
        needs: Classes and functions that Keras does not have and the caller did not give.
        model: The rewritten configuration, as today's Keras writes it.
        training: How the model was compiled, rewritten; None where it was not.
        carries: Which arrays become the weights of which layer.
        told: What is not carried over, or not in the file, in words.
        stopped: What it cannot be built without, in words.
    """

    source: Source
    applied: tuple[Applied, ...]
    needs: tuple[Need, ...]
    model: Mapping[str, Any]
    training: Mapping[str, Any] | None
    carries: tuple[Carry, ...]
    told: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()

    @property
    def exact(self) -> Exact:
        """`equal` unless a step rounds."""
        return "close" if any(one.exact == "close" for one in self.applied) else "equal"


def _alike(model: Mapping[str, Any]) -> dict[str, str]:
    """The first Lambda layer of each bytecode, by the name of every one that has it."""
    first: dict[str, str] = {}
    found: dict[str, str] = {}
    for node in nodes.walk(model, "model"):
        if node.class_name == "Lambda":
            function = repr(node.config.get("function"))
            found[node.name] = first.setdefault(function, node.name)
    return found


def plan(
    path: str | os.PathLike[str] | Source,
    *,
    custom: Collection[str] = (),
    without: Collection[str] = (),
) -> Plan:
    """What migrating the archive at `path` would do; nothing is written.

    Args:
        path: `.h5`, `.keras` or SavedModel of any release, or what was read of one.
        custom: Names of the classes and functions that will be there.
        without: Names of steps to leave out.

    Raises:
        SaveguardError: If it holds no model's configuration, or is damaged.
        OSError: If it cannot be opened.
    """
    source = path if isinstance(path, Source) else source_of(path)
    shapes = {path: tuple(one.shape for one in held) for path, held in source.arrays.items()}
    old = Old(
        numbers=source.numbers,
        backend=source.backend,
        layout=source.layout,
        custom=frozenset(custom),
        shapes=shapes,
        alike=_alike(source.model),
    )
    model, training = tree.begun(source.model), tree.copied(source.training)
    applied = tuple(_rewritten(model, training, old, without))
    rewritten, carries = tree.finished(model)
    return Plan(
        source=source,
        applied=applied,
        needs=needs.of(rewritten, training, old),
        model=rewritten,
        training=training,
        carries=carries,
        told=(*source.told, *unwritten.told(rewritten, old)),
        stopped=tuple(unwritten.vocabularies(rewritten, old)),
    )


def _rewritten(model: Any, training: Any, old: Old, without: Collection[str]) -> Iterator[Applied]:
    """Take the steps, one after the other; the documents are rewritten in place."""
    for step in STEPS:
        if step.name in without:
            continue
        for name, document in (("model", model), ("compile", training)):
            for node, told in step.apply(document, name, old) if document else ():
                yield Applied(step.name, node.layer or node.path, told, step.exact)
