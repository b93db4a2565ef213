"""A training that can be killed at any step, and tells the loss of every step that it makes.

Its batches are those of their numbers, so that a run that goes on at a step sees what a run that
was never killed saw there. Dropout, batch normalization and Adam make each loss depend on all that
came before.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

STEPS = 6  # of an epoch
EVERY = 4  # steps between two checkpoints: most of them within an epoch


def train(template: Path, losses: Path, epochs: int, *, checkpoints: bool = True) -> None:
    """Go on from the newest proven checkpoint, if there is one, and append each step's loss."""
    import keras
    import numpy as np

    import saveguard

    class Feed(keras.utils.PyDataset):  # type: ignore[misc]
        """The batches of an epoch, from one of them on."""

        def __init__(self, first: int) -> None:
            super().__init__()
            self.first = first

        def __len__(self) -> int:
            return STEPS - self.first

        def __getitem__(self, index: int) -> Any:
            draw = np.random.default_rng(self.first + index)
            return draw.normal(size=(8, 16)).astype("float32"), draw.normal(size=(8, 2))

    class Telling(keras.callbacks.Callback):  # type: ignore[misc]
        """Keras reports means over an epoch: begun anew, each is the loss of one step."""

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            self.model.reset_metrics()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            with open(losses, "a", encoding="utf-8") as file:
                file.write(f"{int(self.model.optimizer.iterations)} {float(logs['loss']).hex()}\n")

    keras.utils.set_random_seed(os.getpid() if losses.exists() else 1)
    checkpoint = saveguard.Checkpoint(str(template), save_freq=EVERY, keep=3)
    resumed = checkpoint.resume() if checkpoints else None
    model, epoch, batch = (built(keras), 0, 0) if resumed is None else _place(resumed)
    if resumed is not None:
        with open(losses, "a", encoding="utf-8") as file:
            file.write(f"resumed {resumed.step}\n")
    callbacks = [Telling(), *([checkpoint] if checkpoints else [])]
    options: dict[str, Any] = {"callbacks": callbacks, "verbose": 0, "shuffle": False}
    if 0 < batch < STEPS:
        model.fit(Feed(batch), initial_epoch=epoch, epochs=epoch + 1, **options)
    start = epoch + (batch > 0)
    model.fit(Feed(0), initial_epoch=start, epochs=epochs, **options)


def _place(resumed: Any) -> tuple[Any, int, int]:
    """By the steps made in all: a training that went on within an epoch counts its batches anew."""
    return resumed.model, *divmod(resumed.step, STEPS)


def built(keras: Any) -> Any:
    """The model, fresh."""
    keras.utils.set_random_seed(1)
    layers = [keras.Input((16,)), keras.layers.Dense(32, activation="relu")]
    layers += [keras.layers.BatchNormalization(), keras.layers.Dropout(0.5), keras.layers.Dense(2)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(1e-3), "mse")
    return model
