"""What raises while a model is compiled and called back, by code: (stage, function of a folder).

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

from lab.feeding import tensorflow
from lab.running import ROWS, TARGETS, classifier, fit

layers = keras.layers
ON_TF = keras.backend.backend() == "tensorflow"
EAGER = KERAS_3 or TF >= (2, 0)


def with_loss(loss, **options):
    model = dense()
    model.compile("sgd", loss, **options)
    return fit(model, ROWS, TARGETS)


def loss_of_one(outputs):
    return outputs


def loss_of_values(targets, outputs):
    return np.mean((targets - outputs) ** 2)


def loss_by_value(targets, outputs):
    return outputs.numpy().sum()


def loss_by_truth(targets, outputs):
    return 1.0 * float(outputs[0, 0])


def loss_of_nothing(targets, outputs):
    return None


def back(**parts):
    return type("Own", (keras.callbacks.Callback,), parts)()


def called_back(*backs):
    return fit(compiled(), ROWS, TARGETS, callbacks=list(backs))


def scheduled(schedule):
    return called_back(keras.callbacks.LearningRateScheduler(schedule))


def twice_used():
    optimizer = (
        keras.optimizers.SGD(0.1) if not KERAS_3 and TF < (2, 11) else keras.optimizers.Adam()
    )
    for units in (4, 3):
        model = dense(units)
        model.compile(optimizer, "mse")
        fit(model, ROWS, np.ones((8, units)))


def grown():
    """An optimizer that was built before a layer was unfrozen, or added."""
    model = compiled()
    model.compile("adam", "mse")
    fit(model, ROWS, TARGETS)
    other = dense(4)
    tf = tensorflow()
    pairs = [(tf.ones_like(v), v) for v in other.trainable_variables]
    model.optimizer.apply_gradients(pairs)


def mirrored():
    tf = tensorflow()
    if not hasattr(tf, "distribute") or not hasattr(tf.distribute, "MirroredStrategy"):
        raise NotHere("no strategies in this release")
    cpus = tf.config.experimental.list_physical_devices("CPU")
    try:
        two = [tf.config.experimental.VirtualDeviceConfiguration() for _ in range(2)]
        tf.config.experimental.set_virtual_device_configuration(cpus[0], two)
    except (AttributeError, RuntimeError, ValueError) as error:
        raise NotHere(str(error)) from error
    return tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])


def made_outside():
    strategy = mirrored()
    model = dense()
    with strategy.scope():
        model.compile("adam", "mse")
    return fit(model, ROWS, TARGETS)


def compiled_outside():
    strategy = mirrored()
    with strategy.scope():
        model = dense()
    model.compile("adam", "mse")
    return fit(model, ROWS, TARGETS)


def policy(name):
    if hasattr(keras, "mixed_precision") and hasattr(keras.mixed_precision, "set_global_policy"):
        return keras.mixed_precision.set_global_policy(name)
    raise NotHere("no mixed precision in this release")


def of_own_step(step):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(4)

        def call(self, inputs):
            return self.inner(inputs)

    Own.train_step = step
    model = Own()
    model.compile("sgd", "mse")
    return fit(model, ROWS, TARGETS)


def step_of_compiled_loss(self, data):
    x, y = data
    return {"loss": self.compiled_loss_of(y, self(x))}


def step_without_gradient(self, data):
    tf = tensorflow()
    x, _ = data
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.stop_gradient(self(x)))
    gradients = tape.gradient(loss, self.trainable_variables)
    self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))  # noqa: B905  Python 3.7
    return {"loss": loss}


def branching(self, inputs):
    tf = tensorflow()
    return inputs if bool(tf.reduce_sum(inputs) > 0) else -inputs


def valued(self, inputs):
    return inputs.numpy() + 1


def run(**parts):
    return predict(sequential((3,), custom(**parts)()), np.ones((2, 3), "float32"))


TABLE = {
    "SG508": [
        (
            "fit",
            lambda _: with_classes(keras.metrics.MeanIoU(num_classes=2)),
            EAGER and not OWN_PACKAGE,
        ),
    ],
    "SG513": [
        ("fit", lambda _: of_own_step(step_without_gradient), ON_TF and TF >= (2, 2)),
        ("fit", lambda _: with_loss(loss_of_nothing), EAGER and ON_TF),
        ("compile", lambda _: fit(classifier(4, None), ROWS, TARGETS)),
        ("fit", lambda _: with_loss(loss_by_truth), keras.backend.backend() == "torch"),
    ],
    "SG515": [
        ("fit", lambda _: with_loss(loss_of_values), EAGER and ON_TF),
        ("fit", lambda _: with_loss(loss_by_value), not OWN_PACKAGE),
        ("fit", lambda _: with_loss(loss_by_truth), EAGER and ON_TF),
        ("build", lambda _: run(call=branching), EAGER),
        ("build", lambda _: run(call=valued), EAGER),
    ],
    "SG519": [
        ("compile", lambda _: fit(classifier(4, "mean_square_error"), ROWS, TARGETS)),
        ("compile", lambda _: dense().compile(3, "mse")),
        ("compile", lambda _: dense().compile(keras.optimizers.SGD, "mse")),
        ("compile", lambda _: with_loss("mse", metrics=["acuracy"])),
        ("compile", lambda _: policy("mixed_half"), KERAS_3 or TF >= (2, 4)),
    ],
    "SG551": [
        ("fit", lambda _: twice_used(), KERAS_3 or TF >= (2, 11)),
        ("fit", lambda _: grown(), KERAS_3 or TF >= (2, 11)),
    ],
    "SG719": [
        ("fit", lambda _: made_outside(), TF >= (2, 1)),
        ("fit", lambda _: compiled_outside(), TF >= (2, 1)),
    ],
    "SG554": [
        ("fit", lambda _: scheduled(lambda epoch: "fast")),
        ("build", lambda _: keras.callbacks.ReduceLROnPlateau(factor=1.5)),
        (
            "build",
            lambda tmp: keras.callbacks.ModelCheckpoint(str(tmp / "m.h5"), save_freq="epochs"),
            not OWN_PACKAGE and not KERAS_3 and TF >= (2, 0),
        ),
        (
            "build",
            lambda tmp: keras.callbacks.ModelCheckpoint(str(tmp / "m.keras"), save_freq="epochs"),
            KERAS_3,
        ),
        ("compile", lambda _: keras.optimizers.SGD(learning_rate="fast"), KERAS_3),
        ("compile", lambda _: keras.optimizers.Adam(clipnorm=-1.0), EAGER),
        ("compile", lambda _: keras.optimizers.SGD(momentum=3.0), EAGER),
        (
            "compile",
            lambda _: keras.losses.MeanSquaredError(reduction="mean_of"),
            EAGER and not OWN_PACKAGE,
        ),
        ("build", lambda _: keras.backend.set_floatx("float31")),
        ("build", lambda _: keras.backend.set_image_data_format("first")),
        ("fit", lambda _: called_back(keras.callbacks.EarlyStopping)),
        ("fit", lambda _: called_back("early")),
    ],
    "SG711": [
        ("build", lambda _: keras.utils.multi_gpu_model(dense(), 2), KERAS_3 or TF >= (2, 4)),
        ("build", lambda _: keras.backend.learning_phase_of()),
        ("build", lambda _: keras.layers.experimental.preprocessing.Rescaling(2), KERAS_3),
        ("build", lambda _: keras.optimizers.schedules.Cosine(3), EAGER),
        ("build", lambda _: keras.layers.Denze(3)),
        ("fit", lambda _: dense().fitt(ROWS)),
    ],
}


def with_classes(metric):
    model = sequential((64,), layers.Dense(1))
    model.compile("sgd", "mse", metrics=[metric])
    return fit(model, ROWS, np.full((8, 1), 7.0))
