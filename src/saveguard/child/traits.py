"""The plain values that a model's objects hold: what a reload must give back beside variables.

`traits` of a model before its save and of the model that came back are compared value by value,
which finds a constructor argument that Keras's own configuration drops without any list of names.
"""

from __future__ import annotations

import contextlib
import functools
import inspect

from . import arrays
from .running import is_compiled
from .walk import is_builtin, kind_of, objects, own_attributes, parameters_of

# Names that a reload may change by right: automatic names, and paths made of them.
_SKIPPED = {"name", "_name", "path", "_path", "_auto_config", "_build_shapes_dict", "_lock"}
_LARGEST = 4096


def traits(model, automatic=False):
    """{holder: {"class", "builtin", "kind", "values", "arguments", "config"}} of a model.

    Args:
        automatic: Also values that an object chose by itself, as its argument was None. Before
            the save they bind nobody; after it, None may be what became of a value, and no
            configuration is asked for.
    """
    return {holder: describe(item, kind, automatic) for holder, item, kind in objects(model)}


def describe(item, kind, automatic=False):
    """The plain values of one object; see `traits`."""
    values, config = {}, {} if automatic else config_of(item)
    for name, value in _values(item, kind):
        if isinstance(value, dict) and all(isinstance(part, str) for part in value):
            for part in value:
                _add(values, "%s[%r]" % (name, part), value[part])
        else:
            _add(values, name, value)
    return {
        "class": type(item).__name__,
        "builtin": is_builtin(type(item)),
        "kind": kind,
        "values": {n: v for n, v in values.items() if automatic or not _chosen(n, config)},
        "arguments": constructor_arguments(item),
        "config": sorted(map(str, config)),
    }


def plain(value, inside=()):
    """(True, comparable) for a plain value, else (False, None).

    Lists, tuples and arrays are the same here, as JSON makes lists of all of them; functions and
    classes are their qualified names; what is large is its shape and digest.

    Args:
        inside: The identities of the containers around it: one that holds itself is not plain.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return True, value
    if isinstance(value, float):
        return True, value if value == value else "nan"
    if isinstance(value, bytes):
        return True, repr(value)
    if isinstance(value, (list, tuple, dict)):
        inside = (*inside, id(value))
        return (False, None) if id(value) in inside[:-1] else _plain_container(value, inside)
    if isinstance(value, (set, frozenset)):
        return True, sorted(map(repr, value))
    if inspect.isfunction(value) or inspect.isclass(value):
        return True, getattr(value, "__qualname__", "").split(".<locals>.")[-1]
    if type(value).__module__ == "numpy" or type(value).__module__.startswith("ml_dtypes"):
        return _plain_array(value)
    if hasattr(value, "__array__") and not hasattr(value, "assign"):  # a tensor, no variable
        return _plain_tensor(value)
    return False, None


def constructor_arguments(item):
    """Names of the parameters of the object's constructor, or of the function that it wraps."""
    names = set(parameters_of(type(item)))
    with contextlib.suppress(TypeError, ValueError):
        names.update(inspect.signature(getattr(item, "fn", None)).parameters)
    return sorted(names)


def config_of(item):
    """The object's configuration; empty where `get_config` raises."""
    try:
        return item.get_config()
    except Exception:  # noqa: BLE001  what it raises is found by the preflight, under its own code
        return {}


def _chosen(name, config):
    """An argument that the configuration records as None: the object chose a value by itself."""
    return name in config and config[name] is None


def _values(item, kind):
    builtin, mentioned = is_builtin(type(item)), _mentioned(type(item))
    for name, value in own_attributes(item):
        # A private attribute that the user's class never mentions is Keras's own bookkeeping.
        foreign = not builtin and name.startswith("_") and name not in mentioned
        if name not in _SKIPPED and not foreign:
            # An object is compared by itself; here counts that it is there, and of what class.
            yield name, type(value).__name__ if kind_of(value) else value
    if kind in ("layer", "model"):
        yield "trainable", bool(item.trainable)
        # The argument of a layer; a Functional model takes the policy of the day, and uses none.
        name = "dtype" if kind == "layer" else "dtype_policy"
        yield name, getattr(getattr(item, "dtype_policy", None), "name", None)
    if kind == "model":
        yield "compiled", is_compiled(item)
    if kind in ("loss", "metric"):
        yield "reduction", getattr(item, "reduction", None)
        yield "dtype", str(getattr(item, "dtype", None))
    if callable(getattr(item, "get_vocabulary", None)):
        yield "get_vocabulary()", _vocabulary(item)


@functools.lru_cache(maxsize=512)
def _mentioned(kind):
    """Every name that the code of a class and of its bases outside Keras mentions."""
    pending = [
        getattr(member, "__code__", None)
        for base in kind.__mro__
        if base is not object and not is_builtin(base)
        for member in vars(base).values()
    ]
    names = set()
    while pending:
        code = pending.pop()
        if code is not None:
            names.update(code.co_names)
            pending += [part for part in code.co_consts if hasattr(part, "co_names")]
    return names


def _vocabulary(layer):
    import numpy

    try:
        return numpy.array([str(term) for term in layer.get_vocabulary()], dtype=object)
    except Exception as error:  # noqa: BLE001  compared as text: both sides must raise the same
        return "%s: %s" % (type(error).__name__, error)


def _add(values, name, value):
    ok, comparable = plain(value)
    if ok:
        values[name] = comparable


def _plain_container(value, inside):
    import numpy

    if isinstance(value, dict):
        if not all(name is None or isinstance(name, (bool, int, float, str)) for name in value):
            return False, None  # keys that are objects have no name that a reload would keep
        parts = {str(name): plain(part, inside) for name, part in list(value.items())[:_LARGEST]}
        return all(ok for ok, _ in parts.values()), {n: part for n, (_, part) in parts.items()}
    if len(value) > _LARGEST and all(isinstance(part, (int, float, str)) for part in value):
        return _plain_array(numpy.array(value))
    parts = [plain(part, inside) for part in value[:_LARGEST]]
    return all(ok for ok, _ in parts), [part for _, part in parts]


def _plain_tensor(value):
    try:
        return _plain_array(arrays.to_array(value)[0])
    except Exception:  # noqa: BLE001  a tensor of a graph has no value, and says so in many ways
        return False, None


def _plain_array(value):
    import numpy

    if isinstance(value, numpy.dtype):
        return True, str(value)
    if not isinstance(value, (numpy.ndarray, numpy.generic)):
        return False, None
    if value.dtype.kind in "fV" and value.dtype.names is None:  # V: bfloat16 and its like
        value = value.astype("float64")
    if value.size <= _LARGEST:
        return plain(value.tolist())
    wide = value.astype("float64" if value.dtype.kind in "biuf" else object)
    return True, [list(wide.shape), arrays.digest(wide)]
