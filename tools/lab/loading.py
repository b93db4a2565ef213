"""What raises while a model is loaded, by code: (stage, function of an empty folder).

Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

import json
import sys

import h5py
import numpy as np
from traceback_cases import (
    KERAS_3,
    TF,
    dense,
    folder_named,
    keras,
    load,
    save,
    sequential,
    with_custom_loss,
)

ON_TF = keras.backend.backend() == "tensorflow"


def deep(*units):
    return sequential((4,), *[keras.layers.Dense(size) for size in units])


def weights_of(model, path):
    model.save_weights(str(path))
    return str(path)


def both_names(tmp, write, read):
    """Save weights of one model, load them into another."""
    name = "w.weights.h5" if KERAS_3 else "w.h5"
    read.load_weights(weights_of(write, tmp / name))


def whole_into(tmp, write, read, **options):
    """The weights of a whole model in HDF5, into another model."""
    save(write, tmp / "m.h5")
    read.load_weights(str(tmp / "m.h5"), **options)


def subclassed_unbuilt(tmp):
    fresh = never_built()()
    fresh.load_weights(weights_of(deep(3), tmp / ("w.weights.h5" if KERAS_3 else "w.h5")))


def without_members(path, *names):
    save(dense(), path)
    with h5py.File(str(path), "a") as file:
        for name in names:
            del (file if name in file else file.attrs)[name]
    return path


def emptied(path):
    with h5py.File(str(path), "w") as file:
        file["x"] = np.ones(3)
    return path


def saved_model(folder):
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"\x08\x01")
    (folder / "variables").mkdir()
    return folder


def with_loss(name):
    model = dense()
    model.compile("adam", name)
    return model


def plus_constant():
    import tensorflow as tf

    first = keras.Input((3,))
    return keras.Model(first, keras.layers.Add()([first, tf.ones((1, 3))]))


def times(inputs):
    return inputs * 2


def lambda_of_global():
    return sequential((3,), keras.layers.Lambda(lambda inputs: times(inputs) + 0))


def lambda_elsewhere(tmp):
    """Load where the module of the lambda is not imported, as a process that serves does."""
    path = save(lambda_of_global(), tmp / "m.h5")
    del sys.modules[__name__]
    return load(path)


def shared_layer():
    shared = keras.layers.Dense(3)
    inner_input = keras.Input((3,))
    inner = keras.Model(inner_input, shared(inner_input))
    first = keras.Input((3,))
    return keras.Model(first, keras.layers.Add()([inner(first), shared(first)]))


def never_built():
    class Own(keras.Model):
        def __init__(self, **options):
            super().__init__(**options)
            self.inner = keras.layers.Dense(3)

        def build(self, shape):
            self.built = True

        def call(self, inputs):
            return self.inner(inputs)

    return Own


def lazily(tmp):
    own = never_built()
    model = own()
    model.predict(np.ones((2, 3), "float32"), verbose=0)
    path = save(model, tmp / "m.keras")
    keras.models.load_model(str(path), custom_objects={"Own": own})


def from_text(text):
    return keras.models.model_from_json(text)


def described(tmp, layer, of_input="batch_input_shape", **config):
    """An `.h5` file of a Sequential of an input and a layer, as another release wrote it."""
    first = {"class_name": "InputLayer", "config": {"name": "x", of_input: [None, 5, 3]}}
    layers = [first, {"class_name": layer, "config": {"name": "y", **config}}]
    return of_config(tmp, {"class_name": "Sequential", "config": {"name": "m", "layers": layers}})


def of_config(tmp, config):
    with h5py.File(str(tmp / "m.h5"), "w") as file:
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["keras_version"] = b"2.9.0"
        file.attrs["backend"] = b"tensorflow"
        file.create_group("model_weights").attrs["layer_names"] = np.array([b"x"])
    return load(tmp / "m.h5")


POLICY = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "float32"},
    "registered_name": None,
}
# The first releases of Keras 3 number the calls of a shared layer in another way.
EARLY = KERAS_3 and tuple(map(int, keras.__version__.split(".")[:2])) < (3, 3)
LATE = KERAS_3 and not EARLY

TABLE = {
    "SG201": [("load", lambda tmp: load(save(with_custom_loss(), tmp / "m.h5")), not KERAS_3)],
    "SG401": [
        ("load", lambda tmp: whole_into(tmp, deep(3), keras.Sequential([keras.layers.Dense(3)]))),
        ("load", subclassed_unbuilt),
    ],
    "SG210": [
        ("load", lambda tmp: described(tmp, "LSTM", units=2, time_major=False), KERAS_3),
        ("load", lambda tmp: described(tmp, "Dense", of_input="batch_shape", units=2), not KERAS_3),
        (
            "load",
            lambda tmp: described(tmp, "Dense", units=2, quantization_config=None),
            EARLY or not KERAS_3,
        ),
        ("load", lambda tmp: described(tmp, "DepthwiseConv1D", kernel_size=2, groups=1), KERAS_3),
    ],
    "SG212": [
        ("load", lambda tmp: described(tmp, "CuDNNLSTM", units=2), KERAS_3),
        (
            "load",
            lambda tmp: described(tmp, "LocallyConnected1D", filters=2, kernel_size=2),
            KERAS_3,
        ),
        (
            "load",
            lambda tmp: of_config(tmp, {"class_name": "Functional", "config": {}}),
            TF < (2, 3),
        ),
    ],
    "SG216": [("load", lambda tmp: described(tmp, "Dense", units=2, dtype=POLICY), not KERAS_3)],
    "SG217": [
        (
            "load",
            lambda tmp: described(tmp, "TFOpLambda", function="math.add"),
            KERAS_3 or TF < (2, 4),
        ),
        (
            "load",
            lambda tmp: described(tmp, "SlicingOpLambda", function="x"),
            KERAS_3 or TF < (2, 4),
        ),
    ],
    "SG240": [
        ("load", lambda tmp: load(weights_of(dense(), tmp / "w.weights.h5"))),
        ("load", lambda tmp: load(weights_of(dense(), tmp / "w.h5")), not KERAS_3),
    ],
    "SG241": [
        ("load", lambda tmp: both_names(tmp, deep(3, 2), deep(3))),
        ("load", lambda tmp: both_names(tmp, deep(3), deep(3, 2))),
        ("load", lambda tmp: both_names(tmp, deep(3, 2), deep(5, 2))),
        ("load", lambda tmp: whole_into(tmp, deep(3, 2), deep(3))),
        ("load", lambda tmp: whole_into(tmp, deep(3, 2), deep(5, 2))),
        ("load", lambda _: dense().set_weights([np.ones((3, 3))])),
        ("load", lambda _: dense().set_weights([np.ones((3, 3)), np.ones(4)])),
        (
            "load",
            lambda tmp: whole_into(
                tmp,
                sequential((4,), keras.layers.Dense(3, name="a")),
                sequential((4,), keras.layers.Dense(5, name="a")),
                by_name=True,
            ),
        ),
    ],
    "SG223": [("load", lambda tmp: load(save(shared_layer(), tmp / "m.keras")), EARLY)],
    "SG242": [
        ("load", lazily, KERAS_3 or TF > (2, 12)),
        ("load", lambda tmp: load(save(shared_layer(), tmp / "m.keras")), LATE),
    ],
    "SG222": [
        ("load", lambda tmp: load(saved_model(tmp / "model")), KERAS_3),
        ("load", lambda tmp: load(folder_named(tmp / "model")), KERAS_3),
    ],
    "SG221": [
        ("load", lambda tmp, name=name: load(save(with_loss(name), tmp / "m.h5")), KERAS_3)
        for name in ("mse", "mae", "kld")
    ]
    + [("load", lambda tmp: load(save(with_custom_loss(), tmp / "m.h5")), KERAS_3)],
    "SG255": [
        ("load", lambda tmp: dense().load_weights(str(emptied(tmp / "w.h5")))),
        ("load", lambda tmp: load(without_members(tmp / "m.h5", "model_weights"))),
    ],
    "SG256": [("load", lambda tmp: load(save(plus_constant(), tmp / "m.h5")), ON_TF)],
    "SG258": [("load", lambda_elsewhere, not KERAS_3)],
    "SG268": [
        ("load", lambda _: from_text("[]")),
        ("load", lambda _: from_text("{}")),
        ("load", lambda _: from_text(json.dumps({"a": 1}))),
        ("load", lambda _: from_text("<html>")),
        ("load", lambda _: from_text(json.dumps({"class_name": "Sequential", "config": 1}))),
        (
            "load",
            lambda _: keras.Sequential.from_config({"layers": [{"name": "x"}]}),
            KERAS_3,
        ),
    ],
}
