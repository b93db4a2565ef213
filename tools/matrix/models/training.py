"""Compiled models: losses, metrics and optimizers, by name, as objects and as the user's own."""

import numpy as np

from models.kit import architecture, dense_model, indices, keras, layers, numbers, register, tf


def own_loss(expected, found):
    """Squared error."""
    return tf.reduce_mean(tf.square(expected - found), axis=-1)


@register
def registered_loss(expected, found):
    """The same, registered."""
    return tf.reduce_mean(tf.square(expected - found), axis=-1)


class OwnMetric(getattr(keras.metrics, "Mean", object)):
    """A mean under the user's own name."""

    def update_state(self, expected, found, sample_weight=None):
        """Take the outputs."""
        return super().update_state(found)


def _trained(model, targets=None, **compiled):
    """A compiled model that made one step, so that the optimizer has a state to write."""
    model.compile(**compiled)
    targets = numbers(8, 3) if targets is None else targets
    model.train_on_batch(numbers(8, 4), targets)
    return model


@architecture
def compiled_by_name():
    return _trained(dense_model(), optimizer="adam", loss="mse", metrics=["mae", "mape"])


@architecture
def compiled_by_long_name():
    names = ["mean_absolute_error", "mean_squared_logarithmic_error"]
    return _trained(dense_model(), optimizer="rmsprop", loss="mean_squared_error", metrics=names)


@architecture
def compiled_classifier():
    model = dense_model(activation="relu")
    classes = np.eye(3, dtype="float32")[indices(8) % 3]
    return _trained(
        model, classes, optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"]
    )


@architecture
def compiled_sparse_classifier():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return _trained(
        dense_model(), indices(8) % 3, optimizer="adam", loss=loss, metrics=["accuracy"]
    )


@architecture
def compiled_binary():
    model = keras.Sequential([layers.Dense(1, activation="sigmoid", input_shape=(4,))])
    targets = (indices(8, 1) % 2).astype("float32")
    return _trained(
        model, targets, optimizer="adam", loss="binary_crossentropy", metrics=["acc", "AUC"]
    )


@architecture
def compiled_objects():
    measures = [keras.metrics.MeanSquaredError(), keras.metrics.RootMeanSquaredError(name="root")]
    return _trained(
        dense_model(),
        optimizer=keras.optimizers.Adam(learning_rate=0.01, beta_1=0.8, amsgrad=True),
        loss=keras.losses.MeanAbsoluteError(),
        metrics=measures,
    )


@architecture
def compiled_object_metrics():
    model = keras.Sequential([layers.Dense(1, activation="sigmoid", input_shape=(4,))])
    measures = [keras.metrics.AUC(), keras.metrics.Precision(), keras.metrics.Recall()]
    targets = (indices(8, 1) % 2).astype("float32")
    loss = keras.losses.BinaryCrossentropy(label_smoothing=0.1)
    return _trained(model, targets, optimizer="nadam", loss=loss, metrics=measures)


@architecture
def compiled_momentum():
    optimizer = keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=True, clipnorm=1.0)
    return _trained(dense_model(), optimizer=optimizer, loss="mean_absolute_error")


@architecture
def compiled_decay():
    optimizer = keras.optimizers.SGD(learning_rate=0.1, decay=1e-4)
    return _trained(dense_model(), optimizer=optimizer, loss="mse")


@architecture
def compiled_short_rate():
    return _trained(dense_model(), optimizer=keras.optimizers.Adam(lr=0.01), loss="mse")


@architecture
def compiled_schedule():
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
    return _trained(dense_model(), optimizer=keras.optimizers.Adam(rate), loss="huber")


@architecture
def compiled_other_optimizers():
    optimizer = keras.optimizers.Ftrl(learning_rate=0.01)
    return _trained(dense_model(), optimizer=optimizer, loss="logcosh")


@architecture
def compiled_adamw():
    optimizer = keras.optimizers.AdamW(weight_decay=0.01)
    return _trained(dense_model(), optimizer=optimizer, loss="mse")


@architecture
def compiled_legacy_optimizer():
    optimizer = keras.optimizers.legacy.Adam(0.01)
    return _trained(dense_model(), optimizer=optimizer, loss="mse")


@architecture
def compiled_old_names():
    names = ["kullback_leibler_divergence", "cosine_proximity"]
    return _trained(dense_model(), optimizer="adagrad", loss="hinge", metrics=names)


@architecture
def compiled_similarity():
    names = ["cosine_similarity", "kld", "categorical_accuracy"]
    return _trained(dense_model(), optimizer="adamax", loss="poisson", metrics=names)


@architecture
def compiled_function_objects():
    return _trained(
        dense_model(),
        optimizer="adam",
        loss=keras.losses.mean_squared_error,
        metrics=[keras.metrics.mean_absolute_error],
    )


@architecture
def compiled_own_loss():
    return _trained(dense_model(), optimizer="adam", loss=own_loss)


@architecture
def compiled_registered_loss():
    return _trained(dense_model(), optimizer="adam", loss=registered_loss)


@architecture
def compiled_own_metric():
    return _trained(dense_model(), optimizer="adam", loss="mse", metrics=[OwnMetric(name="own")])


@architecture
def compiled_several_outputs():
    entry = keras.Input((4,))
    ends = [layers.Dense(2, name="low")(entry), layers.Dense(1, name="high")(entry)]
    model = keras.Model(entry, ends)
    return _trained(
        model,
        [numbers(8, 2), numbers(8, 1)],
        optimizer="adam",
        loss={"low": "mse", "high": "mae"},
        loss_weights={"low": 1.0, "high": 0.5},
        metrics={"low": ["mae"]},
    )


@architecture
def compiled_weighted():
    return _trained(dense_model(), optimizer="adam", loss="mse", weighted_metrics=["mae"])


@architecture
def compiled_never_trained():
    model = dense_model()
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


@architecture
def compiled_without_loss():
    model = dense_model()
    model.compile(optimizer="adam")
    return model
