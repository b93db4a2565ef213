"""Have the version of Keras that saved a model answer for it.

Run as a script by that version's interpreter, Python 3.6 and newer, with Keras 1, 2 or 3, or a
TensorFlow that has one. Requests come as JSON lines on standard input and answers go as JSON lines
to what was standard output, so that one process answers for many files. What a model answered lies
in an `.npz`, whose arrays are named `in:PLACE` and `out:PLACE`.
"""

import importlib
import json
import os
import sys
import traceback

IN, OUT = "in:", "out:"
_RANDOM = 1e-3


def main():
    """Answer until standard input ends."""
    here = os.path.dirname(os.path.abspath(__file__))
    # This folder holds modules that are called like some of the standard library.
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != here]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            found = answer(json.loads(line))
        except Exception as error:  # noqa: BLE001  whatever the old version raises is its answer
            found = {"failed": "{}: {}".format(type(error).__name__, error)}
            traceback.print_exc()
        answers.write(json.dumps(found) + "\n")
        answers.flush()


def answer(request):
    """Load one file, and write down what it answers.

    Args:
        request: `path`; `layout` (`h5`, `keras`, `savedmodel`); `version`, of Keras as the file
            tells it; `custom`, {name: `module:attribute`}; `paths` to import from; `inputs`, the
            names of `.npz` files of which the first that the model takes is used; `names` of the
            model's inputs; `out`, the `.npz` to write.

    Returns:
        A dictionary: `versions` of this environment, `random` (two calls differ), `by` (what was
        called: `model` or `signature`).
    """
    sys.path.extend(path for path in request.get("paths", ()) if path not in sys.path)
    keras = framework(request.get("version", ""), request["layout"])
    custom = {name: imported(place) for name, place in request.get("custom", {}).items()}
    custom.setdefault(
        "relu6", lambda x: keras.backend.relu(x, max_value=6)
    )  # of Keras 2's MobileNet
    ask, by = caller(keras, request, custom)
    inputs, found = first_taken(ask, request["inputs"])
    again = ask(inputs)
    import numpy

    arrays = {IN + key: plain(value) for key, value in named(inputs).items()}
    arrays.update((OUT + key, plain(value)) for key, value in found.items())
    numpy.savez(request["out"], **arrays)
    random = [key for key in found if differs(found[key], again[key])]
    return {"versions": versions(keras), "random": random, "by": by}


def framework(version, layout):
    """The Keras that wrote files of this version, as far as it is installed here."""
    number = [int(part) for part in version.split("-")[0].split(".")[:2] if part.isdigit()]
    if (number and number[0] >= 3) or (layout in ("keras", "folder") and not number):
        return importlib.import_module("keras")
    if number and number < [2, 4] and "tf" not in version:
        try:
            found = importlib.import_module("keras")
            if found.__version__.split(".")[0] in "12":
                return found
        except ImportError:
            pass  # TensorFlow's own reads the same files
    try:
        return importlib.import_module("tf_keras")
    except ImportError:
        pass  # TensorFlow's own Keras is the one, up to TensorFlow 2.15
    import tensorflow

    return tensorflow.keras


def imported(place):
    """What `module:attribute` names."""
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)


def caller(keras, request, custom):
    """A function from inputs to {place: output}, and what it calls."""
    if hasattr(keras.backend, "clear_session"):
        keras.backend.clear_session()
    if request["layout"] != "savedmodel":
        return _model(loaded(keras, request, custom)), "model"
    try:
        return _model(loaded(keras, request, custom)), "model"
    except Exception:  # noqa: BLE001  told on standard error; the graph can be run instead
        traceback.print_exc()
    return _signature(request["path"], request.get("names", ())), "signature"


def loaded(keras, request, custom):
    """The model, not compiled."""
    load = keras.models.load_model
    try:
        return load(request["path"], custom_objects=custom, compile=False)
    except TypeError as error:
        if "compile" not in str(error):  # Keras 1 has no such argument
            raise
    try:
        return load(request["path"], custom_objects=custom)
    except ValueError:  # it compiles, with a loss or an optimizer that is not here
        traceback.print_exc()
    return _rebuilt(keras, request["path"], custom)


