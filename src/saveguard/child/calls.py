"""What each layer of a model takes and gives while the model is called.

The same code watches the live model and the reloaded one, so that the two lists can be laid side by
side: the first layer that takes the same and gives something else is where they part.
"""

from __future__ import annotations

import contextlib
import functools
import inspect

from . import arrays, walk

# Of a large output every so many-th element is kept: what differs, differs in most of them.
_MOST = 1 << 16


@contextlib.contextmanager
def watched(model, calls, values=False):
    """While the block runs, append every call of a layer of `model` to `calls`, as it ends.

    Each is a dictionary: `holder`, as the user would write it; `name`, `class`, `builtin`; `mask`,
    whether an input and an output carry a mask; `carries`, whether the layer hands masks on, and
    `reads`, whether its `call` takes one; `raised`, where it raised. With `values` also `inputs`
    and `outputs`: the elements of each tensor, and its form.
    """
    import keras

    holders = {id(item): holder for holder, item, _ in walk.objects(model)}
    kept = keras.layers.Layer.__call__

    @functools.wraps(kept)
    def call(layer, *args, **kwargs):
        if id(layer) not in holders:
            return kept(layer, *args, **kwargs)
        one = _described(layer, holders[id(layer)], [args, kwargs], values)
        try:
            outputs = kept(layer, *args, **kwargs)
            _complete(one, outputs, values)
        except Exception as error:
            one["raised"] = "%s: %s" % (type(error).__name__, error)
            raise
        finally:
            calls.append(one)
        return outputs

    keras.layers.Layer.__call__ = call
    try:
        yield calls
    finally:
        keras.layers.Layer.__call__ = kept


def first_raised(calls):
    """The innermost call that raised, or None."""
    return next((one for one in calls if "raised" in one), None)


def _described(layer, holder, given, values):
    one = {
        "holder": holder,
        "name": str(layer.name),
        "class": type(layer).__name__,
        "builtin": walk.is_builtin(type(layer)),
        "carries": bool(getattr(layer, "supports_masking", False)),
        "reads": _takes_mask(type(layer)),
        "mask": [_has_mask(given), False],
    }
    if values:
        one["inputs"] = _sampled(given)
    return one


def _complete(one, outputs, values):
    one["mask"][1] = _has_mask(outputs)
    if values:
        one["outputs"] = _sampled(outputs)


@functools.lru_cache(maxsize=None)
def _takes_mask(kind):
    try:
        return "mask" in inspect.signature(kind.call).parameters
    except (TypeError, ValueError, AttributeError):
        return False


def _leaves(value):
    for part in value if isinstance(value, list) else [value]:
        for _, leaf in arrays.flatten(part, ""):
            yield leaf


def _has_mask(value):
    return any(getattr(leaf, "_keras_mask", None) is not None for leaf in _leaves(value))


def _sampled(value):
    """[(elements, form)] of the tensors in nested values; what has no value yet is left out."""
    import numpy

    found = []
    for leaf in _leaves(value):
        if not hasattr(leaf, "shape"):
            continue
        try:
            array, _ = arrays.to_array(leaf)
        except Exception:  # noqa: BLE001  a tensor of a graph has no value, and says so in many ways
            continue
        form = "%s %s" % (list(array.shape), array.dtype.name)
        if array.dtype.kind in "OUS":
            continue
        flat = array.astype("float32" if array.dtype.kind == "V" else array.dtype).reshape(-1)
        found.append((numpy.array(flat[:: 1 + flat.size // _MOST]), form))
    return found
