"""What raises while data are prepared for a model, by code: (stage, function of a folder).

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
    keras,
    predict,
    sequential,
)

from lab.feeding import STREAMS, sequence, streamed, tensorflow
from lab.running import ROWS, TARGETS, fit

layers = keras.layers
LATE_LAYERS = KERAS_3 or TF >= (2, 6)


def preprocessing(kind, *arguments, **options):
    """A preprocessing layer, from wherever this release keeps it."""
    places = [layers, getattr(getattr(layers, "experimental", None), "preprocessing", None)]
    for place in places:
        if hasattr(place, kind):
            return getattr(place, kind)(*arguments, **options)
    raise NotHere("no such layer in this release")


def binned():
    return preprocessing("Discretization", num_bins=3)(np.ones((2, 3)))


def padded(sequences, **options):
    place = keras.preprocessing.sequence if not KERAS_3 else keras.utils
    return place.pad_sequences(sequences, **options)


def categories():
    return keras.utils.to_categorical([0, 1, 9], 3)


def images(tmp, name="train"):
    if hasattr(keras.utils, "image_dataset_from_directory"):
        return keras.utils.image_dataset_from_directory(str(tmp / name))
    raise NotHere("no such function in this release")


def empty_images(tmp):
    (tmp / "train" / "cats").mkdir(parents=True)
    return images(tmp)


def windows():
    make = getattr(keras.utils, "timeseries_dataset_from_array", None)
    make = make or getattr(keras.preprocessing, "timeseries_dataset_from_array", None)
    if not make:
        raise NotHere("no such function in this release")
    return predict(sequential((9, 1), layers.LSTM(2)), make(np.ones((4, 1)), None, 9))


def mixed_up():
    tf = tensorflow()
    policy = (
        keras.mixed_precision.Policy("mixed_float16") if hasattr(keras, "mixed_precision") else None
    )
    if policy is None:
        raise NotHere("no mixed precision in this release")

    class Scale(layers.Layer):
        def call(self, inputs):
            return tf.multiply(inputs, tf.ones((3,), tf.float32))

    return Scale(dtype=policy)(np.ones((2, 3), "float32"))


def ragged():
    tf = tensorflow()
    rows = tf.ragged.constant([[[1.0], [2.0]], [[3.0]]])
    return predict(sequential((None, 1), layers.LSTM(2)), rows)


def uneven():
    tf = tensorflow()
    rows = [np.ones((3, 1)), np.ones((5, 1))]
    made = tf.data.Dataset.from_generator(
        lambda: iter(rows), output_types=tf.float32, output_shapes=(None, 1)
    )
    return predict(sequential((None, 1), layers.LSTM(2)), made.batch(2))


NOTHING = np.array([[None] * 64] * 8)

TABLE = {
    "SG104": [("fit", images, not OWN_PACKAGE)],
    "SG409": [
        (
            "predict",
            lambda _: predict(sequential((3,), preprocessing("Normalization")), ROWS[:, :3]),
            TF < (2, 0),
        ),
        ("predict", lambda _: preprocessing("TextVectorization")(tensorflow().constant([["a b"]]))),
        ("predict", lambda _: preprocessing("StringLookup")(tensorflow().constant([["a"]]))),
        ("predict", lambda _: binned(), LATE_LAYERS),
        ("predict", lambda _: preprocessing("IntegerLookup")(np.ones((2, 3), "int64"))),
    ],
    "SG557": [
        ("build", lambda _: mixed_up(), KERAS_3 or TF >= (2, 4)),
    ],
    "SG603": [
        ("predict", lambda _: uneven(), STREAMS),
        ("predict", lambda _: ragged(), KERAS_3 or TF >= (2, 1)),
        (
            "fit",
            lambda _: fit(compiled(), ROWS, np.array([[1.0], [1.0, 2.0]] * 4, object)),
            TF >= (2, 2),
        ),
    ],
    "SG602": [
        ("fit", empty_images, not OWN_PACKAGE),
        ("fit", lambda _: sequence(0, (ROWS, TARGETS))),
        ("predict", lambda _: windows()),
        (
            "fit",
            lambda _: fit(compiled(), streamed(ROWS, TARGETS).batch(99, drop_remainder=True)),
            STREAMS,
        ),
        (
            "evaluate",
            lambda _: compiled().evaluate(streamed(ROWS[:0], TARGETS[:0]).batch(4), verbose=0),
            STREAMS,
        ),
    ],
    "SG623": [
        ("fit", lambda _: padded([np.ones((2, 3)), np.ones((2, 4))])),
    ],
    "SG601": [
        ("fit", lambda _: padded([1, 2, 3])),
        ("fit", lambda _: padded(3)),
    ],
    "SG507": [
        (
            "predict",
            lambda _: predict(
                sequential((2,), preprocessing("CategoryEncoding", num_tokens=3)),
                np.array([[1, 9]]),
            ),
            LATE_LAYERS,
        ),
    ],
    "SG505": [("fit", lambda _: fit(compiled(), NOTHING, TARGETS), not KERAS_3 and TF >= (2, 2))],
    "SG508": [("fit", lambda _: categories())],
}
