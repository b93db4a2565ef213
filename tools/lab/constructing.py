"""What raises while layers and models are made, by code: (stage, function of a folder).

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
    custom,
    dense,
    keras,
    predict,
    sequential,
)

from lab.running import ROWS, TARGETS, fit

layers = keras.layers
ON_TF = keras.backend.backend() == "tensorflow"


def made(kind, *arguments, shape=(8, 8, 3), **options):
    """A layer of a class, called on a symbolic input."""
    if not hasattr(layers, kind):
        raise NotHere("no such layer in this release")
    return getattr(layers, kind)(*arguments, **options)(keras.Input(shape))


def first(*arguments, **options):
    return keras.Sequential([layers.Dense(4, *arguments, **options)])


def without_super():
    class Encoder(keras.Model):
        def __init__(self):
            self.project = layers.Dense(3)

    return Encoder()


def layer_without_super():
    class Scale(layers.Layer):
        def __init__(self, units):
            self.units = units
            self.weight_of = layers.Dense(units)

        def call(self, inputs):
            return self.weight_of(inputs)

    return Scale(3)(np.ones((2, 3), "float32"))


def without_call():
    class Encoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.project = layers.Dense(3)

    return Encoder()


def layer_without_call():
    return type("Scale", (layers.Layer,), {})()


class Counting(layers.Layer):
    """Makes a variable in each call."""

    def call(self, inputs):
        import tensorflow as tf

        return inputs * tf.Variable(2.0)


def with_loss(model):
    model.compile("sgd", "mse")
    return model


def fitted(model):
    return with_loss(model).fit(np.ones((4, 3)), np.ones((4, 3)), verbose=0)


def weights_in_call(self, inputs):
    return inputs * self.add_weight(name="scale", shape=(3,), initializer="ones")


def unlike(inputs):
    raise KeyError("table")


def of_states(count):
    states = [keras.Input((4,)) for _ in range(count)]
    return layers.LSTM(4)(keras.Input((5, 3)), initial_state=states)


def unbuilt():
    return keras.Sequential([layers.Dense(3)])


def cut_off():
    """A functional model of one branch of two."""
    one, other = keras.Input((3,)), keras.Input((3,))
    joined = layers.Concatenate()([one, other])
    return keras.Model(one, layers.Dense(2)(joined))


def wrapped(wrapper, layer, shape=(5, 3)):
    return getattr(layers, wrapper)(layer)(keras.Input(shape))


def masked(layer):
    return sequential((5,), layers.Embedding(9, 3, mask_zero=True), layer)


def transposed():
    return sequential((2, 2, 3), layers.Conv2DTranspose(4, 3), layers.MaxPooling2D(9))


def too_small():
    return predict(sequential((None, None, 3), layers.Conv2D(2, 5)), np.ones((1, 3, 3, 3)))


def all_states():
    return layers.Dense(2)(layers.LSTM(4, return_state=True)(keras.Input((5, 3))))


LATE = KERAS_3 or TF >= (2, 4)
GRAPHS = KERAS_3 or TF >= (2, 0)

TABLE = {
    "SG219": [
        ("build", lambda _: sequential((3,), layers.Dense(2, name="a b")), not KERAS_3),
        ("build", lambda _: layers.Dense(2, name="enc/out"), KERAS_3),
    ],
    "SG401": [
        ("build", lambda _: unbuilt().summary(), not KERAS_3),
        ("build", lambda _: unbuilt().count_params()),
        ("build", lambda _: layers.Dense(2).count_params()),
    ],
    "SG501": [
        ("build", lambda _: layers.Dense(2)([keras.Input((3,)), keras.Input((3,))])),
        ("build", lambda _: all_states()),
    ],
    "SG502": [
        ("build", lambda _: made("TimeDistributed", layers.Dense(2), shape=(3,))),
        ("build", lambda _: made("GlobalAveragePooling1D", shape=(3,))),
        ("build", lambda _: made("UpSampling2D", shape=(8, 8))),
        ("build", lambda _: made("BatchNormalization", axis=7)),
        ("build", lambda _: made("Permute", (1, 2, 3), shape=(4, 5))),
        ("build", lambda _: made("RepeatVector", 3, shape=(4, 5))),
    ],
    "SG503": [
        ("build", lambda _: sequential((3,), layers.Dense(2))(keras.Input((9,)))),
    ],
    "SG514": [
        ("build", lambda _: made("Cropping2D", 9)),
        ("build", lambda _: made("AveragePooling1D", 9, shape=(4, 3))),
        ("build", lambda _: transposed()),
        ("predict", lambda _: too_small()),
    ],
    "SG515": [
        ("build", lambda _: np.mean(keras.Input((3,)))),
        ("build", lambda _: list(keras.Input((3,)))),
        ("build", lambda _: keras.Input((3,)).numpy(), not OWN_PACKAGE),
    ],
    "SG516": [
        ("build", lambda _: layers.Multiply()([keras.Input((4, 3)), keras.Input((5, 3))])),
        ("build", lambda _: layers.Dot(1)([keras.Input((4, 3)), keras.Input((5, 3))])),
        ("build", lambda _: layers.Concatenate(axis=1)([keras.Input((4, 3)), keras.Input((4, 5))])),
        ("build", lambda _: layers.Subtract()([keras.Input((3,))] * 3)),
        ("build", lambda _: layers.Dot(1)(keras.Input((3,)))),
    ],
    "SG517": [("build", lambda _: cut_off())],
    "SG519": [
        ("build", lambda _: layers.Dense(2, kernel_initializer="he_normall")),
        ("build", lambda _: layers.Dense(2, kernel_regularizer="l3")),
        ("build", lambda _: made("Activation", "relux", shape=(3,))),
    ],
    "SG530": [
        ("build", lambda _: without_super(), not OWN_PACKAGE and not KERAS_3),
        ("build", lambda _: layer_without_super(), not OWN_PACKAGE),
    ],
    "SG531": [
        ("predict", lambda _: without_call()(np.ones((2, 3), "float32")), GRAPHS),
        ("fit", lambda _: fit(with_loss(without_call()), ROWS, TARGETS), GRAPHS),
        ("build", lambda _: layer_without_call()(np.ones((2, 3), "float32")), KERAS_3),
    ],
    "SG532": [
        ("build", lambda _: layers.Lambda(unlike)(keras.Input((3,))), KERAS_3),
        ("build", lambda _: layers.Lambda(np.linalg.norm)(keras.Input((3,))), KERAS_3),
    ],
    "SG534": [
        ("build", lambda _: dense().get_layer("encoder")),
        ("build", lambda _: dense().get_layer(index=9)),
    ],
    "SG535": [
        ("build", lambda _: layers.Dense(3).output),
        ("build", lambda _: unbuilt().input, KERAS_3),
    ],
    "SG536": [
        ("build", lambda _: masked(layers.Flatten()), OWN_PACKAGE),
        ("build", lambda _: masked(layers.Conv1D(2, 3)), OWN_PACKAGE),
    ],
    "SG537": [
        ("build", lambda _: layers.LSTM(3, unroll=True)(keras.Input((None, 3)))),
    ],
    "SG554": [
        ("build", lambda _: first(input_shape=10), not KERAS_3),
        ("build", lambda _: keras.Input(10), not KERAS_3 and TF >= (1, 15)),
        ("build", lambda _: keras.Input((3, "x")), not KERAS_3 and TF >= (1, 15)),
        ("build", lambda _: made("Dense", -1, shape=(3,))),
        ("build", lambda _: made("Dense", "a", shape=(3,))),
        ("build", lambda _: made("Conv2D", 4, 3, padding="sames")),
        ("build", lambda _: made("Conv2D", 4, 3, data_format="first")),
        ("build", lambda _: made("Conv2D", 4, (3, 3, 3))),
        ("build", lambda _: made("Conv2D", 4, 3, strides=2, dilation_rate=2)),
        ("build", lambda _: made("Conv2D", 4, 3, groups=2), LATE),
        ("build", lambda _: made("Dropout", 1.5, shape=(3,)), LATE),
        ("build", lambda _: made("MaxPooling2D", (2, 2, 2))),
        ("build", lambda _: made("Bidirectional", layers.LSTM(3), merge_mode="avg", shape=(5, 3))),
        ("build", lambda _: made("UpSampling2D", interpolation="bicubick"), TF >= (1, 15)),
        ("build", lambda _: keras.Input(10), KERAS_3),
        ("build", lambda _: keras.Input((3, "x")), KERAS_3),
    ],
    "SG555": [
        ("build", lambda _: layers.Dense(2)(keras.Input((None,)))),
        ("build", lambda _: layers.Dense(2)(layers.Flatten()(keras.Input((None, 3))))),
        ("build", lambda _: layers.Conv2D(2, 3)(keras.Input((8, 8, None)))),
        ("build", lambda _: layers.BatchNormalization()(keras.Input((None,)))),
    ],
    "SG558": [
        ("fit", lambda _: fitted(sequential((3,), Counting())), GRAPHS and ON_TF),
        (
            "fit",
            lambda _: fitted(sequential((3,), custom(call=weights_in_call)())),
            GRAPHS,
        ),
    ],
    "SG625": [
        ("build", lambda _: of_states(1)),
        ("build", lambda _: of_states(3)),
        ("build", lambda _: layers.GRU(4)(keras.Input((5, 3)), initial_state=[keras.Input((7,))])),
    ],
    "SG712": [
        ("build", lambda _: layers.Dense(output_dim=3, input_dim=4, units=3)),
        ("build", lambda _: made("Conv2D", 4, kernel_size=3, border_mode="same")),
        ("compile", lambda _: dense().compile("sgd", "mse", class_mode="binary"), GRAPHS),
        ("fit", lambda _: compiled().fit(ROWS, TARGETS, nb_epoch=1), GRAPHS),
    ],
    "SG713": [
        ("build", lambda _: keras.Model(np.ones((2, 3)), layers.Dense(2)(keras.Input((3,))))),
        ("build", lambda _: keras.Model(keras.Input((3,)), np.ones((2, 3)))),
        ("build", lambda _: wrapped("Bidirectional", layers.Dense(3))),
        ("build", lambda _: layers.RNN(layers.Dense(3))),
        ("build", lambda _: wrapped("TimeDistributed", keras.Input((3,)))),
        ("build", lambda _: dense().add(dense)),
    ],
}
