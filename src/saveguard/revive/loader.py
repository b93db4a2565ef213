"""`stops`: every place at which a loader would stop, in its own order."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from saveguard import known
from saveguard.facts import ArchiveFacts, Node
from saveguard.finding import Certainty
from saveguard.known import Release, Symbol
from saveguard.revive import arguments, compiled, files, unknown, values
from saveguard.revive.graph import is_functional, unwired
from saveguard.revive.naming import LEGACY, TRAINING, found, way
from saveguard.revive.sequence import misread
from saveguard.revive.stop import Stop

DOCUMENTS = ("config.json", LEGACY)


class _Asked(NamedTuple):
    """Facts as the key of a cache: the same object, not an equal one."""

    facts: ArchiveFacts

    def __hash__(self) -> int:
        return id(self.facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.facts is other.facts

    def __ne__(self, other: object) -> bool:
        return not self == other


def stops(facts: ArchiveFacts) -> tuple[Stop, ...]:
    """Every place at which `load_model` of the release `facts.keras` stops, its first one first.

    Empty where no release is asked for. What only `compile=True` meets is `likely`, and last.
    """
    return _stops(_Asked(facts)) if facts.keras else ()


@functools.lru_cache(maxsize=2)
def _stops(asked: _Asked) -> tuple[Stop, ...]:
    facts, release = asked.facts, known.release(asked.facts.keras)
    whole = list(files.unopened(facts, release))
    inside = [] if facts.layout == "savedmodel" else list(_inside(facts, release))
    return (*whole, *inside)


def _inside(facts: ArchiveFacts, release: Release) -> Iterator[Stop]:
    nodes = [node for node in facts.nodes if node.document in DOCUMENTS]
    inside = [node for node in nodes if not compiled.is_compile(node)]
    children = {node.path: node for node in inside}
    found_at: list[Stop] = []
    lost: set[str] = set()
    for node in inside:
        if node.owner in lost:
            lost.add(node.path)
            continue
        if node.raw and "class_name" not in node.raw:
            found_at += unknown.first(node)
            continue
        symbol, open_end = found(node, release)
        if symbol is None:
            lost.add(node.path)
            certainty: Certainty = "likely" if open_end else "certain"
            told = unknown.told(node, release)
            found_at += [msgspec.structs.replace(stop, certainty=certainty) for stop in told]
        elif way(node) != "string":
            found_at += _made(node, symbol, release)
            found_at += _built(node, symbol, release, children)
    yield from _in_turn(found_at, inside)
    if release.numbers >= (3,):
        training = [n for n in facts.nodes if n.document in (*DOCUMENTS, TRAINING)]
        yield from compiled.unmade(filter(compiled.is_compile, training), release)


def _made(node: Node, symbol: Symbol, release: Release) -> Iterator[Stop]:
    """What stops the making of one object."""
    yield from unknown.misnamed(node, symbol, release)
    yield from arguments.refused(node, symbol)
    yield from values.names(node, symbol)
    if release.numbers >= (3,):
        yield from values.dtypes(node, symbol, release)
        yield from values.mistaken(node, symbol)
        yield from values.chosen(node, symbol)
        yield from values.axes(node, symbol)
        yield from values.activations(node)
        yield from values.lambdas(node, symbol)
        yield from unknown.listed(node)


def _built(
    node: Node, symbol: Symbol, release: Release, children: dict[str, Node]
) -> Iterator[Stop]:
    """What stops the calls of a model's layers."""
    if not arguments.is_graph(symbol) or release.numbers < (3,):
        return
    if symbol.name == "Sequential":
        if isinstance(node.config.get("layers"), list):
            yield from misread(node, children)
    elif is_functional(node):
        yield from unwired(node)


def _in_turn(found_at: list[Stop], nodes: list[Node]) -> list[Stop]:
    """Stops in the order in which the loader meets them.

    That is the document's, but the calls of a model's layers come after the layers.
    """
    order = {node.path: position for position, node in enumerate(nodes)}

    def turn(stop: Stop) -> tuple[int, bool]:
        if stop.turn:
            below = stop.turn.removesuffix("~")
            return max(order[path] for path in order if f"{path}.".startswith(below)), True
        return order[stop.node.path] if stop.node else 0, False

    return sorted(found_at, key=turn)
