"""Walk every object of a model whose configuration or state goes into the file."""

from __future__ import annotations

import contextlib
import functools
import inspect

_PLAIN = (bool, int, float, str, type(None))
_REFERENCE = {}  # type: dict[str, frozenset[str]]
_BASES = {"layer": ("layers", "Layer"), "loss": ("losses", "Loss"), "metric": ("metrics", "Metric")}


def kind_of(item):
    """`model`, `layer`, `loss`, `metric`, `optimizer`, `part` (any other with a configuration)."""
    found = _kind_of_class(type(item))
    if not found and hasattr(item, "get_config") and not isinstance(item, type):
        return "part"
    return found


@functools.lru_cache(maxsize=4096)
def _kind_of_class(kind):
    import keras

    if issubclass(kind, keras.Model):
        return "model"
    if issubclass(kind, keras.layers.Layer):
        return "layer"
    if issubclass(kind, keras.losses.Loss):
        return "loss"
    if issubclass(kind, keras.metrics.Metric):
        return "metric"
    if issubclass(kind, keras.optimizers.Optimizer):
        return "optimizer"
    return ""


def is_builtin(item):
    """True for Keras's own classes and functions, and those of its public companions."""
    module = getattr(item, "__module__", None) or type(item).__module__
    return str(module).split(".")[0] in ("keras", "keras_hub", "keras_cv", "keras_nlp", "tf_keras")


def own_attributes(item):
    """Attributes (name, value) of `item` beyond those that its Keras base class has by itself.

    Keras's writer skips the same ones: they are its own bookkeeping. What the base class takes as
    an argument (`activity_regularizer`, an optimizer's `clipnorm`) is none of it.
    """
    held = getattr(item, "__dict__", {})
    for name in _own_names(kind_of(item), tuple(held)):
        yield name, held[name]


def objects(model):
    """Yield (holder, object, kind) for the model, its layers, loss, metrics and optimizer.

    `holder` is how the user would write it, `model.layers[2].cell`; it holds no automatic name,
    so it is the same before a save and after a reload.
    """
    seen = set()
    for item in _walk(model, "model", seen):
        yield item
    for attribute, value in _compiled_parts(model):
        for item in _walk(value, "model." + attribute, seen):
            yield item


def _compiled_parts(model):
    for attribute in ("loss", "optimizer"):
        value = getattr(model, attribute, None)
        if value is not None:
            yield attribute, value
    metrics = getattr(model, "_compile_metrics", None)
    for attribute in ("metrics", "weighted_metrics"):
        value = getattr(metrics, "_user_" + attribute, None)
        if value is not None:
            yield attribute, value


def _walk(item, holder, seen):
    if id(item) in seen:
        return
    if isinstance(item, (list, tuple, dict)):
        seen.add(id(item))  # a list may hold itself
    if isinstance(item, (list, tuple)):
        for index, value in enumerate(item):
            for found in _walk(value, "%s[%d]" % (holder, index), seen):
                yield found
        return
    if isinstance(item, dict):
        for key, value in list(item.items()):
            for found in _walk(value, "%s[%r]" % (holder, key), seen):
                yield found
        return
    kind = kind_of(item)
    if not kind:
        return
    seen.add(id(item))
    yield holder, item, kind
    if has_graph(item):
        for index, layer in enumerate(item.layers):
            for found in _walk(layer, "%s.layers[%d]" % (holder, index), seen):
                yield found
    for name, value in own_attributes(item):
        if type(value) in _PLAIN:
            continue
        if kind_of(value) or isinstance(value, (list, tuple, dict)):
            for found in _walk(value, "%s.%s" % (holder, name), seen):
                yield found


def has_graph(item):
    """Sequential, Functional, or a subclass: its layers are reached through `layers` first."""
    return _is_graph_class(type(item))


@functools.lru_cache(maxsize=4096)
def _is_graph_class(kind):
    return bool({base.__name__ for base in kind.__mro__} & {"Sequential", "Functional"})


# Of one class, objects have mostly the same attributes, set in the same order.
@functools.lru_cache(maxsize=4096)
def _own_names(kind, held):
    known = _base_attributes(kind)
    own = (name for name in held if name not in known and not name.startswith(("__", "_self_")))
    return tuple(sorted(own))


def _base_attributes(kind):
    if kind not in _REFERENCE:
        _REFERENCE[kind] = frozenset(_reference_attributes(kind))
    return _REFERENCE[kind]


def _reference_attributes(kind):
    """What Keras's base classes hold for themselves: all but their constructors' arguments."""
    import keras

    if kind == "model":
        inputs = keras.Input((1,))
        base, examples = keras.layers.Layer, [keras.Model(inputs, inputs), keras.Sequential()]
    elif kind == "optimizer":
        base = keras.optimizers.SGD.__mro__[1]
        examples = [base(1.0)]
    elif kind in _BASES:
        base = getattr(getattr(keras, _BASES[kind][0]), _BASES[kind][1])
        examples = [base()]
    else:
        return ()
    names = {name for example in examples for name in [*dir(example), *vars(example)]}
    return (names | {"_functional"}) - parameters_of(base)


@functools.lru_cache(maxsize=512)
def parameters_of(kind):
    """Names of the parameters of a class's constructor, and of those of its bases."""
    names = set()
    for base in kind.__mro__:
        with contextlib.suppress(TypeError, ValueError):
            names.update(inspect.signature(base.__init__).parameters)
    return frozenset(names - {"self", "args", "kwargs", "name"})
