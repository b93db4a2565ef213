"""What raises while saved models, optimizers and code come back: (stage, function of a folder).

Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

import base64
import importlib
import json
import zipfile

import h5py
import numpy as np
from traceback_cases import (
    KERAS_3,
    OWN_PACKAGE,
    TF,
    NotHere,
    custom,
    dense,
    keras,
    load,
    save,
    sequential,
)

from lab.running import ROWS, TARGETS, fit
from lab.saving import subclassed

ON_TF = keras.backend.backend() == "tensorflow"

WEIGHTS_2 = not KERAS_3 and not OWN_PACKAGE
SAVED_MODELS = not KERAS_3 and not OWN_PACKAGE and TF >= (2, 0)
# As `marshal` writes a value of a kind that it does not have.
NO_CODE = base64.b64encode(b"\xffnone").decode()


def without_metadata(folder):
    save(dense(), folder)
    (folder / "keras_metadata.pb").unlink()
    return load(folder)


def spoilt_metadata(folder):
    save(dense(), folder)
    (folder / "keras_metadata.pb").write_bytes(b"\xff\xff")
    return load(folder)


def never_called(folder):
    """A layer that no call of the model reaches, without its class."""
    inner = custom(call=lambda self, inputs: inputs * 2)
    model = subclassed()
    model.spare = inner(name="spare")
    save(model, folder)
    return load(folder).spare(np.ones((2, 3), "float32"))


def own_model(folder):
    """A functional model that holds a subclassed one whose class is not there."""
    first = keras.Input((3,))
    save(keras.Model(first, subclassed()(first)), folder)
    path = folder / "keras_metadata.pb"
    path.write_bytes(path.read_bytes().replace(b'"class_name": "Dense"', b'"class_name": "Dence"'))
    return load(folder)


def with_code(path, code):
    """A saved Lambda layer whose bytecode is replaced."""
    save(sequential((3,), keras.layers.Lambda(lambda inputs: inputs * 2)), path)
    if zipfile.is_zipfile(str(path)):
        return in_zip(path, code)
    with h5py.File(str(path), "a") as file:
        stored = file.attrs["model_config"]
        text = stored if isinstance(stored, str) else stored.decode()
        file.attrs["model_config"] = replaced(text, code).encode()
    return path


def in_zip(path, code):
    with zipfile.ZipFile(str(path)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["config.json"] = replaced(parts["config.json"].decode(), code).encode()
    with zipfile.ZipFile(str(path), "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def replaced(text, code):
    config = json.loads(text)
    for layer in config["config"]["layers"]:
        function = layer["config"].get("function")
        if isinstance(function, dict):
            function["config"]["code"] = code
        elif isinstance(function, list):
            function[0] = code + "\n"
    return json.dumps(config)


def load_unsafely(path):
    if not KERAS_3:
        return load(path)
    return keras.models.load_model(str(path), safe_mode=False)


def functions(folder):
    import tensorflow as tf

    tf.saved_model.save(tf.Module(), str(folder))
    return keras.layers.TFSMLayer(str(folder), call_endpoint="serve")


def saved_twice(tmp):
    """A model with the optimizer that a SavedModel gives back, saved as HDF5."""
    module = importlib.import_module(type(keras.optimizers.SGD()).__module__)
    module = importlib.import_module(module.__name__.rpartition(".")[0] + ".optimizer_v2")
    model = dense()
    model.compile(module.RestoredOptimizer(), "mse")
    return save(model, tmp / "again.h5")


def state_into(units):
    """The optimizer's state of one model, set in that of another."""
    state = dense()
    state.compile("adam", "mse")
    fit(state, ROWS, TARGETS)
    other = dense(units)
    other.compile("adam", "mse")
    if units != 4:
        fit(other, ROWS, np.ones((8, units)))
    optimizer = state.optimizer
    kept = optimizer.get_weights() if hasattr(optimizer, "get_weights") else optimizer.variables
    if not hasattr(other.optimizer, "set_weights"):
        raise NotHere("its optimizers take no weights")
    other.optimizer.set_weights(kept)


def legacy_into_new(tmp):
    import tensorflow as tf

    if not (2, 11) <= TF < (3,):
        raise NotHere("it has optimizers of one kind")
    models = []
    for optimizer in (keras.optimizers.legacy.Adam(), keras.optimizers.Adam()):
        model = dense()
        model.compile(optimizer, "mse")
        fit(model, ROWS, TARGETS)
        models.append(tf.train.Checkpoint(model=model, optimizer=model.optimizer))
    models[1].restore(models[0].save(str(tmp / "c")))


def of_bytes(tmp):
    """HDF5 as Keras to TF 2.2 reads it, where h5py is of the third release."""
    if int(h5py.__version__.split(".")[0]) < 3:
        raise NotHere("it has the h5py of its time")
    return load(save(dense(), tmp / "m.h5"))


def of_bytes_weights(tmp):
    if int(h5py.__version__.split(".")[0]) < 3:
        raise NotHere("it has the h5py of its time")
    dense().save_weights(str(tmp / "w.h5"))
    dense().load_weights(str(tmp / "w.h5"))


def weights_with(tmp, **options):
    path = str(tmp / ("w.weights.h5" if KERAS_3 else "w.h5"))
    dense().save_weights(path)
    dense().load_weights(path, **options)


TABLE = {
    "SG270": [
        ("load", lambda tmp: without_metadata(tmp / "m"), SAVED_MODELS and TF >= (2, 5)),
        ("load", lambda tmp: spoilt_metadata(tmp / "m"), SAVED_MODELS and TF >= (2, 5)),
    ],
    "SG271": [("load", legacy_into_new)],
    "SG272": [
        ("load", lambda tmp: never_called(tmp / "m"), SAVED_MODELS and TF >= (2, 2)),
        ("load", lambda tmp: own_model(tmp / "m"), SAVED_MODELS and TF >= (2, 5)),
    ],
    "SG273": [
        (
            "save",
            lambda tmp: dense().save(str(tmp / "m.keras"), options=1),
            KERAS_3 or TF >= (2, 12),
        ),
        ("load", lambda tmp: weights_with(tmp, skip_mismatch=True), not KERAS_3 and TF >= (2, 1)),
        ("save", lambda tmp: dense().save_weights(str(tmp / "w"), save_format="json"), WEIGHTS_2),
        ("save", lambda tmp: dense().save(str(tmp / "m.keras"), save_format="h5"), KERAS_3),
        ("save", lambda tmp: dense().save_weights(str(tmp / "w.h5"), save_format="tf"), WEIGHTS_2),
        ("load", lambda tmp: weights_with(tmp, by_name=True), KERAS_3),
        ("save", lambda tmp: dense().save(str(tmp / "m.keras"), zipped=False), KERAS_3),
    ],
    "SG274": [
        ("load", lambda tmp: load_unsafely(with_code(tmp / "m.h5", NO_CODE))),
        ("load", lambda tmp: load_unsafely(with_code(tmp / "m.keras", NO_CODE)), KERAS_3),
        ("load", lambda tmp: load_unsafely(with_code(tmp / "m.h5", "4w=="))),
    ],
    "SG275": [("load", lambda tmp: functions(tmp / "m"), KERAS_3 and ON_TF)],
    "SG276": [("save", saved_twice, SAVED_MODELS)],
    "SG279": [
        ("load", lambda _: state_into(4)),
        ("load", lambda _: state_into(3)),
    ],
    "SG715": [
        ("load", of_bytes, TF < (2, 3)),
        ("load", of_bytes_weights, TF < (2, 3)),
    ],
}
