"""Keras's walk over a model, as it saves and loads its state, without what it does in vain."""

from __future__ import annotations

import contextlib
import functools
import gc
import threading
from collections.abc import Iterator
from typing import Any

# Keras's own functions, once for each walk that is under way: several threads may walk at a time.
_walks: list[tuple[Any, Any]] = []
_alone = threading.Lock()


@contextlib.contextmanager
def walking_faster(saving_lib: Any) -> Iterator[None]:
    """Keras's walk over a model, with what it finds out about a class found out once.

    Keras 3.15.1 lists and sorts some 200 names of every object, to skip nearly all of them; and it
    keeps which to skip under one key and looks under another (`get_attr_skipset`), so that every
    object also costs a layer that is built and thrown away.
    """
    with _alone:
        if not _walks:
            _walks.append((saving_lib.get_attr_skipset, saving_lib._walk_saveable))
            found, walked = _walks[0]
            saving_lib.get_attr_skipset = functools.partial(_found_out, found)
            saving_lib._walk_saveable = functools.partial(_children, saving_lib, {}, walked)
        else:
            _walks.append(_walks[0])
    try:
        yield
    finally:
        with _alone:
            found, walked = _walks.pop()
            if not _walks:
                saving_lib.get_attr_skipset, saving_lib._walk_saveable = found, walked


@functools.cache
def _found_out(found: Any, kind: str) -> set[str]:
    """What Keras finds out by making an object of that kind, which no stateless scope allows."""
    from keras.src.backend.common import global_state

    scope = global_state.get_global_attribute("stateless_scope")
    global_state.set_global_attribute("stateless_scope", None)
    try:
        return set(found(kind))
    finally:
        global_state.set_global_attribute("stateless_scope", scope)


def _children(
    saving_lib: Any, classes: dict[type, list[str]], walked: Any, saveable: Any
) -> Iterator[tuple[str, Any]]:
    """What `saving_lib._walk_saveable` gives, in its order.

    Args:
        classes: The names that are not skipped of each class, filled on the way.
        walked: Keras's own function, for objects that say themselves what `dir` shall tell.
    """
    kind: Any = type(saveable)
    if kind.__dir__ is not object.__dir__ or not hasattr(saveable, "_obj_type"):
        yield from walked(saveable)
        return
    skipped = saving_lib.get_attr_skipset(saveable._obj_type())
    if kind not in classes:
        classes[kind] = [name for name in dir(kind) if not _is_skipped(name, skipped)]
    if saveable._obj_type() in ("Sequential", "Functional"):
        yield "layers", saveable.layers
    # A copy of the names, in one step: a training in another thread may set attributes.
    own = (name for name in list(vars(saveable)) if not _is_skipped(name, skipped))
    for name in sorted({*classes[kind], *own}, key=saving_lib._name_key):
        try:
            child = getattr(saveable, name)
        except Exception:  # noqa: BLE001  as Keras: what cannot be read is not stored
            continue
        yield name, child


def _is_skipped(name: str, skipped: set[str]) -> bool:
    return name.startswith("__") or name in skipped


@contextlib.contextmanager
def garbage_kept() -> Iterator[None]:
    """While the block runs, Python does not look for garbage.

    A configuration is ten thousands of small dictionaries; each few hundred of them have it walk
    over all that a framework has imported, which takes as long as making them.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
