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

OLD_3 = KERAS_3 and keras.__version__.startswith(("3.0.", "3.1.", "3.2.", "3.3.", "3.4."))
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


def edited(path, model, old, new):
    """A `.keras` file of Keras 3 in whose configuration something else stands."""
    if not KERAS_3:
        raise NotHere("its archives hold other configurations")
    save(model, path)
    with zipfile.ZipFile(str(path)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["config.json"] = parts["config.json"].replace(old, new)
    with zipfile.ZipFile(str(path), "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return load(path)


def of_module(path):
    """A class whose module is not there where the file is loaded."""
    made = custom(call=lambda self, inputs: inputs)
    made.__module__ = "project.layers"
    save(sequential((3,), made()), path)
    return load(path)


def with_array(path, write):
    """Weights in HDF5 of which one array is written otherwise."""
    if not KERAS_3:
        raise NotHere("it reads HDF5 as it is")
    model = dense()
    model.save_weights(str(path))
    with h5py.File(str(path), "a") as file:
        arrays = file["layers/dense/vars"]
        del arrays["0"]
        write(arrays, path)
    model.load_weights(str(path))


def declared(arrays, path):
    arrays.create_dataset("0", (1 << 20, 1 << 12), "float32", chunks=(1024, 1024))


def elsewhere(arrays, path):
    arrays["0"] = h5py.ExternalLink(str(path.parent / "other.h5"), "/x")


def tfsm(path):
    import tensorflow as tf

    folder = path.parent / "functions"
    module = tf.Module()
    module.serve = tf.function(lambda x: x, input_signature=[tf.TensorSpec((None, 3), "float32")])
    tf.saved_model.save(module, str(folder))
    layer = keras.layers.TFSMLayer(str(folder), call_endpoint="serve")
    return load(save(sequential((3,), layer), path))


def bomb(path):
    """A member of 300 MB that takes 300 KB."""
    if not KERAS_3:
        raise NotHere("it reads members as they are")
    save(dense(), path)
    with zipfile.ZipFile(str(path), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("assets/table.txt", bytes(300 << 20))
    return load(path)


TABLE = {
    "SG202": [("load", lambda tmp: of_module(tmp / "m.keras"), (2, 13) <= TF < (3,) or OLD_3)],
    "SG230": [
        (
            "load",
            lambda tmp: edited(
                tmp / "m.keras",
                dense(),
                b'"module": "keras.layers", "class_name": "Dense"',
                b'"module": "keras_hub.src.layers.dense", "class_name": "Dense"',
            ),
        ),
    ],
    "SG213": [
        (
            "load",
            lambda tmp: edited(
                tmp / "m.keras",
                dense(),
                b'"module": "keras", "class_name": "Sequential"',
                b'"module": "keras.src.engine.sequential", "class_name": "Sequential"',
            ),
        ),
        (
            "load",
            lambda tmp: edited(
                tmp / "m.keras",
                dense(),
                b'"module": "keras.layers", "class_name": "Dense"',
                b'"module": "keras.src.layers.core.dense_2", "class_name": "Dense"',
            ),
        ),
    ],
    "SG229": [
        (
            "load",
            lambda tmp: edited(
                tmp / "m.keras",
                dense(),
                b'"registered_name": null',
                b'"registered_name": "Custom>Dense"',
            ),
        ),
    ],
    "SG303": [
        (
            "load",
            lambda tmp: edited(
                tmp / "m.keras",
                sequential((3,), keras.layers.Dense(2, kernel_initializer="ones")),
                b'"module": "keras.initializers", "class_name": "Ones"',
                b'"module": "keras.utils", "class_name": "get_file"',
            ),
        ),
        (
            "load",
            lambda tmp: edited(
                tmp / "m.keras",
                sequential((3,), keras.layers.Dense(2, activation="relu")),
                b'"activation": "relu"',
                b'"activation": {"module": "keras.utils", "class_name": "function",'
                b' "config": "get_file", "registered_name": "get_file"}',
            ),
        ),
    ],
    "SG307": [("load", lambda tmp: tfsm(tmp / "m.keras"), KERAS_3)],
    "SG308": [("load", lambda tmp: with_array(tmp / "w.weights.h5", declared))],
    "SG312": [("load", lambda tmp: bomb(tmp / "m.keras"))],
    "SG309": [("load", lambda tmp: with_array(tmp / "w.weights.h5", elsewhere))],
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
    "SG275": [("load", lambda tmp: functions(tmp / "m"), KERAS_3)],
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
