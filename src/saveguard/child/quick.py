"""Build a model from its configuration without what its weights will overwrite anyway.

Keras 3.15.1 runs every initializer before it reads the weights, and builds a Sequential anew after
each of its layers. Both are left out here, where the release of Keras has the places for it.
"""

from __future__ import annotations

import contextlib

from .taking import ALIGNMENT, given, number, taken


@contextlib.contextmanager
def quick_build():
    """While the block runs, variables begin as zeros, and a Sequential is built once.

    At its end every variable to which nothing was assigned gets what its initializer makes.
    """
    import keras

    variable, sequential = _places(keras)
    with contextlib.ExitStack() as stack:
        if variable is not None:
            stack.enter_context(_zeros_first(variable))
        if sequential is not None:
            stack.enter_context(_built_once(sequential))
        yield


def _places(keras):
    """The classes whose methods are exchanged, or None where they have others than expected."""
    try:
        from keras.src.backend import Variable
        from keras.src.saving import saving_lib  # noqa: F401  Keras 3, not 2.13 with its own `src`

        keras.ops  # noqa: B018
    except (ImportError, AttributeError):
        return None, None
    variable = Variable if hasattr(Variable, "_initialize_with_initializer") else None
    ready = hasattr(keras.Sequential, "_maybe_rebuild")
    return variable, keras.Sequential if ready else None


@contextlib.contextmanager
def _zeros_first(variable):
    """Random numbers are not drawn for values that are then read from a file."""
    begun, assigned = [], set()
    initialize, assign = variable._initialize_with_initializer, variable.assign

    def begin(self, initializer):
        begun.append((self, initializer))
        initialize(self, _zeros)

    def note(self, *values, **named):
        assigned.add(id(self))
        return assign(self, *given(self, values), **named)

    with exchanged(variable, _initialize_with_initializer=begin, assign=note):
        yield
    for one, initializer in begun:
        if id(one) not in assigned:
            one.assign(initializer(one.shape, dtype=one.dtype))


def _zeros(shape, dtype=None):
    """Zeros in memory that nothing has touched yet, which frameworks take over as it is."""
    import keras
    import numpy

    kind = number(dtype or "float32")
    if kind is None:
        return keras.ops.zeros(shape, dtype=dtype)
    size = int(numpy.prod(shape, dtype="int64")) * kind.itemsize
    room = numpy.zeros(size + ALIGNMENT, "uint8")
    first = -room.ctypes.data % ALIGNMENT
    return taken(room[first : first + size].view(kind).reshape(shape))


@contextlib.contextmanager
def _built_once(sequential):
    """`Sequential.from_config` adds all layers, and then builds."""
    found = vars(sequential)["from_config"]

    def from_config(cls, config, custom_objects=None):
        if cls.add is not sequential.add or "name" not in config:
            return found.__func__(cls, config, custom_objects)
        model = cls(name=config["name"])
        for layer in config["layers"]:
            model.add(_revived(layer, custom_objects), rebuild=False)
        if model._layers:
            model._maybe_rebuild()
        shape = config.get("build_input_shape")
        if not model._functional and shape and isinstance(shape, (tuple, list)):
            model.build(shape)
        return model

    with exchanged(sequential, from_config=classmethod(from_config)):
        yield


def _revived(layer, custom_objects):
    from keras.src.legacy.saving import saving_utils
    from keras.src.saving import serialization_lib

    if "module" not in layer:
        return saving_utils.model_from_config(layer, custom_objects=custom_objects)
    return serialization_lib.deserialize_keras_object(layer, custom_objects=custom_objects)


@contextlib.contextmanager
def exchanged(owner, **methods):
    """While the block runs, a class has other methods."""
    missing = object()
    held = {name: vars(owner).get(name, missing) for name in methods}
    for name, method in methods.items():
        setattr(owner, name, method)
    try:
        yield
    finally:
        for name, method in held.items():
            if method is missing:
                delattr(owner, name)
            else:
                setattr(owner, name, method)
