"""What stops only `compile=True`: the loss, the metrics and the optimizer in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from saveguard.facts import Node
from saveguard.known import Release
from saveguard.revive import unknown
from saveguard.revive.arguments import refused
from saveguard.revive.naming import TRAINING, found
from saveguard.revive.stop import Stop

# Left to `compile`, which knows what they mean by the shape of the outputs.
_LEFT = {"accuracy", "acc", "crossentropy", "ce"}
_REDUCTIONS = {"sum_over_batch_size", "sum", "none", "mean", "mean_with_sample_weight", None}


def is_compile(node: Node) -> bool:
    """Whether a node belongs to how the model was compiled."""
    return node.document == TRAINING or node.path.startswith("$.compile_config")


def unmade(nodes: Iterable[Node], release: Release) -> Iterator[Stop]:
    """What `compile=True` cannot make of them, each told once."""
    for node in nodes:
        for stop in _of(node, release):
            yield msgspec.structs.replace(stop, kind="compile", certainty="likely")


def _of(node: Node, release: Release) -> Iterator[Stop]:
    if node.role not in ("loss", "metric", "optimizer") or node.class_name in _LEFT:
        return
    legacy = node.document == TRAINING
    symbol, open_end = found(node, release) if legacy or node.raw else (None, True)
    if symbol is None and node.role == "optimizer" and _by_name(node, release):
        return  # tf.keras 2.11 and newer: the class is registered, the name is that of Keras's own
    if symbol is None:
        if not open_end and (node.role != "metric" or node.raw):
            yield _stop(node, "class_name", _lost(node, release))
    elif symbol.function:
        if legacy and release.symbol(node.class_name, symbol.module) is None:
            told = f"Could not locate function '{node.class_name}'."
            yield _stop(node, "", told, symbol.name)
    else:
        yield from refused(node, symbol)
        yield from _reduction(node)
        yield from _schedule(node)


def _by_name(node: Node, release: Release) -> bool:
    """Whether Keras finds an optimizer by its own name, as it does after its class."""
    return str(node.config.get("name")).lower() in release.short_names.get("optimizer", {})


def _schedule(node: Node) -> Iterator[Stop]:
    """A learning rate that follows a schedule, in a file that holds no modules."""
    rate = node.config.get("learning_rate")
    if node.role == "optimizer" and isinstance(rate, dict) and rate.get("module") is None:
        name = rate.get("class_name")
        yield _stop(node, "config.learning_rate", f"Could not locate class '{name}'.")


def _lost(node: Node, release: Release) -> str:
    if node.role == "loss" and node.document == TRAINING and not node.raw:
        return "string indices must be integers, not 'str'"
    if node.document == TRAINING:
        return f"Could not interpret {node.role} identifier: {node.class_name}"
    return next((stop.prints for stop in unknown.told(node, release)), "")


def _reduction(node: Node) -> Iterator[Stop]:
    value: Any = node.config.get("reduction")
    if node.role == "loss" and value not in _REDUCTIONS:
        yield _stop(
            node,
            "config.reduction",
            f"Invalid value for argument `reduction`. Received: reduction={value}",
        )


def _stop(node: Node, below: str, prints: str, full: str = "") -> Stop:
    return Stop(
        kind="compile",
        path=f"{node.path}.{below}".rstrip(".") if node.raw else node.path,
        prints=prints,
        node=node,
        values={"name": node.class_name, "role": node.role, "full": full},
    )
