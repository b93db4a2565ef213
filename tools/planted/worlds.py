"""The clean data: sequences of ids, measurements, labels, with nothing to say about them."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

ROWS, CLASSES, VOCABULARY, STEPS = 60, 3, 100, 12
World = dict[str, list[Any]]

RAGGED = (
    f"tokens: int32[batch, 1<=time<=20] vocabulary={VOCABULARY} pad=0;"
    " x: float32[batch, 4] range=0..1"
)
PADDED = (
    f"tokens: int32[batch, {STEPS}] vocabulary={VOCABULARY} pad=0 side=post;"
    " x: float32[batch, 4] range=0..1"
)


def ragged(seed: int = 0) -> World:
    """Sequences as they are, of 3 to 19 ids."""
    rng = np.random.default_rng(seed)
    return {
        "tokens": [rng.integers(1, VOCABULARY, rng.integers(3, 20)).tolist() for _ in range(ROWS)],
        "x": rng.uniform(0.05, 0.95, (ROWS, 4)).astype(np.float32).tolist(),
        "y": [row % CLASSES for row in range(ROWS)],
    }


def padded(seed: int = 0) -> World:
    """The same, padded behind to one length."""
    world = copy.deepcopy(ragged(seed))
    cut = [tokens[: STEPS - row % 4] for row, tokens in enumerate(world["tokens"])]
    world["tokens"] = [tokens + [0] * (STEPS - len(tokens)) for tokens in cut]
    return world
