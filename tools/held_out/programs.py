"""Small programs that go wrong as users' do: in classes, closures and threads, under other names.

They are run in releases that the lab leaves out. (stage, function of an empty folder), by code.
Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from traceback_cases import KERAS_3, keras, sequential

layers = keras.layers
ENDING = ".keras" if KERAS_3 else ".h5"
rng = np.random.RandomState(7)


class Experiment:
    """A network, its data, and a way to run it that hides the call from the script."""

    def __init__(self, network, loss="mse", **options):
        self.network = network
        self.network.compile("adam", loss, **options)

    def run(self, features, labels=None, **options):
        for _ in range(1):
            self._epoch(features, labels, **options)

    def _epoch(self, features, labels, **options):
        return self.network.fit(features, labels, epochs=1, verbose=0, **options)

    def score(self, features, labels):
        return self.network.evaluate(features, labels, verbose=0)

    def answer(self, features):
        return [self.network.predict(features, verbose=0) for _ in range(2)]


def perceptron(columns=12, classes=3, activation="softmax"):
    return sequential(
        (columns,),
        layers.Dense(16, activation="relu"),
        layers.Dense(classes, activation=activation),
    )


def reader(words=50, steps=7):
    return sequential(
        (steps,),
        layers.Embedding(words, 8),
        layers.Bidirectional(layers.LSTM(6)),
        layers.Dense(1, activation="sigmoid"),
    )


def pictures(size=16, poolings=2):
    blocks = []
    for _ in range(poolings):
        blocks += [layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D()]
    return sequential((size, size, 3), *blocks, layers.Flatten(), layers.Dense(2))


def in_a_thread(work):
    """An exception of a worker, raised again where its result is asked for."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def nested(work):
    def outer():
        def inner():
            return work()

        return inner()

    return outer()


@contextmanager
def session(name):
    yield name


def managed(work):
    with session("run-7"):
        return work()


def rows(count, *shape):
    return rng.rand(count, *shape).astype("float32")


class Gate(layers.Layer):
    """A user's layer; it forgets nothing but to be registered."""

    def __init__(self, strength=0.5, **options):
        super().__init__(**options)
        self.strength = strength

    def call(self, inputs):
        return inputs * self.strength

    def get_config(self):
        return {**super().get_config(), "strength": self.strength}


class Pool:
    """A repository of models in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def store(self, network, name):
        network.save(str(self.folder / name))
        return self

    def fetch(self, name, **options):
        return keras.models.load_model(str(self.folder / name), **options)


def gated():
    return sequential((5,), Gate(0.3, name="gate"), layers.Dense(2))


def truncated(folder, name):
    Pool(folder).store(perceptron(), name)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) * 2 // 3])
    return Pool(folder).fetch(name)


def weights_of(network, folder):
    path = str(folder / "latest.weights.h5")
    network.save_weights(path)
    return path


def residual():
    entry = keras.Input((10,), name="entry")
    branch = layers.Dense(7)(entry)
    return keras.Model(entry, layers.add([entry, branch]))


def twice():
    optimizer = keras.optimizers.Adam(1e-3)
    for width in (3, 5):
        network = perceptron(classes=width, activation=None)
        network.compile(optimizer, "mse")
        network.fit(rows(6, 12), rows(6, width), verbose=0)


def quadruples():
    while True:
        yield rows(2, 12), rows(2, 3), rows(2), rows(2)


def two_heads():
    entry = keras.Input((12,), name="measurements")
    heads = {name: layers.Dense(1, name=name)(entry) for name in ("price", "risk")}
    return keras.Model(entry, heads)


class Careless(keras.Model):
    def __init__(self, width):
        self.head = layers.Dense(width)


class Idle(keras.Model):
    def forward(self, inputs):
        return inputs


class Growing(layers.Layer):
    def call(self, inputs):
        return inputs * self.add_weight(name="gain", shape=(1,), initializer="ones")


def labelled(first):
    return np.arange(first, first + 9) % 3 + first


def sparse(network=None):
    return Experiment(network or perceptron(), "sparse_categorical_crossentropy")
