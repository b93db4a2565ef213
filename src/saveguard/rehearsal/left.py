"""Leave a model exactly as it was found, whatever is done with it in between.

What hangs on the model is remembered container by container: attributes, lists, dictionaries and
sets, of its layers and of the user's own objects. A layer that was built in between is unbuilt
again, as its attributes and its trackers' lists are what they were; nothing is copied but
references, and only a container that did change is written.
"""

from __future__ import annotations

import collections
import contextlib
import random
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from saveguard.child import running
from saveguard.model.untracked import is_variable

# Their objects keep no state of a model's that could be put back by attributes.
_FOREIGN = {"tensorflow", "jax", "jaxlib", "torch", "numpy", "h5py", "threading", "logging", "_io"}
_LEAVES = (str, bytes, int, float, complex, type(None), type, types.ModuleType, np.ndarray)
_CALLABLES = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
Undo = Callable[[], None]


@contextlib.contextmanager
def left_as_found(model: Any) -> Iterator[None]:
    """Put back, at the end, everything that hangs on `model`, and what is drawn at random.

    That is: which objects and variables there are, what is built, every plain attribute, the
    values of states (metrics, seeds, recurrent states), the random generators of Python, NumPy,
    torch and Keras, and Keras's counters of automatic names. Trained weights are not copied: to
    call a model in inference mode does not write them.
    """
    undo = [_container(one) for one in _containers(model)]
    undo += [_names(), _randomness()]
    try:
        with running.states_kept(model):
            yield
    finally:
        for put_back in undo:
            put_back()


def _containers(model: Any) -> Iterator[Any]:
    """Every dictionary, list and set that can be reached, attributes' own dictionaries too."""
    seen: set[int] = set()
    waiting = [model]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _LEAVES) or id(one) in seen:
            continue
        seen.add(id(one))
        held = _held(one)
        if held is None:
            continue
        if not isinstance(held, tuple):
            yield held
        waiting.extend(held.values() if isinstance(held, dict) else held)


def _held(one: Any) -> Any:
    """The container that an object is, or that holds its attributes; None where it is neither."""
    if isinstance(one, (dict, list)):
        return getattr(one, "__wrapped__", one)  # TensorFlow's proxies of lists and dictionaries
    if isinstance(one, (set, frozenset, tuple)):
        return one if isinstance(one, set) else tuple(one)
    if isinstance(one, _CALLABLES):
        return tuple(_closure(one))
    if _is_foreign(one) or is_variable(one):
        return None
    attributes = getattr(one, "__dict__", None)
    return attributes if type(attributes) is dict else None


def _closure(function: Any) -> Iterator[Any]:
    for cell in getattr(function, "__closure__", None) or ():
        with contextlib.suppress(ValueError):
            yield cell.cell_contents


def _is_foreign(one: Any) -> bool:
    """Of a framework; but a layer of Keras's derives from theirs, and is not."""
    return type(one).__module__.split(".")[0] in _FOREIGN


def _container(held: Any) -> Undo:
    """How to put a container back; written by the plain type's methods, as Keras's track."""
    if isinstance(held, dict):
        kind: Any = collections.OrderedDict if isinstance(held, collections.OrderedDict) else dict
        kept = dict(held)

        def put_back() -> None:
            if list(held) != list(kept) or any(held[key] is not kept[key] for key in kept):
                kind.clear(held)
                kind.update(held, kept)

        return put_back
    kind = list if isinstance(held, list) else set
    before = list(held)

    def refill() -> None:
        now = list(held)
        if len(now) != len(before) or any(a is not b for a, b in zip(now, before, strict=True)):
            kind.clear(held)
            (list.extend if kind is list else set.update)(held, before)

    return refill


def _names() -> Undo:
    """Keras numbers the objects that were given no name; those of ours must not count."""
    from keras.src.backend.common import global_state

    counts = global_state.get_global_attribute("object_name_uids")
    kept = None if counts is None else dict(counts)

    def put_back() -> None:
        now = global_state.get_global_attribute("object_name_uids")
        if now is not None:
            now.clear()
            now.update(kept or {})

    return put_back


def _randomness() -> Undo:
    """What an initializer or a layer without a seed draws from."""
    from keras.src.backend.common import global_state
    from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR

    python, legacy = random.getstate(), np.random.get_state()
    torch = sys.modules.get("torch")
    state = None if torch is None else torch.get_rng_state()
    generator = global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)
    drawn = None if generator is None else running.value_of(generator.state)

    def put_back() -> None:
        random.setstate(python)
        np.random.set_state(legacy)
        if torch is not None:
            torch.set_rng_state(state)
        if generator is not None:
            generator.state.assign(drawn)
        global_state.set_global_attribute(GLOBAL_SEED_GENERATOR, generator)

    return put_back
