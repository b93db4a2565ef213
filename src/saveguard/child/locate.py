"""Where a model and what came back from its file part: the object, its key, its array.

Asked for only when a proof failed. Each object's configuration makes the round trip by itself, each
object's arrays are loaded by themselves, and the calls of the layers are laid side by side.
"""

from __future__ import annotations

import contextlib
import json
import zipfile

from . import arrays, calls, compare, running, walk
from .in_place import read_in_place
from .window import WEIGHTS, file_of


def locate(request, load):
    """The first place where what came back differs.

    Args:
        request: As for `prove`; with `configs`, [[holder, configuration]] of the live model's
            objects, inner ones first, and `calls`, a file of what its layers took and gave.
        load: Loads the model.

    Returns:
        `kind` (`config`, `arrays`, `raises`, `output`), `holder`, `key`, and what was seen: an
        `error`, or the first `difference` of an output. Empty where nothing differs.
    """
    found = _round_trips(request.get("configs", ()))
    if found:
        return found
    try:
        model = load()
    except Exception as error:  # noqa: BLE001  the proof told what; here counts which object
        return _arrays(request) or _raising(error)
    return _calls(model, request) if request.get("calls") else {}


def _round_trips(configs):
    """The first object whose own configuration does not give it back."""
    import keras

    for holder, text in configs:
        try:
            made = keras.saving.deserialize_keras_object(json.loads(text))
        except Exception as error:  # noqa: BLE001  everything that it can raise is the answer
            return {"kind": "config", "holder": holder, "key": "", "error": _head(error)}
        again = json.dumps(keras.saving.serialize_keras_object(made), sort_keys=True)
        key = _differing(json.loads(text).get("config"), json.loads(again).get("config"))
        if key:
            return {"kind": "config", "holder": holder, "key": key}
    return {}


def _differing(before, after):
    """The first key whose value is another after the round trip."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before:
            if before[key] != after.get(key):
                return str(key)
    return ""


def _raising(error):
    """The innermost layer through whose code an exception came, by its name; no holder is known."""
    import keras

    found, trace = {}, error.__traceback__
    while trace is not None:
        layer = trace.tb_frame.f_locals.get("self")
        if isinstance(layer, keras.layers.Layer) and not walk.is_builtin(type(layer)):
            found = {"kind": "raises", "holder": "", "name": layer.name, "key": ""}
            found["error"] = _head(error)
        trace = trace.tb_next
    return found


def _arrays(request):
    """The first object that does not take the arrays which the file holds for it."""
    from keras.src.saving import saving_lib

    model = _unfilled(request)
    if model is None:
        return {}
    failed, messages = set(), {}
    # An .h5 file has no arrays by object.
    with contextlib.suppress(Exception), _store(saving_lib, request["path"]) as store:
        saving_lib._load_state(
            model,
            weights_store=store,
            assets_store=None,
            inner_path="",
            visited_saveables=set(),
            failed_saveables=failed,
            error_msgs=messages,
        )
    for holder, item, _ in walk.objects(model):
        if id(item) in messages:
            error = messages[id(item)][1]
            return {"kind": "arrays", "holder": holder, "key": "", "error": _head(error)}
    return {}


@contextlib.contextmanager
def _store(saving_lib, path):
    """Keras's own reader of the weights, where they lie: in a file, or in a zip."""
    zipped = zipfile.is_zipfile(path)
    with read_in_place(), zipfile.ZipFile(path) if zipped else contextlib.nullcontext() as archive:
        place = WEIGHTS if zipped else file_of(path)
        store = saving_lib.H5IOStore(place, archive=archive, mode="r")
        try:
            yield store
        finally:
            store.close()


def _unfilled(request):
    """The model as its configuration makes it, before any array is loaded."""
    import keras

    try:
        if request["layout"] in ("weights", "shards"):
            return keras.saving.deserialize_keras_object(json.loads(request["config"]))
        with zipfile.ZipFile(request["path"]) as archive:
            config = json.loads(archive.read("config.json"))
        return keras.saving.deserialize_keras_object({**config, "compile_config": None})
    except Exception:  # noqa: BLE001  nothing can be said of its arrays then
        return None


def _calls(model, request):
    """The first layer that takes what it took, and gives something else."""
    recorded, inputs = _recorded(request["calls"])
    seen = []
    # The call that raises is among those that are seen.
    with contextlib.suppress(Exception), calls.watched(model, seen, values=True):
        running.predict(model, inputs)
    raised = calls.first_raised(seen)
    if raised is not None:
        return {"kind": "raises", "holder": raised["holder"], "key": "", "error": raised["raised"]}
    late = {}
    for before, after in zip(recorded, seen):
        gap = _gap(before["outputs"], after["outputs"])
        if before["holder"] != after["holder"]:
            break
        if gap and not _gap(before["inputs"], after["inputs"]):
            return _told(after, gap)
        late = late or (_told(after, gap) if gap else {})
    return late


def _told(call, gap):
    return {"kind": "output", "holder": call["holder"], "key": "", "difference": gap}


def _gap(expected, got):
    """How two lists of sampled tensors differ, or None."""
    if len(expected) != len(got):
        return {"path": "", "expected": "%d tensors" % len(expected), "got": "%d" % len(got)}
    for (before, form), (after, now) in zip(expected, got):
        relative = compare.tolerance_of(form.split()[-1], None, False, False)
        gap = compare.difference("", before, after, (form, now), relative)
        if gap:
            return gap
    return None


def record(path, seen, inputs):
    """Write what `calls.watched` saw, and the inputs, into a file that `locate` reads."""
    import numpy

    held, listed = {}, []
    for one in seen:
        row = {"holder": one["holder"]}
        for side in ("inputs", "outputs"):
            row[side] = []
            for array, form in one.get(side, ()):
                name = "a%d" % len(held)
                held[name] = array
                row[side].append([name, form])
        listed.append(row)
    for place, leaf in arrays.flatten(inputs, "inputs"):
        held[arrays.key(place)] = leaf.astype("U") if leaf.dtype.kind == "O" else leaf
    listed.append(arrays.structure(inputs, "inputs"))
    held["calls"] = numpy.array(json.dumps(listed))
    numpy.savez(path, **held)


def _recorded(path):
    import numpy

    with numpy.load(path, allow_pickle=False) as held:
        *listed, structure = json.loads(str(held["calls"]))
        for row in listed:
            for side in ("inputs", "outputs"):
                row[side] = [(held[name], form) for name, form in row[side]]
        leaves = dict(arrays.flatten(structure, "inputs")).values()
        inputs = arrays.fill(structure, {leaf: held[arrays.key(leaf)] for leaf in leaves})
    return listed, inputs


def _head(error):
    """The line that tells: Keras says first where it was, then, in bold, what the layer said."""
    text = str(error).rpartition("Exception encountered:")[2]
    text = text.rpartition("\x1b[1m")[2].partition("\x1b[0m")[0].rpartition("Error encountered:")[2]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "%s: %s" % (type(error).__name__, (lines or [""])[0][:300])
