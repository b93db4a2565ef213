"""Run a recorded preprocessing again on its raw examples, and say what it gives now."""

from __future__ import annotations

import importlib
import inspect
import platform
import sys
import types

from . import arrays, compare, running, source, traits, values, walk


class NotFound(Exception):
    """There is nothing to call where the path leads, or nothing that may be called."""


def again(recorded, function=None):
    """What became of a preprocessing, as plain values.

    Args:
        recorded: `path`, `pairs`, `random` and `libraries` of a `Preprocessing`, and `paths`,
            further places to import from.
        function: What to call in place of what the path leads to.

    Returns:
        A dictionary: `missing` (why it cannot be imported), or `definitions`, `settings`,
        `libraries`, `outputs` (what differs), and `raised` where it raised.
    """
    sys.path.extend(path for path in recorded.get("paths", ()) if path not in sys.path)
    try:
        item = resolve(recorded["path"]) if function is None else function
    except Exception as error:  # noqa: BLE001  whatever the user's module raises is the answer
        return {"missing": "%s: %s" % (type(error).__name__, error)}
    found = {"libraries": versions(recorded.get("libraries", ())), "outputs": []}
    found.update(describe(item, recorded["path"] if function is None else path_of(item)[0]))
    for index, pair in enumerate(() if recorded.get("random") else recorded["pairs"]):
        try:
            output = call(item, values.read(pair["raw"]))
        except Exception as error:  # noqa: BLE001  whatever the user's function raises is the answer
            told = "%s: %s" % (type(error).__name__, error)
            found["raised"] = {"example": index, "raw": pair["told"], "error": told[:500]}
            break
        for gap in differences(pair["output"], output):
            found["outputs"].append({"example": index, "raw": pair["told"], **gap})
    return found


def resolve(path):
    """What an import path, `shop.text:encode`, leads to.

    Raises:
        NotFound: If it is not defined in that module: a file that anyone may have written names
            it, so neither imported modules nor what they define can be reached through it.
        ImportError, AttributeError: As Python says.
    """
    module, _, name = path.partition(":")
    item = importlib.import_module(module)
    for part in name.split("."):
        if part.startswith("__"):
            raise NotFound("%s is not called from a file" % path)
        item = getattr(item, part)
        defined = getattr(item, "__module__", None)
        foreign = inspect.isroutine(item) and not inspect.ismethod(item) and defined != module
        if foreign or isinstance(item, types.ModuleType):
            raise NotFound("%s is defined in another module" % path)
    if inspect.isclass(item) or not callable(item):
        raise NotFound("%s is no function and no Keras layer" % path)
    return item


def path_of(item):
    """(`module:name`, "") from which a fresh process imports `item`, or ("", why there is none)."""
    name = getattr(item, "__qualname__", "")
    if inspect.ismethod(item):
        owner, why = path_of(item.__self__)
        return (owner and "%s.%s" % (owner, item.__name__)), why
    if inspect.isroutine(item) or inspect.isclass(item):
        return _path_of_definition(item, str(item.__module__), name)
    for module in list(sys.modules.values()):
        held = vars(module) if isinstance(module, types.ModuleType) else {}
        for attribute, value in list(held.items()):
            if value is item and module.__name__ != "__main__":
                return "%s:%s" % (module.__name__, attribute), ""
    return "", "no module holds it under a name"


def _path_of_definition(item, module, name):
    if "<lambda>" in name:
        return "", "it is a lambda"
    if "<locals>" in name:
        return "", "it is defined inside another function"
    if module == "__main__":
        return "", "it is defined in the script or notebook that is run, which cannot be imported"
    try:
        found = resolve("%s:%s" % (module, name))
    except (NotFound, ImportError, AttributeError) as error:
        return "", str(error)
    return ("%s:%s" % (module, name), "") if found is item else ("", "its name stands for another")


def describe(item, path):
    """{"definitions", "settings", "packages"} of a preprocessing."""
    module, _, name = path.partition(":")
    definitions, packages = source.definitions(module, name) if path else ({}, set())
    if not definitions and inspect.isfunction(item):
        definitions = source.of_object(item)
    settings = {}
    if is_keras(item):
        packages = packages | {"keras"}
        for holder, part, _ in walk.objects(item):
            label = holder.replace("model", type(item).__name__, 1)
            settings[label] = {name: _bounded(value) for name, value in _settings(part)}
    return {"definitions": definitions, "settings": settings, "packages": sorted(packages)}


