"""What outputs depend on, and the file does not say: releases that left an argument out.

A migration takes the default then, and tells, so that nobody takes "as the file says" for "as it
was". What it cannot do without, a vocabulary, stops it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saveguard.archive import nodes
from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import settings
from saveguard.migration.step import Old

_LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")
_TRANSPOSED = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", *_TRANSPOSED, "ConvLSTM2D")


def told(model: Mapping[str, Any], old: Old) -> tuple[str, ...]:
    """What the file leaves open, a line each, in the order of the rewritten configuration."""
    found = [node for node in nodes.walk(model, "model") if node.role == "layer"]
    lines = [*vocabularies(model, old), *_kernels(found, old)]
    return (*lines, *(line for node in found for line in _left_out(node, old)))


def vocabularies(model: Mapping[str, Any], old: Old) -> Iterator[str]:
    """The lookups of which neither the configuration nor, in a `.keras` file, an asset has any."""
    if old.layout in ("keras", "folder"):
        return
    for node in nodes.walk(model, "model"):
        if node.class_name in _LOOKUPS and not settings(node).get("vocabulary"):
            yield (
                f"`{node.name}`: its vocabulary, which stands in neither configuration nor weights;"
                " save the model as `.keras` where it still loads, or give the layer one in the"
                " file's configuration"
            )


def _kernels(found: list[Node], old: Old) -> Iterator[str]:
    """Theano turned the kernels of convolutions around, and Keras 1 does not name its backend."""
    names = [node.name for node in found if node.class_name in _CONVOLUTIONS]
    if names and old.layout == "h5" and not old.backend:
        yield (
            f"which backend saved it: if it was Theano, the kernels of {', '.join(names)} have to"
            " be turned around, and were taken as they are"
        )


def _left_out(node: Node, old: Old) -> Iterator[str]:
    """The arguments of a layer that its release did not write."""
    held, release = settings(node), ".".join(map(str, old.numbers))
    if node.class_name in ("Attention", "AdditiveAttention") and (2, 10) <= old.numbers < (3,):
        yield f"`{node.name}`: `causal`, which Keras {release} does not write; taken as False"
    if node.class_name in _TRANSPOSED and old.numbers >= (3,) and "output_padding" not in held:
        yield f"`{node.name}`: `output_padding`, which Keras {release} does not write; taken as 0"
    if node.class_name == "MultiHeadAttention" and old.numbers < (3, 9) and _is_masked(node):
        yield f"`{node.name}`: numbers in its mask other than 0 and 1, which count as 1 today"


def _is_masked(node: Node) -> bool:
    """Whether a layer is called with a mask that may hold any number."""
    calls = node.raw.get("inbound_nodes") or ()
    masks = (call["kwargs"].get("attention_mask") for call in calls if "kwargs" in call)
    return any(wiring.history(mask) for mask in masks)
