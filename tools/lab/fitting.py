"""What raises because of how losses, data and strategies are given: (stage, function of a folder).

Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

import numpy as np
from traceback_cases import KERAS_3, OWN_PACKAGE, TF, NotHere, compiled, dense, keras, sequential

from lab.running import ROWS, TARGETS, endless, fit

ON = keras.backend.backend()  # "tensorflow" for Keras 2, too


def forked(loss="mse", **options):
    """A model of two outputs, named a and b."""
    first = keras.Input((64,))
    outputs = [keras.layers.Dense(4, name=name)(first) for name in "ab"]
    model = keras.Model(first, outputs)
    model.compile("sgd", loss, **options)
    return model


def both(model, **options):
    return fit(model, ROWS, [TARGETS, TARGETS], **options)


def single(loss="mse", **options):
    model = dense()
    model.compile("sgd", loss, **options)
    return fit(model, ROWS, TARGETS)


def batches(value):
    while True:
        yield value


def fit_batches(value, **options):
    return compiled().fit(batches(value), steps_per_epoch=1, verbose=0, **options)


def weighed(**options):
    return fit(compiled(), ROWS, TARGETS, class_weight={3: 1.0}, **options)


def classes(labels, weights):
    model = sequential((64,), keras.layers.Dense(4, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return fit(model, ROWS, labels, class_weight=weights)


def strategy():
    """Two replicas, on one processor."""
    if KERAS_3 or OWN_PACKAGE or TF < (1, 15):
        raise NotHere("it has no strategies of TensorFlow")
    import tensorflow as tf

    config = tf.config.experimental if TF < (2, 4) else tf.config
    (cpu,) = tf.config.experimental.list_physical_devices("CPU")
    made = config.VirtualDeviceConfiguration if TF < (2, 4) else config.LogicalDeviceConfiguration
    name = "virtual" if TF < (2, 4) else "logical"
    getattr(config, f"set_{name}_device_configuration")(cpu, [made(), made()])
    return tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])


def spread(use):
    with strategy().scope():
        model = keras.Sequential([keras.layers.Dense(4, input_shape=(64,))])
        model.compile("sgd", "mse")
    return use(model)


def outside():
    spreading = strategy()
    model = keras.Sequential([keras.layers.Dense(4, input_shape=(64,))])
    with spreading.scope():
        model.compile("sgd", "mse")
        return fit(model, ROWS, TARGETS)


def spread_states():
    with strategy().scope():
        return keras.layers.LSTM(4, stateful=True, batch_input_shape=(2, 5, 3))


def in_function():
    import tensorflow as tf

    model = dense()
    return tf.function(lambda x: model.predict(x))(tf.ones((2, 64)))  # noqa: PLW0108  2.3 wants it


def on_backend(name, use):
    if not KERAS_3 or keras.backend.backend() != name:
        raise NotHere("of another backend")
    return use()


def by_cudnn():
    layer = keras.layers.LSTM(4, use_cudnn=True)
    return layer(np.ones((2, 5, 3), "float32"))


TABLE = {
    "SG505": [
        ("fit", lambda _: fit(compiled(), {"x": {1, 2}}, TARGETS)),
        ("fit", lambda _: fit(compiled(), {"a": ROWS, "b": "text"}, TARGETS)),
    ],
    "SG623": [
        (
            "fit",
            lambda _: keras.preprocessing.sequence.pad_sequences(
                [[[1, 2]], [[1, 2, 3], [1, 2, 3]]]
            ),
        ),
    ],
    "SG525": [
        ("fit", lambda _: both(forked({"c": "mse"}))),
        ("fit", lambda _: both(forked(metrics={"c": ["mse"]}))),
        ("fit", lambda _: both(forked(["mse", "mse", "mse"]))),
        ("fit", lambda _: both(forked(["mse", "mse"], loss_weights=[1.0, 2.0, 3.0]))),
        ("fit", lambda _: fit(forked(), ROWS, {"x": TARGETS, "y": TARGETS}), ON == "tensorflow"),
        ("fit", lambda _: both(forked(metrics=[["mse"], ["mse"], ["mse"]]))),
        ("fit", lambda _: both(forked(), sample_weight=[np.ones(8)] * 3)),
        ("fit", lambda _: both(forked(["mse", "mse"], loss_weights={"a": 1.0}))),
    ],
    "SG526": [
        ("compile", lambda _: single(metrics="mse")),
        ("fit", lambda _: single(keras.losses.MeanSquaredError), TF >= (2, 0)),
        ("compile", lambda _: single(loss_weights="1")),
    ],
    "SG527": [
        ("fit", lambda _: weighed()),
        ("fit", lambda _: both(forked(), class_weight={0: 1.0, 1: 2.0})),
        ("fit", lambda _: fit_batches((ROWS, TARGETS, np.ones(8)), class_weight={0: 1.0})),
        ("fit", lambda _: classes(np.arange(8) % 4, {0: 1.0, 3: 2.0})),
        ("fit", lambda _: compiled().fit(endless(), class_weight={0: 1}, steps_per_epoch=1)),
    ],
    "SG528": [
        ("fit", lambda _: fit_batches((ROWS, TARGETS, TARGETS, TARGETS))),
        ("fit", lambda _: fit(compiled(), ROWS, TARGETS, validation_data=(ROWS,) * 4)),
    ],
    "SG716": [
        ("predict", lambda _: in_function(), (2, 2) <= TF < (3,)),
        (
            "compile",
            lambda _: dense().compile("sgd", "mse", run_eagerly=True, jit_compile=True),
            (2, 9) <= TF < (3,),
        ),
    ],
    "SG717": [
        ("build", lambda _: keras.Input((4,), sparse=True), KERAS_3),
        ("build", lambda _: keras.layers.TFSMLayer("m"), ON != "tensorflow"),
        ("build", lambda _: by_cudnn(), KERAS_3 and keras.__version__ >= "3.1"),
        (
            "fit",
            lambda _: on_backend("torch", lambda: single(steps_per_execution=4)),
        ),
    ],
    "SG718": [
        ("fit", lambda _: spread(lambda model: model.train_on_batch(ROWS, TARGETS)), TF < (2, 2)),
        ("fit", lambda _: spread(lambda model: fit(model, ROWS, TARGETS, batch_size=5))),
        ("build", lambda _: spread_states()),
        (
            "fit",
            lambda _: spread(lambda m: m.fit_generator(endless(), steps_per_epoch=1)),
            TF < (2, 1),
        ),
    ],
    "SG719": [("fit", lambda _: outside())],
}
