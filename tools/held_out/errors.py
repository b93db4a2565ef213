"""What goes wrong in the programs, by code."""

from __future__ import annotations

import numpy as np
from traceback_cases import KERAS_3, keras, sequential

from held_out.programs import (
    ENDING,
    Careless,
    Experiment,
    Growing,
    Idle,
    Pool,
    gated,
    in_a_thread,
    labelled,
    layers,
    managed,
    nested,
    perceptron,
    pictures,
    quadruples,
    reader,
    residual,
    rows,
    sparse,
    truncated,
    twice,
    two_heads,
    weights_of,
)


def filtered():
    table = rows(20, 12)
    return Experiment(perceptron()).answer(table[table[:, 0] > 9])


def streams_of_nothing():
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((rows(8, 12), rows(8, 3)))
    return Experiment(perceptron()).answer(data.filter(lambda x, y: False).batch(4))


def checkpointed(folder, name):
    back = keras.callbacks.ModelCheckpoint(str(folder / (name + ENDING)))
    return Experiment(perceptron()).run(rows(4, 12), rows(4, 3), callbacks=[back])


def unhashable():
    class Odd(layers.Layer):
        def call(self, inputs):
            return inputs

        def get_config(self):
            return {"name": self.name, "kinds": {"a", "b"}, "scale": object()}

    return sequential((5,), Odd())


def into(tmp, network, other):
    other.load_weights(weights_of(network, tmp))


def with_lambda():
    return sequential((5,), layers.Lambda(lambda x: x[:, ::-1]), layers.Dense(1))


def other_labels():
    return Experiment(two_heads()).run(rows(6, 12), {"price": rows(6, 1), "danger": rows(6, 1)})


def narrow():
    return Experiment(perceptron()).run(rows(4, 2), rows(4, 3))


def dense_labels(loss, labels):
    return Experiment(perceptron(), loss).run(rows(9, 12), labels)


def of_words():
    return np.array([["3.1", "high"] * 6] * 4)


def growing():
    return sequential((5,), Growing(), layers.Dense(1))


UNEVEN = [[1, 2], [3]]