def _rebuilt(keras, path, custom):
    """The model by its configuration, with its weights, as nothing of how it was trained."""
    import h5py

    with h5py.File(path, "r") as file:
        text = file.attrs["model_config"]
    text = text.decode("utf-8") if isinstance(text, bytes) else text
    model = keras.models.model_from_json(text, custom_objects=custom)
    model.load_weights(path)
    return model


def _model(model):
    """Call a Keras model on one batch, in inference mode."""
    for name in ("predict_on_batch", "predict"):
        getattr(model, name)  # an object that TensorFlow revived without Keras has neither

    def ask(inputs):
        if getattr(model, "stateful", False) and hasattr(model, "reset_states"):
            model.reset_states()
        return named(model.predict_on_batch(inputs))

    return ask


def _signature(path, names):
    """Call the signature for serving of a SavedModel's graph."""
    import tensorflow

    v1 = tensorflow.compat.v1
    graph = tensorflow.Graph()
    with graph.as_default():
        session = v1.Session(graph=graph)
        meta = v1.saved_model.loader.load(session, ["serve"], path)
    signature = meta.signature_def["serving_default"]
    keys = list(names) if set(names) == set(signature.inputs) else sorted(signature.inputs)

    def ask(inputs):
        given = inputs if isinstance(inputs, dict) else dict(zip(keys, listed(inputs)))
        feed = {signature.inputs[key].name: given[key] for key in signature.inputs}
        wanted = {key: tensor.name for key, tensor in signature.outputs.items()}
        return session.run(wanted, feed)

    return ask


def first_taken(ask, paths):
    """The inputs that the model takes, with what it answered to them."""
    for path in paths[:-1]:
        inputs = read(path)
        try:
            found = ask(inputs)
            if all(plain(value).size for value in found.values()):
                return inputs, found  # of a model that crops, short inputs leave nothing
        except Exception:  # noqa: BLE001  told on standard error; the next ones are larger
            traceback.print_exc()
    inputs = read(paths[-1])
    return inputs, ask(inputs)


def read(path):
    """The inputs of an `.npz`, as the model takes them."""
    import numpy

    with numpy.load(path) as held:
        return arranged({name[len(IN) :]: held[name] for name in held.files})


def arranged(values):
    """Arrays as the model takes them: one, a list, or a dictionary."""
    values = {key: tensor(value) for key, value in values.items()}
    if not all(key.isdigit() for key in values):
        return values
    inputs = [values[key] for key in sorted(values, key=int)]
    return inputs[0] if len(inputs) == 1 else inputs


def tensor(value):
    """An array of text as what TensorFlow takes; any other as it is."""
    if value.dtype.kind != "U":
        return value
    import tensorflow

    if hasattr(tensorflow, "ragged") and tensorflow.executing_eagerly():
        return tensorflow.constant(value)
    return value.astype(object)


def named(values):
    """Nested outputs as a dictionary of arrays, with the place of each."""
    if isinstance(values, dict):
        return dict(values)
    return {str(place): value for place, value in enumerate(listed(values))}


def listed(values):
    return list(values) if isinstance(values, (list, tuple)) else [values]


def plain(value):
    """An output as an array that an `.npz` holds without pickles."""
    import numpy

    if hasattr(value, "to_tensor"):
        value = value.to_tensor()
    elif type(value).__name__.startswith("SparseTensor"):
        import tensorflow

        value = tensorflow.sparse.to_dense(value)
    array = numpy.asarray(value)
    if array.dtype.name == "bfloat16":
        return array.astype("float32")
    if array.dtype.kind not in "OS":
        return array
    flat = [
        item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)
        for item in array.reshape(-1)
    ]
    return numpy.array(flat).reshape(array.shape)


def differs(first, second):
    """Whether two answers to one question differ by more than the order of sums explains."""
    import numpy

    first, second = plain(first), plain(second)
    if first.shape != second.shape or first.dtype.kind == "U":
        return bool(first.shape != second.shape or (first != second).any())
    scale = numpy.abs(first[numpy.isfinite(first)]).max() if numpy.isfinite(first).any() else 0
    return not numpy.allclose(first, second, rtol=0, atol=_RANDOM * scale, equal_nan=True)


def versions(keras):
    """The versions that answered."""
    found = {"python": "{}.{}.{}".format(*sys.version_info[:3])}
    found["keras"] = str(getattr(keras, "__version__", ""))
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None:
        found["tensorflow"] = tensorflow.__version__
    return found


if __name__ == "__main__":
    main()
