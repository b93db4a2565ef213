"""Models in the middle of their training: saved, and what one step more makes of their weights.

    OLD_ENVIRONMENT/bin/python tools/migrating/trained.py FOLDER [OPTIMIZER ...]

For each optimizer and each format of the release: `adam.h5`, and `adam.h5.npz` with the batch (`x`,
`y`), the weights after one more step on it (`w_00`, ... in the model's order) and the loss. Runs on
Python 3.6 and newer.
"""

import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

try:
    import keras

    if (2, 4) <= tuple(int(part) for part in keras.__version__.split(".")[:2]) < (3,):
        raise ImportError("it is TensorFlow's, and whole under that name alone")
except ImportError:
    import tensorflow
    from tensorflow import keras

    keras.__version__ = tensorflow.__version__

if keras.__version__ < "2.3.2" and hasattr(keras.backend, "set_session"):
    import tensorflow

    # One thread: these releases let a step change a weight while another gradient still reads it.
    one = tensorflow.ConfigProto(inter_op_parallelism_threads=1, intra_op_parallelism_threads=1)
    keras.backend.set_session(tensorflow.Session(config=one))

STEPS = 3


def optimizers():
    """What to train with, by name; those that the release lacks are left out."""
    of = keras.optimizers
    new = tuple(int(part) for part in keras.__version__.split("-")[0].split(".")[:2]) >= (2, 3)
    lr = "learning_rate" if new else "lr"
    return {
        "adam": lambda: of.Adam(**{lr: 0.01}),
        "amsgrad": lambda: of.Adam(amsgrad=True, **{lr: 0.01}),
        "sgd": lambda: of.SGD(**{lr: 0.1}),
        "momentum": lambda: of.SGD(momentum=0.9, **{lr: 0.1}),
        "nesterov": lambda: of.SGD(momentum=0.9, nesterov=True, **{lr: 0.1}),
        "rmsprop": lambda: of.RMSprop(**{lr: 0.01}),
        "rmsprop_centered": lambda: of.RMSprop(momentum=0.5, centered=True, **{lr: 0.01}),
        "adagrad": lambda: of.Adagrad(**{lr: 0.1}),
        "adadelta": lambda: of.Adadelta(**{lr: 1.0}),
        "adamax": lambda: of.Adamax(**{lr: 0.01}),
        "nadam": lambda: of.Nadam(**{lr: 0.01}),
        "ftrl": lambda: of.Ftrl(**{lr: 0.1}),
        "adamw": lambda: of.AdamW(weight_decay=0.01, **{lr: 0.01}),
        "lion": lambda: of.Lion(**{lr: 0.01}),
        "lamb": lambda: of.Lamb(**{lr: 0.01}),
        "adafactor": lambda: of.Adafactor(**{lr: 0.01}),
        "muon": lambda: of.Muon(**{lr: 0.01}),
        "schedule": lambda: of.Adam(of.schedules.ExponentialDecay(0.05, 2, 0.5)),
        "decay": lambda: of.SGD(momentum=0.9, decay=0.1, **{lr: 0.1}),
        "legacy_decay": lambda: of.legacy.SGD(momentum=0.9, decay=0.1, learning_rate=0.1),
        "clipped": lambda: of.Adam(clipnorm=0.01, **{lr: 0.01}),
        "averaged": lambda: of.SGD(momentum=0.9, use_ema=True, ema_momentum=0.9, **{lr: 0.1}),
        "legacy_adam": lambda: of.legacy.Adam(learning_rate=0.01),
        "scaled": lambda: keras.mixed_precision.LossScaleOptimizer(of.Adam(**{lr: 0.01})),
    }


def model():
    """Two branches of its depth: a model in the model, a frozen layer, and one with statistics."""
    layers = keras.layers
    inner = keras.models.Sequential(name="inner")
    inner.add(layers.Dense(4, activation="tanh", input_shape=(4,), name="within"))
    frozen = layers.Dense(4, name="frozen")
    entry = layers.Input((3,), name="entry")
    found = layers.Dense(4, activation="tanh", name="first")(entry)
    found = layers.BatchNormalization(name="norm")(frozen(inner(found)))
    built = keras.models.Model(entry, layers.Dense(2, name="last")(found))
    frozen.trainable = False
    return built


def trained(optimizer, folder, name, form):
    """Train, save, and train one step more."""
    numbers = np.random.RandomState(0)
    x = numbers.normal(size=(8, 3)).astype("float32")
    y = numbers.normal(size=(8, 2)).astype("float32")
    built = model()
    built.set_weights([numbers.normal(size=w.shape) ** 2 * 0.3 for w in built.get_weights()])
    built.compile(optimizer=optimizer(), loss="mse", metrics=["mae"])
    for _ in range(STEPS):
        built.train_on_batch(x, y)
    path = os.path.join(folder, name + form)
    built.save(path)
    loss = built.train_on_batch(x, y)[0]
    after = {"w_{:02d}".format(n): one for n, one in enumerate(built.get_weights())}
    np.savez(path + ".npz", x=x, y=y, loss=loss, **after)


def main():
    folder, wanted = sys.argv[1], sys.argv[2:]
    if not os.path.isdir(folder):
        os.makedirs(folder)
    release = tuple(int(part) for part in keras.__version__.split("-")[0].split(".")[:2])
    formats = [".h5", ".keras"] if release >= (2, 12) else [".h5"]
    for name, optimizer in optimizers().items():
        if wanted and name not in wanted:
            continue
        for form in formats:
            try:
                trained(optimizer, folder, name, form)
                print("wrote", name + form)
            except (AttributeError, ImportError, TypeError, ValueError) as error:  # noqa: PERF203  told
                print("left out", name + form, str(error)[:100])


if __name__ == "__main__":
    main()
