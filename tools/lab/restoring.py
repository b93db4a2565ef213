"""What raises while more is saved, exported and loaded, by code: (stage, function of a folder).

Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

import pickle

import h5py
import numpy as np
from traceback_cases import (
    KERAS_3,
    OWN_PACKAGE,
    TF,
    checkpoint,
    compiled,
    custom,
    dense,
    folder_named,
    keras,
    load,
    save,
    sequential,
)

from lab.feeding import tensorflow
from lab.loading import deep, weights_of
from lab.running import ROWS, TARGETS, fit

layers = keras.layers
ON_TF = keras.backend.backend() == "tensorflow" and (KERAS_3 or TF >= (2, 0))
ENDING = ".keras" if KERAS_3 else ".h5"


def written(path, content):
    path.write_bytes(content)
    return path


def with_config(value):
    return sequential((3,), custom(get_config=lambda self: {"name": "own", "value": value})())


def plain_array(path):
    with h5py.File(str(path), "w") as file:
        file.create_group("layer")["kernel"] = np.ones(3)
    return path


def by_name(tmp, ending):
    model = deep(3)
    model.save_weights(str(tmp / ("w" + ending)))
    return model.load_weights(str(tmp / ("w" + ending)), by_name=True)


def checkpoint_of(tmp, model):
    model.save_weights(str(tmp / "ckpt"), save_format="tf")
    return str(tmp / "ckpt")


def restored(tmp, model, other):
    tf = tensorflow()
    path = tf.train.Checkpoint(model=model).save(str(tmp / "ckpt"))
    return tf.train.Checkpoint(model=other).restore(path).assert_consumed()


def served(tmp, **options):
    model = dense()
    if KERAS_3:
        model.export(str(tmp / "served"))
    else:
        model.save(str(tmp / "served"), save_format="tf")
    return str(tmp / "served")


def with_activation():
    def swish2(inputs):
        return inputs * 2

    return sequential((3,), layers.Dense(2, activation=swish2))


def with_metric():
    def closeness(y_true, y_pred):
        return y_true - y_pred

    model = dense()
    model.compile("sgd", "mse", metrics=[closeness])
    fit(model, ROWS, TARGETS)
    return model


def with_optimizer():
    class Slow(keras.optimizers.SGD):
        pass

    model = dense()
    model.compile(Slow(), "mse")
    fit(model, ROWS, TARGETS)
    return model


def with_initializer():
    def own_values(shape, dtype=None, **_):
        return np.ones(shape, "float32")

    return sequential((3,), layers.Dense(2, kernel_initializer=own_values))


def needs_super():
    """get_config that forgets the base's, so that `name` and `trainable` come back wrong."""

    class Scaled(layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.units = units

        def call(self, inputs):
            return inputs

        def get_config(self):
            return {"units": self.units, "name": self.name}

    return Scaled


def reloaded(tmp, kind, *arguments):
    path = save(sequential((3,), kind(*arguments)), tmp / ("m" + ENDING))
    return keras.models.load_model(str(path), custom_objects={kind.__name__: kind})


def saves_in_folder(tmp, back):
    return fit(compiled(), ROWS, TARGETS, callbacks=[back])


def subclass_without_config():
    class Encoder(keras.Model):
        def __init__(self, units):
            super().__init__()
            self.inner = layers.Dense(units)

        def call(self, inputs):
            return self.inner(inputs)

    model = Encoder(2)
    model.predict(np.ones((2, 3), "float32"))
    return model


LATE = KERAS_3 or TF >= (2, 4)

TABLE = {
    "SG102": [
        ("load", lambda tmp: load(written(tmp / "m.h5", pickle.dumps({"a": 1}))), TF >= (2, 9)),
        ("load", lambda tmp: load(written(tmp / "m.h5", b"<!DOCTYPE html>")), TF >= (2, 9)),
        ("load", lambda tmp: dense().load_weights(str(written(tmp / "w.weights.h5", b"{}")))),
    ],
    "SG104": [
        ("load", lambda tmp: load(tmp / "runs" / "best.keras"), KERAS_3 or TF < (2, 12)),
        (
            "load",
            lambda tmp: dense().load_weights(str(tmp / "no" / "ckpt")),
            not KERAS_3 and not OWN_PACKAGE,
        ),
        ("load", lambda tmp: load(folder_named(tmp / "model")), not KERAS_3 and TF >= (2, 0)),
        ("load", lambda tmp: load(tmp / "model"), not KERAS_3 and TF >= (2, 0)),
    ],
    "SG201": [
        ("load", lambda tmp: load(save(with_activation(), tmp / ("m" + ENDING)))),
        ("load", lambda tmp: load(save(with_metric(), tmp / "m.h5")), not KERAS_3),
        (
            "load",
            lambda tmp: load(save(with_optimizer(), tmp / ("m" + ENDING))),
            KERAS_3 or TF < (2, 12),
        ),
        ("load", lambda tmp: load(save(with_initializer(), tmp / ("m" + ENDING)))),
        ("load", lambda _: keras.models.model_from_json(sequential((3,), custom()()).to_json())),
        ("load", lambda _: keras.layers.deserialize({"class_name": "Attn", "config": {}})),
    ],
    "SG203": [
        ("save", lambda tmp: subclass_without_config().to_json(), not KERAS_3 and not OWN_PACKAGE),
    ],
    "SG210": [
        ("load", lambda tmp: reloaded(tmp, needs_super(), 3)),
    ],
    "SG206": [
        ("save", lambda tmp: save(with_config(np.ones((2, 3))), tmp / "m.h5"), KERAS_3),
        ("save", lambda tmp: save(with_config({1, 2}), tmp / "m.h5")),
        ("save", lambda tmp: save(with_config(object()), tmp / "m.h5")),
        ("save", lambda _: with_config(b"\xff\xfe").to_json()),
        ("save", lambda _: with_config(len).to_json(), KERAS_3),
        ("save", lambda _: with_config(3 + 2j).to_json()),
    ],
    "SG222": [
        ("load", lambda tmp: load(served(tmp)), KERAS_3),
    ],
    "SG241": [
        ("load", lambda _: deep(3, 2).layers[-1].set_weights(deep(5, 2).layers[-1].get_weights())),
        ("load", lambda tmp: by_name_into(tmp, deep(3), deep(5))),
        ("load", lambda tmp: restored(tmp, deep(3), deep(5)), ON_TF),
        ("load", lambda tmp: restored(tmp, deep(3), deep(3, 2)), ON_TF),
        (
            "load",
            lambda tmp: deep(5).load_weights(checkpoint_of(tmp, deep(3))),
            not KERAS_3 and TF >= (2, 0),
        ),
        ("load", lambda _: layers.Dense(3).set_weights([np.ones((3, 3))])),
    ],
    "SG246": [
        (
            "save",
            lambda tmp: save(subclass_without_config(), tmp / "m.h5"),
            not KERAS_3 and not OWN_PACKAGE,
        ),
    ],
    "SG255": [
        ("load", lambda tmp: dense().load_weights(str(plain_array(tmp / "w.h5")))),
    ],
    "SG263": [
        (
            "fit",
            lambda tmp: saves_in_folder(tmp, keras.callbacks.EarlyStopping(monitor="val_f1")),
            KERAS_3,
        ),
    ],
    "SG401": [
        ("export", lambda tmp: keras.Sequential([layers.Dense(3)]).export(str(tmp / "e")), KERAS_3),
        (
            "save",
            lambda tmp: keras.Sequential([layers.Dense(3)]).save(str(tmp / "m"), save_format="tf"),
            not KERAS_3 and TF >= (2, 0),
        ),
    ],
    "SG275": [
        (
            "load",
            lambda tmp: layers.TFSMLayer(served(tmp), call_endpoint="serving"),
            KERAS_3 and ON_TF,
        ),
        (
            "load",
            lambda tmp: tensorflow().saved_model.load(served(tmp)).signatures["predict"],
            KERAS_3 or TF >= (2, 0),
        ),
    ],
    "SG273": [
        ("load", lambda tmp: by_name(tmp, ".weights.h5"), KERAS_3),
        ("save", lambda tmp: dense().save(str(tmp / "m.keras"), signatures=None), KERAS_3),
    ],
    "SG704": [
        ("load", lambda tmp: dense().load_weights(str(tmp / "checkpoint")), KERAS_3),
        ("save", lambda tmp: dense().save(str(tmp / "model")), KERAS_3),
    ],
    "SG703": [
        (
            "fit",
            lambda tmp: saves_in_folder(
                tmp, keras.callbacks.CSVLogger(str(folder_named(tmp / "log")))
            ),
        ),
    ],
    "SG709": [
        (
            "fit",
            lambda tmp: saves_in_folder(
                tmp, keras.callbacks.CSVLogger(str(tmp / "runs" / "log.csv"))
            ),
        ),
        ("save", lambda tmp: compiled().save_weights(str(tmp / "runs" / "w.weights.h5"))),
    ],
    "SG712": [
        (
            "save",
            lambda tmp: dense().save_weights(str(tmp / "w.weights.h5"), save_format="h5"),
            KERAS_3,
        ),
        ("fit", lambda tmp: checkpoint(tmp / "m.keras", period=5), KERAS_3),
        (
            "load",
            lambda tmp: keras.models.load_model(str(tmp / "m.keras"), custom_object={}),
            KERAS_3,
        ),
    ],
}


def by_name_into(tmp, write, read):
    weights_of(write, tmp / ("w.weights.h5" if KERAS_3 else "w.h5"))
    for number, layer in enumerate(read.layers):
        layer._name = write.layers[number].name
    if KERAS_3:
        return read.load_weights(str(tmp / "w.weights.h5"))
    return read.load_weights(str(tmp / "w.h5"), by_name=True)
