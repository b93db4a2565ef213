"""What raises while a model is saved or exported, by code: (stage, function of a folder).

Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

import os

import h5py
import numpy as np
from traceback_cases import (
    KERAS_3,
    TF,
    checkpoint,
    compiled,
    custom,
    dense,
    keras,
    save,
    sequential,
)

ON_TF = keras.backend.backend() == "tensorflow"


def same_names():
    def build(self, shape):
        for _ in range(2):
            self.add_weight(name="w", shape=(3,))

    return sequential((3,), custom(build=build)())


def long_name():
    return sequential((3,), keras.layers.Dense(2, name="d" * 70_000))


def subclassed():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = keras.layers.Dense(2)

        def call(self, inputs):
            return self.inner(inputs)

    model = Own()
    model.predict(np.ones((2, 3), "float32"))
    return model


def trained(model, back):
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0, callbacks=[back])


def renamed(which=0):
    first = keras.Input((3,))
    model = keras.Model(first, keras.layers.Dense(2)(keras.layers.Dense(2)(first)))
    model.layers[which]._name = "renamed"
    return model


def renamed_of_two():
    first, second = keras.Input((3,)), keras.Input((3,))
    model = keras.Model([first, second], keras.layers.Concatenate()([first, second]))
    model.layers[0]._name = "renamed"
    return model


def unused_input():
    first, second = keras.Input((3,)), keras.Input((3,))
    return keras.Model([first, second], keras.layers.Dense(2)(first))


def only_constant():
    import tensorflow as tf

    first = keras.Input((3,))
    constant = keras.layers.Lambda(lambda _: tf.ones((1, 3)))(first)
    return keras.Model([first], keras.layers.Dense(2)(tf.ones((1, 3)))), constant


def pickled(model):
    import pickle

    return pickle.dumps(model)


def logged(tmp, template, **options):
    ending = ".keras" if KERAS_3 else ".h5"
    back = checkpoint(tmp / (template + ending), **options)
    compiled().fit(np.ones((8, 64)), np.ones((8, 4)), verbose=0, callbacks=[back])


def held_open(path):
    file = h5py.File(str(path), "w")
    try:
        save(dense(), path)
    finally:
        file.close()


def held_by_another(path):
    reading, writing = os.pipe()
    if os.fork() == 0:
        file = h5py.File(str(path), "w")
        os.write(writing, b"1")
        import time

        time.sleep(20)
        file.close()
        os._exit(0)
    os.read(reading, 1)
    save(dense(), path)


def exported_with_table(tmp):
    import tensorflow as tf

    start = tf.lookup.KeyValueTensorInitializer(tf.constant([1, 2]), tf.constant([3, 4]))
    held = {"table": tf.lookup.StaticHashTable(start, 0)}

    class Own(keras.layers.Layer):
        def call(self, inputs):
            return held["table"].lookup(tf.cast(inputs, tf.int32))

    model = sequential((3,), Own())
    model.predict(np.ones((1, 3), "float32"), verbose=0)
    (model.export if hasattr(model, "export") else model.save)(str(tmp / "exported"))


def called_otherwise(tmp):
    import tensorflow as tf

    if KERAS_3:
        dense().export(str(tmp / "exported"), verbose=False)
        return tf.saved_model.load(str(tmp / "exported")).serve(tf.ones((2, 3)))
    model = dense()
    model.predict(np.ones((2, 64), "float32"))
    model.save(str(tmp / "exported"), save_format="tf")
    return tf.saved_model.load(str(tmp / "exported"))(tf.ones((2, 3)))


TABLE = {
    "SG244": [
        ("save", lambda tmp: save(same_names(), tmp / "m.h5")),
        ("save", lambda tmp: same_names().save_weights(str(tmp / "w.h5")), not KERAS_3),
    ],
    "SG245": [("save", lambda tmp: save(long_name(), tmp / "m.h5"))],
    "SG246": [
        ("save", lambda tmp: save(subclassed(), tmp / "m.h5"), not KERAS_3),
        (
            "checkpoint",
            lambda tmp: trained(subclassed(), checkpoint(tmp / "best.h5")),
            not KERAS_3,
        ),
    ],
    "SG247": [
        ("save", lambda tmp: save(renamed(), tmp / "m.h5"), not KERAS_3),
        ("save", lambda tmp: save(renamed(-1), tmp / "m.h5"), not KERAS_3),
        ("save", lambda tmp: save(renamed_of_two(), tmp / "m.h5"), not KERAS_3),
        ("save", lambda _: renamed().to_json(), not KERAS_3),
    ],
    "SG248": [
        ("save", lambda tmp: save(unused_input(), tmp / "m.h5"), TF < (1, 15)),
        ("save", lambda tmp: save(only_constant()[0], tmp / "m.h5"), TF < (1, 15)),
    ],
    "SG260": [("save", lambda _: pickled(compiled()), not KERAS_3)],
    "SG262": [
        ("checkpoint", lambda tmp: logged(tmp, "m-{val_loss:.2f}")),
        ("checkpoint", lambda tmp: logged(tmp, "m-{epoch}-{val_acc:.2f}", monitor="loss")),
    ],
    "SG263": [("checkpoint", lambda tmp: logged(tmp, "m", monitor="val_f1", save_best_only=True))],
    "SG264": [("export", exported_with_table, ON_TF and TF >= (2, 0))],
    "SG520": [("predict", called_otherwise, TF >= (2, 0))],
    "SG269": [
        ("save", lambda tmp: held_open(tmp / "m.h5")),
        ("save", lambda tmp: held_by_another(tmp / "m.h5")),
    ],
}
