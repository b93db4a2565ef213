"""What a training is made of beside the model's file: its place, its numbers, its randomness.

Keras stores weights and the optimizer's variables; it stores neither the states of the random
generators of dropout and noise nor those that shuffle the data.
"""

from __future__ import annotations

import base64
import random
import sys
from typing import Any

import msgspec


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a training stood when a checkpoint was written.

    Attributes:
        epoch: Finished epochs: what `model.fit(initial_epoch=...)` takes.
        batch: Finished batches of the epoch after those; 0 at an epoch's end.
        step: Steps that the optimizer took in all.
        logs: The losses and metrics that Keras reported then.
        random: The states of the random generators (see `capture`).
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    logs: dict[str, float] = msgspec.field(default_factory=dict)
    random: dict[str, Any] = msgspec.field(default_factory=dict)


def capture(model: Any) -> dict[str, Any]:
    """The states of every random generator that a training with Keras draws from, as plain values.

    Those of Python, NumPy and (where it is loaded) torch; Keras's global one; and those of the
    model's own layers, in the order of its variables.
    """
    import keras
    import numpy as np

    version, words, gauss = random.getstate()
    name, keys, *rest = np.random.get_state(legacy=True)
    states: dict[str, Any] = {
        "python": [version, list(words), gauss],
        "numpy": [name, _text(np.asarray(keys).tobytes()), *map(_plain, rest)],
        "layers": [_values(keras, variable) for variable in _seeds(model)],
    }
    generator = _global_generator()
    states["keras"] = None if generator is None else _values(keras, generator.state)
    if "torch" in sys.modules:
        states["torch"] = _text(sys.modules["torch"].get_rng_state().numpy().tobytes())
    return states


def restore(model: Any, states: dict[str, Any]) -> None:
    """Put the random generators back into the states that `capture` read.

    Raises:
        ValueError: If the model has another number of generators.
    """
    import numpy as np

    seeds = _seeds(model)
    if len(seeds) != len(states.get("layers", ())):
        raise ValueError(
            f"the model has {len(seeds)} random generators, and the checkpoint"
            f" {len(states.get('layers', ()))}"
        )
    for variable, values in zip(seeds, states["layers"], strict=True):
        variable.assign(np.asarray(values, dtype=str(variable.dtype)))
    version, words, gauss = states["python"]
    random.setstate((version, tuple(words), gauss))
    name, keys, *rest = states["numpy"]
    np.random.set_state((name, np.frombuffer(_bytes(keys), "uint32"), *rest))
    _restore_global(states.get("keras"))
    if "torch" in states and "torch" in sys.modules:
        torch = sys.modules["torch"]
        torch.set_rng_state(torch.frombuffer(bytearray(_bytes(states["torch"])), dtype=torch.uint8))


def _seeds(model: Any) -> list[Any]:
    """The variables of the random generators of a model's layers."""
    return [one for one in model.variables if str(one.path).endswith("seed_generator_state")]


def _global_generator() -> Any:
    """Keras's own generator, of everything that was given no seed; None before its first use."""
    from keras.src.backend.common import global_state
    from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR

    return global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)


def _restore_global(values: list[int] | None) -> None:
    """Keras's own generator; one that was not yet there is made from Python's, as it would be."""
    import numpy as np
    from keras.src.backend.common import global_state
    from keras.src.random import seed_generator

    if values is None:
        global_state.set_global_attribute(seed_generator.GLOBAL_SEED_GENERATOR, None)
        return
    state = seed_generator.global_seed_generator().state
    state.assign(np.asarray(values, dtype=str(state.dtype)))


def _values(keras: Any, variable: Any) -> list[int]:
    return [int(value) for value in keras.ops.convert_to_numpy(variable).ravel()]


def _plain(value: Any) -> float | int:
    return value if isinstance(value, int) else float(value)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
