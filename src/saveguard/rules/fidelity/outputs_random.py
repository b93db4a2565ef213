"""The model gives other outputs at every call, so that they cannot be compared.

## What happens

Two calls on the same inputs, from the same state and in inference mode, disagree. The proof then
rests on the variables, settings and optimizer alone; the receipt says that outputs were not
compared.

## Why

The model draws random numbers that do not come from a Keras seed generator: NumPy's, Python's, or
the backend's own. Numbers of `keras.random` with a `SeedGenerator` come back with the file, and are
compared.

## Fix

    self.seed_generator = keras.random.SeedGenerator(1337)
    noise = keras.random.normal(shape, seed=self.seed_generator)

## Seen in

- Every version.

## References

- https://keras.io/api/random/seed_generator/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG412", "outputs-random", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    if facts.random:
        yield rule.finding(
            where="model(inputs, training=False)",
            message="the model gives other outputs at every call on the same inputs",
            why="Its outputs cannot be held against a reloaded model's: the proof rests on its"
            " variables, settings and optimizer.",
            fix="draw random numbers with keras.random and a keras.random.SeedGenerator of the"
            " layer",
            certainty="possible",
        )


def bad(tmp: Path) -> Call:
    """A layer that adds NumPy's noise."""
    return _save(tmp, "keras.ops.convert_to_tensor(np.random.normal(size=3).astype('float32'))")


def good(tmp: Path) -> Call:
    """A layer that adds noise of a seed generator."""
    return _save(tmp, "keras.random.normal((3,), seed=self.seeds)")


def _save(tmp: Path, noise: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "import numpy as np\n"
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Noisy(keras.layers.Layer):\n"
        "    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.seeds = keras.random.SeedGenerator(1)\n"
        "    def call(self, inputs):\n"
        f"        return inputs + {noise}\n"
        "    def compute_output_shape(self, shape):\n"
        "        return shape\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Noisy()])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
