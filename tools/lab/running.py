"""What raises while a model is built, compiled and run, by code: (stage, function of a folder).

Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

import numpy as np
from traceback_cases import KERAS_3, TF, compiled, dense, keras, predict, sequential, two_inputs

ROWS = np.ones((8, 64), "float32")
TARGETS = np.ones((8, 4), "float32")


def classifier(units, loss, activation=None):
    model = sequential((64,), keras.layers.Dense(units, activation=activation))
    model.compile("sgd", loss)
    return model


def fit(model, x, y=None, **options):
    return model.fit(x, y, verbose=0, **options)


def embedding(size=10):
    if KERAS_3:
        return keras.Sequential([keras.Input((5,)), keras.layers.Embedding(size, 4)])
    return keras.Sequential([keras.layers.Embedding(size, 4, input_length=5)])


def dataset(rows, targets=None):
    import tensorflow as tf

    parts = rows if targets is None else (rows, targets)
    return tf.data.Dataset.from_tensor_slices(parts).batch(4)


def endless():
    while True:
        yield ROWS[:2], TARGETS[:2]


def no_batches():
    yield from ()


def on_symbol(function):
    return function(keras.Input((3,)))


def reduced(inputs):
    import tensorflow as tf

    return tf.reduce_sum(inputs)


def small_images(size=2, kernel=5):
    return sequential((size, size, 3), keras.layers.Conv2D(4, kernel))


def stateful():
    return keras.Sequential([keras.layers.LSTM(4, stateful=True)]).predict(np.ones((2, 5, 3)))


def stateful_of(batch):
    shape = (batch, 5, 3)
    if KERAS_3:
        first = [keras.Input(batch_shape=shape), keras.layers.LSTM(4, stateful=True)]
    else:
        first = [keras.layers.LSTM(4, stateful=True, batch_input_shape=shape)]
    return keras.Sequential(first)


def frozen():
    model = dense()
    model.trainable = False
    model.compile("sgd", "mse")
    return model


def without_loss():
    model = dense()
    model.compile("sgd")
    return model


def unconnected():
    import tensorflow as tf

    model = sequential((64,), keras.layers.Lambda(tf.stop_gradient))
    model.add(keras.layers.Dense(4))
    model.layers[-1].trainable = False
    model.compile("sgd", "mse")
    return model


def joined():
    first, second = keras.Input((3,)), keras.Input((4, 2))
    return keras.layers.Concatenate()([first, second])


def added():
    return keras.layers.Add()([keras.Input((3,)), keras.Input((4,))])


def disconnected():
    first, second = keras.Input((3,)), keras.Input((3,))
    return keras.Model(second, keras.layers.Dense(2)(first))


def twice_named():
    return sequential((3,), keras.layers.Dense(2, name="a"), keras.layers.Dense(2, name="a"))


def named_inputs():
    first, second = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    return keras.Model([first, second], keras.layers.Add()([first, second]))


def reshaped():
    return sequential((6,), keras.layers.Reshape((4, 4)))


def of_text():
    return np.array([["a", "b"] * 32])


def metric_missing(path):
    model = dense()
    model.compile("sgd", "no_such_loss")
    return fit(model, ROWS, TARGETS)


TABLE = {
    "SG501": [
        ("predict", lambda _: predict(named_inputs(), {"a": ROWS[:, :3]})),
        ("predict", lambda _: predict(named_inputs(), [ROWS[:, :3]] * 3)),
        ("fit", lambda _: fit(compiled(), [ROWS, ROWS], TARGETS)),
    ],
    "SG502": [
        ("build", lambda _: sequential((5, 2), keras.layers.LSTM(3), keras.layers.LSTM(3))),
        ("build", lambda _: sequential((28, 28), keras.layers.Conv2D(3, 3))),
        ("predict", lambda _: predict(dense(), np.ones(64)), KERAS_3),
        ("fit", lambda _: fit(compiled(), np.ones((8, 2, 64)), TARGETS), KERAS_3),
        ("predict", lambda _: predict(small_images(8, 3), np.ones((8, 8, 3)))),
    ],
    "SG503": [
        ("fit", lambda _: fit(compiled(), np.ones((8, 9)), TARGETS)),
        ("predict", lambda _: predict(small_images(8, 3), np.ones((2, 8, 8, 1)))),
        ("predict", lambda _: predict(two_inputs(), [np.ones((2, 3)), np.ones((2, 4))])),
    ],
    "SG504": [
        ("fit", lambda _: fit(compiled(), ROWS, TARGETS[:5])),
        (
            "predict",
            lambda _: predict(two_inputs(), [np.ones((2, 3)), np.ones((4, 3))]),
            TF >= (2, 2),
        ),
        ("fit", lambda _: fit(compiled(), ROWS, TARGETS, sample_weight=np.ones(3))),
    ],
    "SG505": [
        ("fit", lambda _: fit(compiled(), object(), TARGETS)),
        ("fit", lambda _: fit(compiled(), {1, 2})),
        ("fit", lambda _: fit(compiled(), None), TF >= (2, 2)),
        ("fit", lambda _: fit(compiled(), ROWS, 3)),
        ("fit", lambda _: fit(compiled(), endless)),
        ("predict", lambda _: predict(dense(), "rows.csv"), KERAS_3),
    ],
    "SG506": [
        ("fit", lambda _: fit(classifier(3, "categorical_crossentropy"), ROWS, np.ones((8, 1)))),
        ("fit", lambda _: fit(classifier(1, "binary_crossentropy"), ROWS, np.ones((8, 3)))),
        ("fit", lambda _: fit(classifier(4, "mse"), ROWS, np.ones((8, 3)))),
        ("fit", lambda _: fit(classifier(3, "categorical_crossentropy"), ROWS, np.ones(8))),
        (
            "fit",
            lambda _: fit(
                classifier(3, "sparse_categorical_crossentropy", "softmax"), ROWS, np.ones((8, 3))
            ),
        ),
    ],
    "SG507": [
        ("predict", lambda _: predict(embedding(), np.full((2, 5), 99))),
        ("predict", lambda _: predict(embedding(), np.full((2, 5), -7))),
    ],
    "SG508": [
        (
            "fit",
            lambda _: fit(
                classifier(3, "sparse_categorical_crossentropy", "softmax"), ROWS, np.full(8, 9)
            ),
        ),
        (
            "fit",
            lambda _: fit(
                classifier(3, "sparse_categorical_crossentropy", "softmax"), ROWS, np.full(8, -1)
            ),
        ),
    ],
    "SG510": [
        ("fit", lambda _: fit(dense(), ROWS, TARGETS)),
        ("evaluate", lambda _: dense().evaluate(ROWS, TARGETS, verbose=0)),
        ("fit", lambda _: dense().train_on_batch(ROWS, TARGETS)),
    ],
    "SG511": [
        ("predict", lambda _: predict(dense(), of_text())),
        ("fit", lambda _: fit(compiled(), ROWS, np.array(["yes"] * 8))),
    ],
    "SG512": [
        ("fit", lambda _: fit(compiled(), dataset(ROWS, TARGETS), validation_split=0.2)),
        ("fit", lambda _: fit(compiled(), dataset(ROWS, TARGETS), TARGETS)),
        ("fit", lambda _: fit(compiled(), dataset(ROWS, TARGETS).repeat())),
        ("fit", lambda _: fit(compiled(), dataset(ROWS, TARGETS), batch_size=4)),
        ("fit", lambda _: fit(compiled(), endless(), TARGETS)),
        (
            "fit",
            lambda _: fit(compiled(), ROWS, TARGETS, validation_split=0.999),
            TF >= (2, 2),
        ),
    ],
    "SG513": [
        ("fit", lambda _: fit(without_loss(), ROWS, TARGETS)),
        ("fit", lambda _: fit(compiled(), ROWS), TF >= (2, 2)),
        ("fit", lambda _: fit(unconnected(), ROWS, TARGETS)),
        ("fit", lambda _: fit(frozen(), ROWS, TARGETS)),
    ],
    "SG514": [
        ("build", lambda _: small_images()),
        ("build", lambda _: sequential((2, 2, 3), keras.layers.MaxPooling2D(4))),
        ("build", lambda _: reshaped()),
    ],
    "SG515": [
        ("build", lambda _: on_symbol(reduced), KERAS_3),
        ("build", lambda _: on_symbol(np.array)),
        ("build", lambda _: on_symbol(lambda symbol: 1 if symbol > 0 else 2)),
        ("build", lambda _: on_symbol(float)),
    ],
    "SG516": [
        ("build", lambda _: joined()),
        ("build", lambda _: added()),
        ("build", lambda _: keras.layers.Add()(keras.Input((3,)))),
    ],
    "SG517": [("build", lambda _: disconnected())],
    "SG518": [("build", lambda _: twice_named())],
    "SG519": [
        ("compile", metric_missing),
        ("build", lambda _: keras.layers.Dense(2, activation="no_such")),
        ("compile", lambda _: dense().compile("no_such", "mse")),
        ("compile", lambda _: dense().compile("sgd", "mse", metrics=["no_such"])),
    ],
    "SG601": [("predict", lambda _: predict(dense(), np.array(3.0)), TF >= (2, 2))],
    "SG602": [
        ("predict", lambda _: predict(dense(), dataset(ROWS[:0])), TF >= (2, 1)),
        ("evaluate", lambda _: compiled().evaluate(ROWS[:0], TARGETS[:0], verbose=0)),
        ("fit", lambda _: fit(compiled(), dataset(ROWS[:0], TARGETS[:0])), TF >= (2, 1)),
        ("predict", lambda _: predict(dense(), no_batches()), TF >= (2, 2)),
        ("fit", lambda _: fit(compiled(), ROWS, TARGETS, validation_data=(ROWS[:0], TARGETS[:0]))),
    ],
    "SG607": [
        ("predict", lambda _: stateful()),
        ("predict", lambda _: stateful_of(4).predict(np.ones((6, 5, 3)), batch_size=4)),
        ("predict", lambda _: stateful_of(4).predict(np.ones((3, 5, 3)), batch_size=3)),
    ],
    "SG710": [
        ("build", lambda _: __import__("keras.engine.topology"), KERAS_3),
        ("build", lambda _: __import__("keras.layers.recurrent"), KERAS_3),
        ("build", lambda _: __import__("keras.utils.np_utils"), KERAS_3),
        ("build", lambda _: __import__("keras.preprocessing.text"), KERAS_3),
        ("build", lambda _: __import__("keras.wrappers.scikit_learn"), KERAS_3),
    ],
    "SG711": [
        ("predict", lambda _: dense().predict_classes(ROWS)),
        ("fit", lambda _: compiled().fit_generator(endless()), KERAS_3),
        ("build", lambda _: keras.backend.get_session()),
        ("build", lambda _: keras.layers.CuDNNLSTM(3)),
    ],
    "SG712": [
        ("build", lambda _: keras.layers.Dense(3, no_such=1)),
        ("compile", lambda _: keras.optimizers.Adam(lr=0.1)),
        ("compile", lambda _: keras.optimizers.Adam(decay=0.1)),
        ("build", lambda _: keras.layers.LSTM(3, time_major=False)),
        ("build", lambda _: keras.layers.LSTM(3, batch_input_shape=(1, 2, 3))),
        ("build", lambda _: keras.layers.Dense(3, weights=[])),
    ],
    "SG713": [
        ("build", lambda _: keras.Sequential([object()])),
        ("build", lambda _: keras.Sequential([keras.layers.Dense])),
        ("build", lambda _: keras.layers.Dense(2)(np), KERAS_3),
        ("build", lambda _: keras.Model(3, 4), KERAS_3),
    ],
}
