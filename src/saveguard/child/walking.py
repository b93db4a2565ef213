"""Keras's walk over a model, as it saves and loads its state, without what it does in vain.

Keras 3.15.1 lists and sorts some 200 names of every object, to skip nearly all of them; and it
keeps which to skip under one key and looks under another (`get_attr_skipset`), so that every
object also costs a layer that is built and thrown away. Here what it finds out about a class is
found out once.
"""

from __future__ import annotations

import contextlib
import functools
import os
from types import SimpleNamespace

from .quick import exchanged

_CONTAINERS = (list, dict, tuple)
_PLAIN = frozenset([bool, int, float, str, type(None)])
# A list may hold itself: what lies deeper is left to Keras.
_DEEPEST = 4
_PLACES = ("get_attr_skipset", "_walk_saveable", "_name_key", "file_utils", "naming")


@contextlib.contextmanager
def quick_walk():
    """While the block runs, Keras's walk passes by what holds no state.

    Releases that have other places for this are left as they are.
    """
    try:
        from keras.src.saving import saving_lib
        from keras.src.saving.keras_saveable import KerasSaveable
    except ImportError:
        yield
        return
    if not all(hasattr(saving_lib, name) for name in _PLACES):
        yield
        return
    # Keras asks for the name of each layer's class, of which there are few.
    named = functools.lru_cache(maxsize=None)(saving_lib.naming.to_snake_case)
    with exchanged(
        saving_lib,
        get_attr_skipset=functools.partial(_found_out, saving_lib.get_attr_skipset),
        _walk_saveable=functools.partial(
            _children, saving_lib, KerasSaveable, {}, saving_lib._walk_saveable
        ),
        file_utils=_Places(saving_lib.file_utils),
        naming=SimpleNamespace(**{**vars(saving_lib.naming), "to_snake_case": named}),
    ):
        yield


@functools.lru_cache(maxsize=None)
def _found_out(found, kind):
    """What Keras finds out by making an object of that kind, which no stateless scope allows."""
    from keras.src.backend.common import global_state

    scope = global_state.get_global_attribute("stateless_scope")
    global_state.set_global_attribute("stateless_scope", None)
    try:
        return set(found(kind))
    finally:
        global_state.set_global_attribute("stateless_scope", scope)


def _children(saving_lib, base, names, walked, saveable):
    """What `saving_lib._walk_saveable` gives, in its order, but for what holds no state.

    Args:
        base: The class of what holds state.
        names: Those that are not skipped, of each class and attributes, filled on the way.
        walked: Keras's own function, for objects that say themselves what `dir` shall tell.
    """
    kind = type(saveable)
    if kind.__dir__ is not object.__dir__ or not hasattr(saveable, "_obj_type"):
        yield from walked(saveable)
        return
    skipped = saving_lib.get_attr_skipset(saveable._obj_type())
    if saveable._obj_type() in ("Sequential", "Functional"):
        yield "layers", saveable.layers
    # A copy of the names, in one step: a training in another thread may set attributes. Of one
    # class, objects have mostly the same, set in the same order.
    held = (kind, *vars(saveable))
    if held not in names:
        all_of_it = {name for name in (*dir(kind), *held[1:]) if not _is_skipped(name, skipped)}
        names[held] = sorted(all_of_it, key=saving_lib._name_key)
    for name in names[held]:
        try:
            child = getattr(saveable, name)
        except Exception:  # noqa: BLE001  as Keras: what cannot be read is not stored
            continue
        if type(child) not in _PLAIN and _may_hold_state(child, base):
            yield name, child


def _is_skipped(name, skipped):
    return name.startswith("__") or name in skipped


def _may_hold_state(child, base, depth=0):
    """Whether Keras's walk goes on from there: most containers hold plain values, or nothing."""
    if not isinstance(child, _CONTAINERS):
        return isinstance(child, base)
    held = list(child.values() if isinstance(child, dict) else child)
    return depth > _DEEPEST or any(_may_hold_state(part, base, depth + 1) for part in held)


class _Places:
    """Keras's `file_utils`, which asks of each place in the file whether it is a remote one."""

    def __init__(self, original):
        self._original = original

    def __getattr__(self, name):
        return getattr(self._original, name)

    def join(self, path, *parts):
        """As Keras's own."""
        near = ":" not in path and not path.startswith("/")
        return os.path.join(path, *parts) if near else str(self._original.join(path, *parts))
