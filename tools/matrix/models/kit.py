"""What the architectures are made with: the framework of this interpreter, and the registry."""

import importlib
import os

import numpy as np
import tensorflow as tf

TENSORFLOW = tuple(int(part) for part in tf.__version__.split(".")[:2])

# Keras by itself, or as tf_keras, where the environment says so; else the TensorFlow's own.
NAMED = os.environ.get("MATRIX_KERAS") or ("keras" if TENSORFLOW >= (2, 16) else "tensorflow.keras")
keras = importlib.import_module(NAMED) if NAMED != "tensorflow.keras" else tf.keras
KERAS_3 = hasattr(keras, "ops")

layers = keras.layers

ARCHITECTURES = {}


def architecture(build):
    """Register a function that builds a model, or gives (model, inputs to call it on)."""
    ARCHITECTURES[build.__name__] = build
    return build


def layer(name):
    """A layer class, also where this version still calls it experimental."""
    if hasattr(layers, name):
        return getattr(layers, name)
    return getattr(layers.experimental.preprocessing, name)


def register(item):
    """Register a class or function under the package `matrix`, where this version can."""
    for home in (getattr(keras, "saving", None), keras.utils):
        if hasattr(home, "register_keras_serializable"):
            return home.register_keras_serializable(package="matrix")(item)
    return item


def numbers(*shape):
    """Values of this shape between -1 and 1."""
    return np.random.RandomState(0).uniform(-1, 1, shape).astype("float32")


def indices(*shape):
    """Whole numbers of this shape from 0 to 4."""
    return np.random.RandomState(0).randint(0, 5, shape).astype("int32")


def dense_model(name=None, activation="relu", width=4, **options):
    """The smallest Functional model with a hidden layer."""
    entry = keras.Input((width,))
    hidden = layers.Dense(8, activation=activation)(entry)
    return keras.Model(entry, layers.Dense(3, **options)(hidden), name=name)
