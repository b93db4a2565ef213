"""Whose steps an output has: followed through the layers that give a step for each that they take.

What this says holds for every length, so that a layer is named here only where it does: another
one ends the walk, and nothing is said of what stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saveguard.archive import topology

Raw = Mapping[str, Any]
# A layer's call -> the input whose steps its first output has, by its place among the inputs.
Followed = dict[tuple[str, int], int]

# Layers that give a step for each step; of several tensors the first one's, as attention does.
_KEEP = {
    *("Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense"),
    *("Dropout", "EinsumDense", "ELU", "Embedding", "GaussianDropout", "GaussianNoise"),
    *("GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU", "Masking"),
    *("Normalization", "PReLU", "ReLU", "Rescaling", "RMSNormalization", "Softmax"),
    *("SpatialDropout1D", "ThresholdedReLU", "TimeDistributed", "UnitNormalization"),
    *("AdditiveAttention", "Attention", "GroupQueryAttention", "MultiHeadAttention"),
    *("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"),
}
_RECURRENT = {"LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU", "ConvLSTM1D"}
_CONVOLUTIONS = {"Conv1D", "SeparableConv1D", "DepthwiseConv1D"}
# Models within models, and rounds for layers that are shared by what stands before and behind.
_DEEPEST, _ROUNDS = 8, 8


def of_outputs(model: Raw, depth: int = 0) -> list[tuple[str, int | None]]:
    """Each output of a model by its layer, and the input whose steps it has.

    The input is told by its place in the contract; None where there is none that is known.
    """
    held = topology.config(model)
    found = followed(model, names(held.get("input_layers")), depth)
    ends = names(held.get("output_layers"))
    if held.get("output_layers") is None:
        ends = [topology.name(layer) for layer in topology.layers(model)[-1:]]
    return [(end, found.get((end, 0))) for end in ends]


def followed(model: Raw, inputs: Sequence[str], depth: int) -> Followed:
    """The calls whose output has a step for each step of an input.

    Args:
        model: A model's dictionary.
        inputs: Its inputs' layers, by name, in the contract's order.
    """
    layers = topology.layers(model)
    if topology.config(model).get("input_layers") is None:
        return _in_a_row(layers, depth)
    found: Followed = {(name, 0): index for index, name in enumerate(inputs)}
    for _ in range(_ROUNDS):
        before = len(found)
        for layer in layers:
            for call, reads in enumerate(_calls(layer)):
                place = _place(layer, [found.get(read) for read in reads], depth)
                if place is not None:
                    found.setdefault((topology.name(layer), call), place)
        if len(found) == before:
            break
    return found


def _in_a_row(layers: Sequence[Raw], depth: int) -> Followed:
    """The layers of a Sequential, up to the first that has other steps than the input."""
    found: Followed = {}
    for layer in layers:
        if layer.get("class_name") != "InputLayer" and _place(layer, [0], depth) is None:
            break
        found[topology.name(layer), 0] = 0
    return found


def _calls(layer: Raw) -> Iterator[list[tuple[str, int]]]:
    """What each call of a layer reads; further outputs of a call have no steps that are known."""
    calls = layer.get("inbound_nodes")
    for node in calls if isinstance(calls, list) else ():
        if isinstance(node, dict) and not node.get("args"):
            yield []  # by keywords alone, whose order says nothing
            continue
        reads = topology.reads({"inbound_nodes": [node]})
        yield [(read.layer, read.call if read.output == 0 else -1) for read in reads]


def _place(layer: Raw, given: Sequence[int | None], depth: int) -> int | None:
    """The input whose steps a call has, where `given` tells it of each tensor that is read."""
    kind, config = str(layer.get("class_name")), topology.config(layer)
    if topology.layers(layer):
        inner = _inside(layer, depth)
        return given[inner] if inner is not None and inner < len(given) else None
    if kind == "Concatenate":
        keeps = config.get("axis", -1) not in (0, 1)
        return _first(given) if keeps else None
    return _first(given[:1] if "Attention" in kind else given) if _keeps(kind, config) else None


def _first(given: Sequence[int | None]) -> int | None:
    return next((one for one in given if one is not None), None)


def _keeps(kind: str, config: Raw) -> bool:
    """Whether a layer gives a step for each step of what it is called with."""
    if kind == "Bidirectional" and isinstance(config.get("layer"), dict):
        kind, config = str(config["layer"].get("class_name")), topology.config(config["layer"])
    if kind in _RECURRENT:
        return config.get("return_sequences") is True
    if kind in _CONVOLUTIONS:
        same = config.get("padding") in ("same", "causal")
        return same and config.get("strides", 1) in (1, [1], (1,))
    return kind in _KEEP


def _inside(model: Raw, depth: int) -> int | None:
    """Which of its inputs a model in the model has the steps of."""
    if depth > _DEEPEST:
        return None
    ends = of_outputs(model, depth + 1)
    return ends[0][1] if len(ends) == 1 else None


def names(held: Any) -> list[str]:
    """The layers that a structure of inputs or outputs refers to, keys in their order."""
    found = topology.reference(held)
    if found is not None:
        return [found.layer]
    if isinstance(held, dict):
        held = [held[key] for key in sorted(held)]
    return [one for part in held for one in names(part)] if isinstance(held, list) else []
