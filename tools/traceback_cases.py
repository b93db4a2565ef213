"""What raises the exceptions that the rules' signatures know: a table by code.

Each entry of `TABLE` is a list of (stage, function); the function gets an empty folder and raises.
A third member says where it is to be recorded, if not everywhere: other releases say something
else there, which belongs to another code. To add an entry, append it to its code's list, so that
the others keep their numbers. What this machine cannot show raises `NotHere`.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import subprocess
import zipfile

import numpy as np

try:
    keras = importlib.import_module(os.environ.get("LAB_KERAS") or "keras")
    KERAS_3 = int(keras.__version__.split(".")[0]) >= 3
    OWN_PACKAGE = tuple(map(int, keras.__version__.split(".")[:2])) < (2, 4)
except ImportError:
    KERAS_3 = OWN_PACKAGE = False
TF = (99,)  # the release whose Keras 2 this is; Keras 3 is newer than all of them
if OWN_PACKAGE:
    TF = (1, 13)  # Keras 2.3 and older, which TensorFlow copied until then
elif not KERAS_3:
    import tensorflow
    from tensorflow import keras

    TF = tuple(map(int, tensorflow.__version__.split(".")[:2]))

NOBODY = 65534
OWN_MOUNTS = 0x00020000  # CLONE_NEWNS of unshare(2)


class NotHere(Exception):
    """This environment or machine cannot show the case."""


def load(path):
    return keras.models.load_model(str(path))


def save(model, path):
    """Save a model, or its weights where the name says so; returns the path."""
    if path.name.endswith(".weights.h5"):
        model.save_weights(str(path))
    else:
        model.save(str(path))
    return path


def sequential(shape, *layers):
    """A model that learns its shape before the save; None: not before it is called."""
    if shape is None:
        return keras.Sequential(list(layers))
    if KERAS_3:
        return keras.Sequential([keras.Input(shape), *layers])
    model = keras.Sequential(list(layers))
    model.build((None, *shape))
    return model


def dense(units=4):
    return sequential((64,), keras.layers.Dense(units))


def custom(**parts):
    """A custom layer class that nobody has registered."""
    return type("Custom", (keras.layers.Layer,), {"call": lambda self, inputs: inputs, **parts})


def of_custom(**parts):
    return sequential((3,), custom(**parts)())


def edited(path, edit):
    save(dense(), path)
    path.write_bytes(edit(path.read_bytes()))
    return path


def cut(content):
    return content[: len(content) // 2]


def changing(old, new):
    return lambda content: content.replace(old, new)


def without(tmp, member):
    """A `.keras` file that lacks one member."""
    whole = save(dense(), tmp / "whole.keras")
    if not zipfile.is_zipfile(str(whole)):
        raise NotHere("this Keras writes no zip archive")
    with zipfile.ZipFile(str(whole)) as old, zipfile.ZipFile(str(tmp / "m.keras"), "w") as new:
        for name in old.namelist():
            if name != member:
                new.writestr(name, old.read(name))
    return tmp / "m.keras"


def changed_member(tmp):
    path = without(tmp, "")
    path.write_bytes(path.read_bytes().replace(b'"class_name"', b'"class-name"', 1))
    return path


def folder_named(path):
    path.mkdir()
    return path


def small_disk(tmp, options="size=64k"):
    """A file system in memory, which only this process sees and which ends with it."""
    folder = folder_named(tmp / "disk")
    try:
        if ctypes.CDLL(None).unshare(OWN_MOUNTS):
            raise NotHere("may not mount")
        for command in (["--make-rprivate", "/"], ["-t", "tmpfs", "-o", options, "tmpfs", folder]):
            subprocess.run(["mount", *map(str, command)], check=True)
    except (AttributeError, OSError, subprocess.CalledProcessError) as error:
        raise NotHere(f"may not mount: {error}") from error
    return folder


@contextlib.contextmanager
def another_user():
    if os.geteuid() != 0:
        raise NotHere("only root can become another user")
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def save_as_another_user(path):
    model = dense()
    with another_user():
        save(model, path)


def load_as_another_user(path):
    save(dense(), path).chmod(0)
    with another_user():
        load(path)


def with_custom_loss():
    def scaled(y_true, y_pred):
        return y_true - y_pred

    model = dense()
    model.compile("sgd", loss=scaled)
    return model


def needs_units(**parts):
    """A custom layer class whose constructor requires an argument."""

    def __init__(self, units, **options):  # noqa: N807  it becomes the class's own
        super(made, self).__init__(**options)
        self.units = units

    made = custom(__init__=__init__, **parts)
    return made


def incomplete(path):
    made = needs_units(get_config=lambda self: {"name": self.name, "trainable": True})
    save(sequential((3,), made(2)), path)
    keras.models.load_model(str(path), custom_objects={"Custom": made})


def python_lambda(path):
    load(save(sequential((3,), keras.layers.Lambda(lambda inputs: inputs * 2)), path))


def two_inputs():
    first, second = keras.Input((3,)), keras.Input((3,))
    return keras.Model([first, second], keras.layers.Concatenate()([first, second]))


def compiled():
    model = dense()
    model.compile("sgd", "mse")
    return model


def checkpoint(path, **options):
    return keras.callbacks.ModelCheckpoint(str(path), **options)


def load_weights(path):
    dense().load_weights(str(path))


def predict(model, inputs):
    return model.predict(inputs, verbose=0)


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 17112\n"
RAGGED = [[1, 2, 3], [1, 2]]

TABLE = {
    "SG101": [
        ("load", lambda tmp: load(edited(tmp / "m.h5", cut))),
        ("load", lambda tmp: load(edited(tmp / "m.keras", cut)), KERAS_3 or TF < (2, 12)),
        ("load", lambda tmp: load(changed_member(tmp))),
        ("load", lambda tmp: load(without(tmp, "config.json"))),
        ("load", lambda tmp: load(without(tmp, "model.weights.h5"))),
        ("load", lambda tmp: load(edited(tmp / "m.h5", changing(b"HEAP", bytes(4))))),
        ("load", lambda tmp: load(edited(tmp / "m.h5", changing(b"SNOD", bytes(4))))),
        ("load", lambda tmp: load(edited(tmp / "m.h5", changing(b"TREE", bytes(4))))),
        ("load", lambda tmp: load(edited(tmp / "m.h5", changing(b"GCOL", bytes(4))))),
        ("load", lambda tmp: zipfile.ZipFile(str(edited(tmp / "m.keras", cut)))),
    ],
    "SG102": [
        ("load", lambda tmp: load(edited(tmp / "m.h5", lambda _: LFS)), TF >= (2, 9)),
        ("load", lambda tmp: load_weights(edited(tmp / "m.weights.h5", lambda _: b""))),
    ],
    "SG104": [
        ("load", lambda tmp: load(tmp / "m.h5")),
        ("load", lambda tmp: load_weights(tmp / "m.weights.h5")),
        ("load", lambda tmp: (tmp / "model.json").read_text()),
    ],
    "SG201": [
        ("load", lambda tmp: load(save(of_custom(), tmp / "m.keras")), KERAS_3 or TF < (2, 12)),
        ("load", lambda tmp: load(save(of_custom(), tmp / "m.h5"))),
        ("load", lambda tmp: load(save(with_custom_loss(), tmp / "m.keras"))),
    ],
    "SG203": [
        ("save", lambda tmp: save(sequential((3,), needs_units()(object())), tmp / "m.keras")),
        ("save", lambda tmp: save(sequential((3,), needs_units()(2)), tmp / "m.h5")),
    ],
    "SG204": [
        ("load", lambda tmp: incomplete(tmp / "m.keras")),
        ("load", lambda tmp: incomplete(tmp / "m.h5"), not (KERAS_3 and keras.__version__ < "3.1")),
    ],
    "SG206": [
        ("save", lambda tmp: save(of_custom(get_config=lambda _: {"x": {1, 2}}), tmp / "m.keras")),
        ("save", lambda tmp: save(of_custom(get_config=lambda _: {"x": {1, 2}}), tmp / "m.h5")),
    ],
    "SG207": [
        ("load", lambda tmp: python_lambda(tmp / "m.keras")),
        ("load", lambda tmp: python_lambda(tmp / "m.h5")),
    ],
    "SG401": [
        ("save", lambda tmp: save(sequential(None, keras.layers.Dense(2)), tmp / "m.weights.h5")),
        ("save", lambda tmp: save(sequential(None, keras.layers.Dense(2)), tmp / "m.h5")),
    ],
    "SG501": [("predict", lambda _: predict(two_inputs(), np.ones((2, 3))), TF >= (2, 2))],
    "SG502": [
        ("predict", lambda _: predict(sequential((5, 2), keras.layers.LSTM(3)), np.ones((5, 2))))
    ],
    "SG503": [("predict", lambda _: predict(dense(), np.ones((2, 9))))],
    "SG601": [("predict", lambda _: predict(dense(), 3.0), KERAS_3)],
    "SG602": [
        ("predict", lambda _: predict(dense(), np.ones((0, 64)))),
        ("fit", lambda _: compiled().fit(np.ones((0, 64)), np.ones((0, 4)), verbose=0)),
    ],
    "SG603": [
        ("predict", lambda _: predict(dense(), RAGGED), TF >= (2, 2)),
        ("predict", lambda _: predict(dense(), np.array(RAGGED, object)), TF >= (2, 2)),
        ("predict", lambda _: np.array(RAGGED, "float32"), TF >= (2, 2)),
    ],
    "SG701": [
        ("save", lambda tmp: save(dense(4096), small_disk(tmp) / "m.keras")),
        ("save", lambda tmp: save(dense(4096), small_disk(tmp) / "m.h5")),
    ],
    "SG702": [
        ("save", lambda tmp: save_as_another_user(tmp / "m.keras")),
        ("save", lambda tmp: save_as_another_user(tmp / "m.h5")),
        ("load", lambda tmp: load_as_another_user(tmp / "m.h5")),
        ("save", lambda tmp: save(dense(), small_disk(tmp, "ro") / "m.keras")),
        ("save", lambda tmp: save(dense(), small_disk(tmp, "ro") / "m.h5")),
    ],
    "SG703": [
        ("save", lambda tmp: save(dense(), folder_named(tmp / "m.keras"))),
        ("save", lambda tmp: save(dense(), folder_named(tmp / "m.h5"))),
    ],
    "SG704": [
        ("save", lambda tmp: save(dense(), tmp / "m.pb"), KERAS_3),
        ("save", lambda tmp: dense().save_weights(str(tmp / "m.h5")), KERAS_3),
        ("fit", lambda tmp: checkpoint(tmp / "best-{epoch}.pb"), KERAS_3),
        ("fit", lambda tmp: checkpoint(tmp / "best.h5", save_weights_only=True), KERAS_3),
        ("load", lambda tmp: load(tmp / "m.keras.prev"), KERAS_3),
    ],
    "SG709": [
        ("save", lambda tmp: save(dense(), tmp / "runs" / "m.keras")),
        ("save", lambda tmp: save(dense(), tmp / "runs" / "m.weights.h5")),
        ("save", lambda tmp: save(dense(), tmp / "runs" / "m.h5")),
        ("save", lambda _: dense().save("s3://bucket/m.keras"), KERAS_3),
        ("save", lambda _: dense().save_weights("s3://bucket/m.weights.h5"), KERAS_3),
    ],
}
