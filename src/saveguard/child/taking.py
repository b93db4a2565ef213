"""Tensors in the memory of NumPy arrays that nobody else uses, instead of in copies."""

from __future__ import annotations

import contextlib
import sys

# Frameworks take over the memory of an array that begins there.
ALIGNMENT = 64
# Of smaller arrays a copy costs less than asking.
_LARGE = 1 << 16
# References that CPython counts of an array which only a tuple of arguments holds, asked for there.
_ALONE = 2


def number(name):
    """NumPy's dtype of that name, or that of ml_dtypes; None where there is none."""
    import numpy

    try:
        return numpy.dtype(name)
    except TypeError:
        import ml_dtypes

        kind = getattr(ml_dtypes, str(name), None)
        return None if kind is None else numpy.dtype(kind)


def taken(array):
    """The backend's tensor of an array that nobody writes to any more, in its memory if it can be.

    TensorFlow 2.21 copies every array that it converts, but for those that come by DLPack; so does
    JAX 0.10, but for those that it is to put on a device.
    """
    import keras

    backend = keras.backend.backend()
    # Kinds that a framework does not take so, as bfloat16 of TensorFlow, are copied.
    with contextlib.suppress(Exception):
        if backend == "tensorflow" and array.nbytes >= _LARGE:
            import tensorflow

            return tensorflow.experimental.dlpack.from_dlpack(array.__dlpack__())
        if backend == "jax" and array.nbytes >= _LARGE:
            import jax

            return jax.device_put(array)
    return keras.ops.convert_to_tensor(array)


def given(variable, values):
    """The arguments of `variable.assign`, so that nobody else can write to what it then holds.

    An array that is theirs alone is taken over; one that somebody else holds is copied first, as
    JAX uses even that in place.
    """
    import numpy

    if len(values) != 1 or type(values[0]) is not numpy.ndarray:
        return values
    if sys.getrefcount(values[0]) > _ALONE or _is_shared(values[0]):
        return (values[0].copy(),)
    return (taken(values[0]),) if _fits(variable, values[0]) else values


def _is_shared(array):
    """Whether anything but the array refers to the memory in which it lies."""
    room = array.base
    if room is None:
        return False
    # Beside the array, the name here and the question refer to it.
    owned = type(room) is type(array) and room.flags.owndata
    return not owned or sys.getrefcount(room) > _ALONE + 1


def _fits(variable, array):
    """Whether a framework can use it as the variable's value without a change."""
    same = array.dtype.name == variable.dtype and array.shape == tuple(variable.shape)
    in_order = array.flags.c_contiguous and array.flags.writeable
    return same and in_order and not array.ctypes.data % ALIGNMENT
