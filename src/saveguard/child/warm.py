"""Do once, on a model of this module's own, what a framework is slow at the first time."""

from __future__ import annotations

import contextlib
import sys
import traceback


def warm_up():
    """Build and call a small model of layers that are in most models.

    Nothing of it stays but what Keras, TensorFlow, JAX or torch keep for themselves. A release that
    cannot do this proves its files all the same.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr):
            _call()
    except Exception:  # noqa: BLE001  the proof itself will say what this release cannot do
        traceback.print_exc()


def _call():
    import keras
    import numpy

    taken = keras.Input((8, 8, 1))
    given = keras.layers.BatchNormalization()(keras.layers.Conv2D(2, 3)(taken))
    given = keras.layers.Dense(2, activation="relu")(keras.layers.Flatten()(given))
    keras.Model(taken, given)(numpy.zeros((1, 8, 8, 1), "float32"))
    keras.backend.clear_session()