def _settings(part):
    """(name, plain value) of an object's configuration, its vocabulary and its variables."""
    skipped = ("name", "layers", "build_input_shape", "vocabulary_size")
    held = []
    if callable(getattr(part, "get_vocabulary", None)):
        held.append(("get_vocabulary()", [str(term) for term in part.get_vocabulary()]))
    held += [item for item in traits.config_of(part).items() if item[0] not in skipped]
    for kind in ("_trainable_variables", "_non_trainable_variables"):
        held += [(found.name, running.value_of(found)) for found in getattr(part, kind, ())]
    for name, value in held:
        ok, comparable = traits.plain(value)
        if ok:
            yield name, comparable


def _bounded(value):
    """A setting of a size for a receipt: of a long list its first terms, its length and digest."""
    import numpy

    if isinstance(value, list) and len(value) > 256:
        whole = arrays.digest(numpy.array([repr(part) for part in value], dtype=object))
        return {"first": value[:64], "length": len(value), "digest": whole}
    return value


def is_keras(item):
    """Whether it is a layer or a model of Keras, which takes a batch."""
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(item, keras.layers.Layer)


def versions(names):
    """{distribution: version} of those that are installed here, and of Python."""
    from importlib import metadata

    def version(name):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return ""

    return {name: python() if name == "python" else version(name) for name in names}


def python():
    """Python's version without its patch: `3.11`; the tables of Unicode are part of it."""
    return ".".join(platform.python_version_tuple()[:2])


def call(item, raw):
    """The model input of one raw example; a Keras pipeline gets a batch of one."""
    if not is_keras(item):
        return item(raw)
    import numpy

    held = numpy.empty((), dtype=object) if isinstance(raw, (str, bytes)) else numpy.asarray(raw)
    if isinstance(raw, (str, bytes)):
        held[()] = raw
    rank = _rank(item)
    batch = held[None] if rank is None or held.ndim < rank else held
    while rank is not None and batch.ndim < rank:
        batch = batch[..., None]
    with running.no_gradients():
        outputs = item(running.to_tensors(batch))
    rows = dict(arrays.flatten(outputs, "output"))
    found = {path: arrays.to_array(leaf)[0][0] for path, leaf in rows.items()}
    return arrays.fill(arrays.structure(outputs, "output"), found)


def _rank(pipeline):
    inputs = getattr(pipeline, "inputs", None) if getattr(pipeline, "built", False) else None
    return len(inputs[0].shape) if inputs else None


def recorded(output):
    """A model input as JSON: {path of a leaf: array}."""
    return {path: values.sampled(array) for path, array in values.leaves(output)}


def differences(expected, output):
    """What of an output is not as it was recorded: the largest difference of each leaf."""
    now = dict(values.leaves(output))
    for path, before in expected.items():
        got = now.get(path)
        gap = {"got": "nothing"} if got is None else _difference(before, got)
        if gap:
            yield {"place": path, "expected": _form(before), **gap}


def _difference(before, got):
    import numpy

    if list(got.shape) != before["shape"] or _kind(got.dtype.name) != before["dtype"]:
        return {"got": "%s %s" % (_kind(got.dtype.name), list(got.shape))}
    step, shape = before.get("step", 1), got.shape
    want = values.read(before)
    got = values.read(values.written(got))
    got = got.reshape(-1)[::step] if step > 1 else got
    relative = compare.tolerance_of(got.dtype.name, None, False, False)
    gap = compare.difference("", want, got, (before["dtype"],) * 2, relative)
    if gap is None:
        return None
    place = gap["index"] if step == 1 else _unraveled(gap["index"][0] * step, shape)
    wrong = numpy.asarray(want != got)
    total = max(1, int(numpy.prod(shape)))
    return {
        "place": "output%s" % list(place),
        "expected": gap["expected"],
        "got": gap["got"],
        "largest": gap.get("largest"),
        "changed": round(float(wrong.mean()) * total),
        "total": total,
    }


def _unraveled(position, shape):
    import numpy

    return [int(part) for part in numpy.unravel_index(position, shape)]


def _form(array):
    return "%s %s" % (array["dtype"], array["shape"])


def _kind(name):
    return "object" if name.startswith(("str", "bytes", "object")) else name