TABLE = {
    "SG101": [("load", lambda tmp: nested(lambda: truncated(tmp, "best.h5")))],
    "SG104": [("load", lambda tmp: Pool(tmp / "models").fetch("churn.h5"))],
    "SG201": [
        ("load", lambda tmp: Pool(tmp).store(gated(), "gated.h5").fetch("gated.h5")),
        ("load", lambda tmp: Pool(tmp).store(gated(), "g" + ENDING).fetch("g" + ENDING)),
        ("load", lambda tmp: keras.models.model_from_json(gated().to_json())),
    ],
    "SG206": [("save", lambda tmp: managed(lambda: Pool(tmp).store(unhashable(), "o" + ENDING)))],
    "SG207": [
        ("load", lambda tmp: Pool(tmp).store(with_lambda(), "l.keras").fetch("l.keras"), KERAS_3)
    ],
    "SG240": [("load", lambda tmp: keras.models.load_model(weights_of(perceptron(), tmp)))],
    "SG241": [
        ("load", lambda tmp: into(tmp, perceptron(), perceptron(classes=7))),
        ("load", lambda tmp: in_a_thread(lambda: into(tmp, perceptron(9), perceptron(12)))),
    ],
    "SG262": [("checkpoint", lambda tmp: checkpointed(tmp, "best-{val_accuracy:.3f}"))],
    "SG501": [("predict", lambda _: Experiment(perceptron()).answer([rows(3, 12), rows(3, 12)]))],
    "SG502": [
        ("fit", lambda _: Experiment(reader()).run(rows(4, 7, 2), rows(4, 1)), KERAS_3),
        ("build", lambda _: sequential((9,), layers.GRU(4))),
    ],
    "SG503": [
        ("predict", lambda _: nested(lambda: Experiment(perceptron()).answer(rows(4, 11)))),
        ("evaluate", lambda _: Experiment(pictures()).score(rows(2, 16, 16, 1), rows(2, 2))),
        (
            "fit",
            lambda _: in_a_thread(lambda: Experiment(perceptron()).run(rows(4, 2), rows(4, 3))),
        ),
    ],
    "SG504": [("fit", lambda _: managed(lambda: sparse().run(rows(9, 12), labelled(0)[:4])))],
    "SG505": [("fit", lambda _: Experiment(perceptron()).run({1, 2, 3}, rows(3, 3)), KERAS_3)],
    "SG506": [
        (
            "fit",
            lambda _: Experiment(perceptron(), "categorical_crossentropy").run(
                rows(9, 12), labelled(0)
            ),
        ),
        ("fit", lambda _: Experiment(perceptron(), "mae").run(rows(9, 12), rows(9, 4))),
    ],
    "SG507": [("predict", lambda _: Experiment(reader()).answer(np.full((2, 7), 50)))],
    "SG508": [("fit", lambda _: in_a_thread(lambda: sparse().run(rows(9, 12), labelled(1))))],
    "SG510": [("fit", lambda _: nested(lambda: perceptron().fit(rows(2, 12), rows(2, 3))))],
    "SG511": [
        (
            "fit",
            lambda _: Experiment(perceptron()).run(np.array([["3.1", "high"] * 6] * 4), rows(4, 3)),
        )
    ],
    "SG514": [("build", lambda _: pictures(12, 4))],
    "SG515": [("build", lambda _: np.log(keras.Input((4,))))],
    "SG516": [("build", lambda _: nested(residual))],
    "SG518": [
        ("build", lambda _: sequential((4,), *[layers.Dense(3, name="hidden") for _ in range(3)]))
    ],
    "SG519": [
        (
            "fit",
            lambda _: Experiment(perceptron(), "categorical_cross_entropy").run(
                rows(4, 12), rows(4, 3)
            ),
        ),
        ("build", lambda _: perceptron(activation="softmaxx")),
    ],
    "SG525": [("fit", lambda _: managed(other_labels))],
    "SG528": [
        ("fit", lambda _: Experiment(perceptron()).run(quadruples(), steps_per_epoch=2)),
    ],
    "SG530": [("build", lambda _: Careless(4), not KERAS_3)],
    "SG531": [("predict", lambda _: nested(lambda: Idle()(rows(2, 3))))],
    "SG534": [("build", lambda _: pictures().get_layer("conv2d_final"))],
    "SG535": [("build", lambda _: layers.Dense(4, name="head").output)],
    "SG551": [("fit", lambda _: managed(twice))],
    "SG554": [
        ("build", lambda _: layers.Conv2D(8, (3, 3), padding="valide")),
        ("build", lambda _: layers.Dense(-3)),
        ("build", lambda _: layers.Dropout(30), KERAS_3),
    ],
    "SG555": [("build", lambda _: layers.Dense(3)(layers.Flatten()(keras.Input((None, 4)))))],
    "SG558": [
        (
            "fit",
            lambda _: Experiment(sequential((5,), Growing(), layers.Dense(1))).run(
                rows(4, 5), rows(4, 1)
            ),
        ),
    ],
    "SG602": [
        ("predict", lambda _: filtered()),
        ("predict", lambda _: in_a_thread(streams_of_nothing)),
    ],
    "SG603": [
        ("predict", lambda _: Experiment(reader()).answer([[4, 8, 15], [16, 23, 42, 8]])),
        (
            "fit",
            lambda _: Experiment(reader()).run(np.array([[1, 2], [3]], dtype=object), rows(2, 1)),
        ),
    ],
    "SG704": [("save", lambda tmp: Pool(tmp).store(perceptron(), "model.pkl"), KERAS_3)],
    "SG709": [("save", lambda tmp: Pool(tmp / "2024" / "may").store(perceptron(), "m.h5"))],
    "SG711": [("predict", lambda _: perceptron().predict_classes(rows(2, 12)))],
    "SG712": [
        ("compile", lambda _: perceptron().compile(keras.optimizers.Adam(lr=0.01), "mse"), KERAS_3),
        ("fit", lambda _: Experiment(perceptron()).run(rows(4, 12), rows(4, 3), nb_epochs=3)),
    ],
    "SG713": [("build", lambda _: keras.Sequential([layers.Dense(3), "relu"]))],
}
