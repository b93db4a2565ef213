"""Copies of a model, trained on rows with defective ones among them, and on the same without."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from saveguard.child import running
from saveguard.facts import Output
from saveguard.training.flagged import Rows

BATCH = 32
_HELD = 1024


class Trial:
    """A model and its rows, of which sound ones are held out."""

    def __init__(self, model: Any, rows: Rows, sound: Any, seconds: float) -> None:
        import keras

        self.rows = rows
        self.seconds = seconds
        # One copy for all trainings, as each would be compiled anew by its framework.
        config = keras.saving.serialize_keras_object(model)
        # Keras takes a Functional model's configuration apart as it reads it.
        self._copy = keras.saving.deserialize_keras_object(deepcopy(config))
        self._copy.set_weights(model.get_weights())
        self._copy.optimizer.build(self._copy.trainable_variables)
        held = [*self._copy.variables, *self._copy.optimizer.variables]
        self._state = [(one, running.value_of(one)) for one in held]
        self._plain = keras.saving.deserialize_keras_object(config)
        weights = (config.get("compile_config") or {}).get("loss_weights")
        plain = keras.optimizers.SGD(1.0)
        self._plain.compile(plain, loss=self._copy.loss, loss_weights=weights)
        self._weights = model.get_weights()
        shuffled = np.random.default_rng(0).permutation(sound)
        count = min(_HELD, len(shuffled) // 4)
        self.held, self.sound = shuffled[:count], shuffled[count:]
        self.all = np.concatenate([self.sound, np.flatnonzero(rows.bad)])

    def copy(self, seed: int) -> Any:
        """The copy of the model, compiled as it is, with the weights that it has."""
        import keras

        keras.utils.set_random_seed(seed)
        for variable, value in self._state:
            variable.assign(value)
        return self._copy

    def taken(self, index: Any) -> tuple[Any, Any]:
        """(inputs, targets) of some rows."""
        return _taken(self.rows.inputs, index), _taken(self.rows.targets, index)

    def order(self, seed: int) -> Iterator[tuple[Any, Any]]:
        """Batches with the defective rows, and the same with sound ones in their place."""
        generator = np.random.default_rng(seed)
        while True:
            shuffled = generator.permutation(self.all)
            for start in range(0, len(shuffled) - BATCH + 1, BATCH):
                batch = shuffled[start : start + BATCH]
                instead = generator.choice(self.sound, BATCH)
                yield batch, np.where(self.rows.bad[batch], instead, batch)

    def train(self, seed: int, side: int, steps: int, until: float) -> tuple[float, int]:
        """(the loss on held-out rows, the steps taken) of a copy trained on one side."""
        copy, done = self.copy(seed), 0
        for done, pair in enumerate(self.order(seed), 1):
            copy.train_on_batch(*self.taken(pair[side]))
            if done >= steps or time.monotonic() > until:
                break
        loss = copy.evaluate(*self.taken(self.held), verbose=0)
        return float(np.atleast_1d(loss)[0]), done

    def plain(self, seed: int) -> Any:
        """A copy that is trained by nothing but the gradient."""
        import keras

        keras.utils.set_random_seed(seed)
        self._plain.set_weights(self._weights)
        return self._plain

    def gradient(self, seed: int, side: int) -> Any:
        """The gradient for the first batch that has a defective row: one step of length one."""
        copy = self.plain(seed)
        before = [running.value_of(one) for one in copy.trainable_variables]
        pair = next(pair for pair in self.order(seed) if self.rows.bad[pair[0]].any())
        copy.train_on_batch(*self.taken(pair[side]))
        after = [running.value_of(one) for one in copy.trainable_variables]
        parts = [(old - new).ravel() for old, new in zip(before, after, strict=True)]
        return np.concatenate(parts).astype("float64")


def structured(model: Any, outputs: Sequence[Output], labels: Mapping[str, Any]) -> Any:
    """Labels in the structure of a model's outputs; where an output has no loss, zeros.

    Args:
        outputs: In the model's order.
        labels: By output.

    Raises:
        ValueError: If an output has a loss and no labels, or outputs stand within each other.
    """
    held = getattr(getattr(model, "_functional", model), "_outputs_struct", None)
    parts = held.values() if isinstance(held, Mapping) else held if isinstance(held, list) else []
    if any(isinstance(part, (Mapping, list, tuple)) for part in parts):
        raise ValueError("the impact is not measured of a model whose outputs are nested")
    if len(outputs) == 1 and not isinstance(held, Mapping):
        (alone,) = labels.values()
        return alone
    count = len(next(iter(labels.values())))
    found = {}
    for one in outputs:
        if one.loss and one.name not in labels:
            raise ValueError(
                f"the loss of the output `{one.name}` has no labels: --labels {one.name}=COLUMN"
            )
        found[one.name] = labels.get(one.name, np.zeros((count, 1), "float32"))
    return found if isinstance(held, Mapping) else list(found.values())


def _taken(value: Any, index: Any) -> Any:
    if isinstance(value, dict):
        return {key: _taken(part, index) for key, part in value.items()}
    if isinstance(value, list):
        return [_taken(part, index) for part in value]
    return None if value is None else value[index]
