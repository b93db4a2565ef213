"""One output of a model, with the loss that compares it with labels."""

from __future__ import annotations

from saveguard.facts.frozen import Frozen


class Output(Frozen, frozen=True):
    """One output.

    Attributes:
        name: What labels are given under: its key, or its layer; empty of a model's only output.
        loss: By name; empty where it has none, or nobody knows it.
        units: How many values its last axis has; None where that is not known.
        axes: The extents behind the batch axis; None where that is not known.
        ignored: The label that the loss leaves out (`ignore_class`).
        follows: The input whose steps it has, one for one, by its place in the contract; None where
            there is none, or nobody knows.
    """

    name: str = ""
    loss: str = ""
    units: int | None = None
    axes: tuple[int | None, ...] | None = None
    ignored: float | None = None
    follows: int | None = None
