"""Reload one file and say what came back, as plain values that JSON holds."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import time
import traceback

from . import arrays, compare, prepare, running, trace
from .in_place import read_in_place
from .locate import locate
from .quick import quick_build
from .traits import traits
from .walking import quick_walk
from .window import files_of, weights_of


def environment():
    """{"python", "keras", "backend", "framework", "machine"} of this process."""
    import keras

    backend = keras.backend.backend()
    framework = sys.modules.get(backend)
    return {
        "python": platform.python_version(),
        "keras": getattr(keras, "__version__", "unknown"),
        "backend": backend,
        "framework": str(getattr(framework, "__version__", "unknown")),
    }


def prove(request, reach=None):
    """Reload `request["path"]` and compare it with its golden, if it has one.

    Args:
        request: `path`; `layout` (`keras`, `h5`, `weights`, `shards`); `golden` (the golden's
            description of the receipt, or None); `config` (the model's configuration, for
            weights alone); `modules` to import; `carried`, a file of classes sent by value;
            `same`: this is the environment that saved it; `paths`, further places to import
            from; `locate`: only say where the file's model parts from the one that was saved
            (see `locate`).
        reach: Called with the name of each stage as it begins: what is known of a proof that
            hangs or dies.

    Returns:
        A dictionary: `stage` it came to; `failed` with the exception where it failed; else
        what it saw (see the keys set below).
    """
    found = {"environment": environment(), "started": time.time()}

    def begin(stage):
        found["stage"] = stage
        if reach is not None:
            reach(stage)

    try:
        _prove(request, found, begin)
    except Exception as error:  # noqa: BLE001  everything that a load can raise is the answer
        found["failed"] = {
            "type": type(error).__name__,
            "message": str(error),
            "traceback": traceback.format_exc()[-20000:],
        }
    found["seconds"] = time.time() - found.pop("started")
    return found


def _prove(request, found, begin):
    begin("import")
    sys.path.extend(path for path in request.get("paths", ()) if path not in sys.path)
    for module in request.get("modules", ()):
        __import__(module)
    custom = _carried(request.get("carried"))
    begin("load")
    if request.get("locate"):
        with contextlib.redirect_stdout(sys.stderr), _known(custom):
            found["located"] = locate(request, lambda: _load(request, custom, found))
        return
    stored, golden = _stored(request)
    consumed = set()
    with trace.reads(consumed):
        model = _load(request, custom, found)
    found["unread"] = sorted(set(stored) - consumed)
    found["variables"] = running.listing(running.variables(model))
    found["optimizer"] = running.listing(running.optimizer_variables(model))
    if request.get("foreign"):
        found["unfilled"] = _unfilled(found["variables"], stored.values())
    if request.get("same"):
        found["traits"] = traits(model, automatic=True)
    begin("call")
    _call(model, golden, request, found)
    _prepare(request.get("preprocessing"), found, begin)
    found["stage"] = "done"


def _call(model, golden, request, found):
    description = request.get("golden")
    if request.get("awaited"):
        golden, description = _awaited(request["awaited"])
    if description:
        against_golden(model, golden, description, request, found)
    else:
        _twice(model, found)


def _prepare(recorded, found, begin):
    if recorded:
        begin("prepare")
        with contextlib.redirect_stdout(sys.stderr):
            found["preprocessing"] = prepare.again(recorded)


def _stored(request):
    """The arrays in the file, with their digests if nobody recorded them, and the golden."""
    import h5py

    path = request["path"]
    stored, golden = {}, {}
    for name in files_of(path):
        with open(name, "rb", buffering=0) as file, h5py.File(
            weights_of(path, file), "r"
        ) as weights:
            stored.update(trace.contents(weights, request.get("foreign")))
            golden.update(arrays.read(weights))
    return stored, golden


def _awaited(path):
    """The golden and its description, once they are there; whoever asked has a limit."""
    import h5py

    while not os.path.exists(path):
        time.sleep(0.002)
    with h5py.File(path, "r") as file:
        return arrays.read(file), json.loads(file.attrs.get("golden", "null"))


def _load(request, custom, found):
    """The model; where only compiling it fails, the uncompiled one and why (`compile_failed`)."""
    import keras

    # Another release's loader is left as it is: that it loads the file is the question.
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        stack.enter_context(_known(custom))
        if request.get("same"):
            for quicker in (quick_build, quick_walk, read_in_place):
                stack.enter_context(quicker())
        if request["layout"] in ("weights", "shards"):
            model = keras.saving.deserialize_keras_object(json.loads(request["config"]))
            model.load_weights(request["path"])
            return model
        try:
            return keras.models.load_model(request["path"])
        except Exception as error:  # noqa: BLE001  raised again unless only compiling failed
            try:
                model = keras.models.load_model(request["path"], compile=False)
            except Exception:  # noqa: BLE001  the first error is the one to tell
                raise error from None
            found["compile_failed"] = "%s: %s" % (type(error).__name__, error)
            return model


def _known(custom):
    """While the block runs, Keras finds the classes and functions that were sent by value."""
    import keras

    return keras.utils.custom_object_scope(custom)


def _carried(path):
    """Classes and functions sent by value: registered again, or named as custom objects."""
    import keras

    if not path:
        return {}
    import pickle

    with open(path, "rb") as file:
        sent = pickle.load(file)
    custom = {}
    for registered, name, item in sent:
        if registered:
            package, _, registered_name = registered.partition(">")
            keras.saving.register_keras_serializable(package, registered_name)(item)
        else:
            custom[name] = item
    return custom


def _unfilled(variables, stored):
    """Variables whose value stands nowhere in the file, each stored array counted once."""
    left = {}
    for shape, digest in stored:
        key = (tuple(shape), digest)
        left[key] = left.get(key, 0) + 1
    missing = []
    for row in variables:
        key = (tuple(row[1]), row[3])
        if left.get(key, 0):
            left[key] -= 1
        elif not running.is_seed(row[0]):
            missing.append(row)
    return missing


def against_golden(model, golden, description, request, found):
    """Compare a model with its golden; what differs goes into `found` (see `prove`)."""

    def filled(name):
        shape = description.get(name)
        leaves = dict(arrays.flatten(shape, name)) if shape is not None else {}
        return arrays.fill(shape, {path: golden[arrays.key(path)] for path in leaves.values()})

    inputs = filled("inputs")
    outputs, _ = running.predict(model, inputs)
    loose = not request.get("same"), description.get("accelerator", False)

    def relative_of(dtype):
        return compare.tolerance_of(dtype, description.get("tolerance"), *loose)

    gaps = (
        _output_gap(path, golden[arrays.key(path)], before, outputs.get(path), relative_of)
        for path, before in description["kinds"].items()
    )
    found["outputs"] = [] if description.get("random") else [gap for gap in gaps if gap]
    if description.get("loss") is not None and running.is_compiled(model):
        loss, metrics = running.evaluate(model, inputs, filled("targets"), filled("weights"))
        pairs = [("loss", description["loss"], loss)]
        pairs += [(n, v, metrics.get(n)) for n, v in description.get("metrics", {}).items()]
        found["scalars"] = [
            [name, before, after]
            for name, before, after in pairs
            if after is None or compare.scalar_differs(before, after, 10 * relative_of("float32"))
        ]


def _output_gap(path, expected, before, output, relative_of):
    if output is None:
        return {"path": path, "expected": before, "got": "nothing"}
    array, form = output
    kinds = (before, "%s %s" % (form, array.dtype.name))
    return compare.difference(path, expected, _widened(array), kinds, relative_of(array.dtype.name))


def _twice(model, found):
    """Without a golden: call the model twice on made inputs, and say whether it agrees."""
    inputs = _made_inputs(model)
    if inputs is None:
        found["not_called"] = "the model does not say what its inputs are"
        return
    first, _ = running.predict(model, inputs)
    second, _ = running.predict(model, inputs)
    found["random"] = [
        path
        for path, (array, form) in first.items()
        if compare.difference(path, array, second[path][0], (form, second[path][1]), 1e-6)
    ]


def _made_inputs(model):
    import numpy

    inputs = getattr(model, "inputs", None)
    if not inputs:
        return None
    made = []
    for tensor in inputs:
        shape = [2 if extent is None else extent for extent in tensor.shape]
        dtype = str(tensor.dtype)
        if dtype == "string":
            return None
        made.append(numpy.ones(shape, "int32" if "int" in dtype else "float32"))
    return made[0] if len(made) == 1 else made


def _widened(array):
    if array.dtype.name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        return array.astype("float32")
    return array
