"""What a loader refuses: names that it cannot import, and files that would harm: (stage, function).

Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

import zipfile

import h5py
from traceback_cases import KERAS_3, TF, NotHere, custom, dense, keras, load, save, sequential

ON_TF = keras.backend.backend() == "tensorflow"

OLD_3 = KERAS_3 and keras.__version__.startswith(("3.0.", "3.1.", "3.2.", "3.3.", "3.4."))


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
    "SG307": [("load", lambda tmp: tfsm(tmp / "m.keras"), KERAS_3 and ON_TF)],
    "SG308": [("load", lambda tmp: with_array(tmp / "w.weights.h5", declared))],
    "SG309": [("load", lambda tmp: with_array(tmp / "w.weights.h5", elsewhere))],
    "SG312": [("load", lambda tmp: bomb(tmp / "m.keras"))],
}
