"""Do once, on a model of this module's own, what a framework is slow at the first time."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import traceback

from . import running, traits


def warm_up():
    """Save, load and call a small model of layers that are in most models.

    Nothing of it stays but what Keras, TensorFlow, JAX or torch keep for themselves. A release that
    cannot do this proves its files all the same.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as folder:
            _through(os.path.join(folder, "model.keras"))
    except Exception:  # noqa: BLE001  the proof itself will say what this release cannot do
        traceback.print_exc()


def _through(path):
    import keras
    import numpy

    from .quick import quick_build

    taken = keras.Input((8, 8, 1))
    given = keras.layers.Conv2D(2, 3, activation="relu")(taken)
    given = keras.layers.Dense(2)(keras.layers.Flatten()(keras.layers.BatchNormalization()(given)))
    model = keras.Model(taken, given)
    model.compile("adam", "mse")
    model.save(path)
    with quick_build():
        model = keras.models.load_model(path)
    traits.traits(model, automatic=True)
    running.listing(running.variables(model))
    running.predict(model, numpy.zeros((1, 8, 8, 1), "float32"))
    keras.backend.clear_session()
