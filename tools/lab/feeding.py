"""What raises while data reach a model, by code: (stage, function of a folder).

Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

import numpy as np
from traceback_cases import (
    KERAS_3,
    OWN_PACKAGE,
    TF,
    NotHere,
    compiled,
    dense,
    keras,
    predict,
    sequential,
    two_inputs,
)

from lab.running import ROWS, TARGETS, classifier, embedding, fit, joined, named_inputs  # noqa: F401

layers = keras.layers
ON_TF = keras.backend.backend() == "tensorflow"
STREAMS = KERAS_3 or TF >= (2, 1)


def tensorflow():
    try:
        import tensorflow as tf
    except ImportError as error:
        raise NotHere("no TensorFlow") from error
    return tf


def streamed(*parts, **options):
    """A data set of rows, not batched."""
    return tensorflow().data.Dataset.from_tensor_slices(parts if len(parts) > 1 else parts[0])


def two_outputs(**options):
    given = keras.Input((64,), name="rows")
    one = layers.Dense(4, name="color")(given)
    two = layers.Dense(1, name="size")(given)
    model = keras.Model(given, [one, two])
    model.compile("sgd", options.pop("loss", "mse"), **options)
    return model


def batches(*parts):
    """A generator of one malformed batch after another."""
    while True:
        yield parts


def generated(*parts, **options):
    model = options.pop("model", None) or compiled()
    if OWN_PACKAGE or TF < (2, 0):
        return model.fit_generator(batches(*parts), steps_per_epoch=2, verbose=0, **options)
    return fit(model, batches(*parts), steps_per_epoch=2, **options)


def spec_differs(*rows):
    """A generator that was declared to give rows of 64 and targets of 4."""
    tf = tensorflow()
    made = tf.data.Dataset.from_generator(
        lambda: iter(rows), output_types=(tf.float32, tf.float32), output_shapes=((64,), (4,))
    )
    return fit(compiled(), made.batch(1))


def of_unknown_shape():
    tf = tensorflow()
    made = tf.data.Dataset.from_generator(lambda: iter([np.ones((2, 64))]), output_types=tf.float32)
    return fit(compiled(), tf.data.Dataset.zip((made, made)))


def sequence(length=2, item=None, wrong=None):
    base = getattr(keras.utils, "PyDataset", None) or keras.utils.Sequence

    class Batches(base):
        def __len__(self):
            return length

        def __getitem__(self, number):
            if wrong:
                raise wrong
            return item

    data = Batches()
    if OWN_PACKAGE or TF < (2, 0):
        return compiled().fit_generator(data, verbose=0)
    return fit(compiled(), data)


def without_length():
    base = getattr(keras.utils, "PyDataset", None) or keras.utils.Sequence
    made = type("Batches", (base,), {"__getitem__": lambda self, number: (ROWS, TARGETS)})
    return fit(compiled(), made())


def weighted(**options):
    return fit(compiled(), ROWS, TARGETS, **options)


NAMED = {"a": ROWS[:, :3], "c": ROWS[:, :3]}

TABLE = {
    "SG501": [
        ("predict", lambda _: predict(named_inputs(), NAMED), TF >= (2, 2)),
        ("predict", lambda _: predict(dense(), [ROWS, ROWS]), TF >= (2, 2)),
        (
            "fit",
            lambda _: fit(compiled(), streamed({"p": ROWS, "q": ROWS}, TARGETS).batch(4)),
            STREAMS,
        ),
        ("predict", lambda _: predict(two_inputs(), streamed(ROWS[:, :3]).batch(2)), STREAMS),
    ],
    "SG502": [
        ("fit", lambda _: fit(compiled(), streamed(ROWS, TARGETS)), KERAS_3 or TF >= (2, 4)),
        ("fit", lambda _: generated(np.ones((2, 2, 64)), TARGETS[:2]), KERAS_3 or OWN_PACKAGE),
    ],
    "SG503": [
        ("fit", lambda _: fit(compiled(), streamed(ROWS[:, :9], TARGETS).batch(4)), STREAMS),
        ("fit", lambda _: generated(ROWS[:2, :9], TARGETS[:2])),
        ("evaluate", lambda _: compiled().evaluate(ROWS[:, :9], TARGETS, verbose=0)),
    ],
    "SG504": [
        ("evaluate", lambda _: compiled().evaluate(ROWS, TARGETS[:3], verbose=0)),
        ("fit", lambda _: fit(compiled(), ROWS, TARGETS, validation_data=(ROWS, TARGETS[:2]))),
        ("fit", lambda _: compiled().train_on_batch(ROWS, TARGETS[:2]), OWN_PACKAGE or TF < (2, 2)),
    ],
    "SG505": [
        ("predict", lambda _: predict(dense(), {"rows": "a.csv"}), KERAS_3),
        ("fit", lambda _: fit(compiled(), map(np.array, [[1]]), TARGETS), KERAS_3),
    ],
    "SG506": [
        (
            "fit",
            lambda _: fit(
                classifier(3, "categorical_crossentropy", "softmax"),
                streamed(ROWS, np.ones((8, 2))).batch(4),
            ),
            STREAMS,
        ),
        ("evaluate", lambda _: classifier(4, "mse").evaluate(ROWS, np.ones((8, 3)), verbose=0)),
        ("fit", lambda _: generated(ROWS[:2], np.ones((2, 7)))),
    ],
    "SG507": [
        (
            "fit",
            lambda _: predict(
                sequential((None,), layers.Embedding(4, 2), layers.LSTM(2)), np.array([[1, 4]])
            ),
            OWN_PACKAGE or not KERAS_3,
        ),
    ],
    "SG508": [
        (
            "evaluate",
            lambda _: classifier(3, "sparse_categorical_crossentropy", "softmax").evaluate(
                ROWS, np.full(8, 3), verbose=0
            ),
        ),
    ],
    "SG511": [
        (
            "fit",
            lambda _: fit(compiled(), streamed(np.array([["a"] * 64] * 8), TARGETS).batch(4)),
            STREAMS and ON_TF,
        ),
        ("predict", lambda _: predict(embedding(), np.array([["the", "cat", "sat", "on", "it"]]))),
    ],
    "SG512": [
        (
            "fit",
            lambda _: fit(compiled(), streamed(ROWS, TARGETS).batch(4), sample_weight=np.ones(8)),
            STREAMS,
        ),
        ("fit", lambda _: fit(compiled(), ROWS, TARGETS, validation_split=1.5), TF >= (2, 2)),
        (
            "fit",
            lambda _: fit(compiled(), ROWS, TARGETS, steps_per_epoch=3, batch_size=None),
            TF < (1, 15),
        ),
    ],
    "SG525": [
        ("fit", lambda _: fit(two_outputs(), ROWS, TARGETS)),
        (
            "fit",
            lambda _: fit(two_outputs(), ROWS, {"color": TARGETS, "weight": TARGETS[:, :1]}),
            ON_TF,
        ),
        ("fit", lambda _: fit(two_outputs(), ROWS, [TARGETS] * 3)),
        ("fit", lambda _: fit(two_outputs(loss=["mse"] * 3), ROWS, [TARGETS, TARGETS[:, :1]])),
        (
            "fit",
            lambda _: fit(
                two_outputs(loss={"color": "mse", "weight": "mse"}), ROWS, [TARGETS, TARGETS[:, :1]]
            ),
        ),
        (
            "fit",
            lambda _: fit(two_outputs(loss_weights=[1.0] * 3), ROWS, [TARGETS, TARGETS[:, :1]]),
        ),
        (
            "fit",
            lambda _: fit(two_outputs(metrics={"weight": "mae"}), ROWS, [TARGETS, TARGETS[:, :1]]),
        ),
        ("fit", lambda _: fit(two_outputs(), ROWS, {"color": TARGETS})),
    ],
    "SG528": [
        ("fit", lambda _: generated(ROWS, TARGETS, ROWS, ROWS)),
        (
            "fit",
            lambda _: fit(compiled(), streamed(ROWS, TARGETS, TARGETS, TARGETS).batch(4)),
            STREAMS,
        ),
        (
            "fit",
            lambda _: fit(compiled(), ROWS, TARGETS, validation_data=(ROWS, TARGETS, ROWS, ROWS)),
        ),
    ],
    "SG553": [
        ("fit", lambda _: spec_differs((ROWS[0, :9], TARGETS[0])), STREAMS),
        ("fit", lambda _: spec_differs((ROWS[0], TARGETS[0], 1.0)), STREAMS),
        ("fit", lambda _: spec_differs((["a"] * 64, TARGETS[0])), STREAMS),
    ],
    "SG527": [
        ("fit", lambda _: weighted(class_weight={0: 1.0})),
        ("fit", lambda _: weighted(class_weight={"a": 1.0, "b": 2.0})),
    ],
    "SG554": [
        ("fit", lambda _: weighted(batch_size=0)),
        ("fit", lambda _: weighted(batch_size="8")),
        ("fit", lambda _: weighted(epochs="3")),
        ("fit", lambda _: weighted(epochs=2.5)),
    ],
    "SG555": [("fit", lambda _: of_unknown_shape(), STREAMS)],
}
