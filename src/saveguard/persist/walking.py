"""Keras's walk over a model, as it saves and loads its state, without what it does in vain."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from saveguard.child.quick import exchanged
from saveguard.persist.exchange import Exchange

_CONTAINERS = (list, dict, tuple)
# A list may hold itself: what lies deeper is left to Keras.
_DEEPEST = 4


@contextlib.contextmanager
def _exchanged() -> Iterator[None]:
    from keras.src.saving import saving_lib
    from keras.src.saving.keras_saveable import KerasSaveable

    found, walked = saving_lib.get_attr_skipset, saving_lib._walk_saveable
    # Keras asks for the name of each layer's class, of which there are few.
    named = functools.cache(saving_lib.naming.to_snake_case)
    children = functools.partial(_children, saving_lib, KerasSaveable, {}, walked)
    with exchanged(
        saving_lib,
        get_attr_skipset=functools.partial(_found_out, found),
        _walk_saveable=children,
        file_utils=_Places(saving_lib.file_utils),
        naming=SimpleNamespace(**{**vars(saving_lib.naming), "to_snake_case": named}),
    ):
        yield


# Keras 3.15.1 lists and sorts some 200 names of every object, to skip nearly all of them; and it
# keeps which to skip under one key and looks under another (`get_attr_skipset`), so that every
# object also costs a layer that is built and thrown away. Here what it finds out about a class is
# found out once.
walking_faster = Exchange(_exchanged)


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
    saving_lib: Any, base: type, classes: dict[type, list[str]], walked: Any, saveable: Any
) -> Iterator[tuple[str, Any]]:
    """What `saving_lib._walk_saveable` gives, in its order, but for what holds no state.

    Args:
        base: The class of what holds state.
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
        if _may_hold_state(child, base):
            yield name, child


def _may_hold_state(child: Any, base: type, depth: int = 0) -> bool:
    """Whether Keras's walk goes on from there: most containers hold plain values, or nothing."""
    if not isinstance(child, _CONTAINERS):
        return isinstance(child, base)
    held = list(child.values() if isinstance(child, dict) else child)
    return depth > _DEEPEST or any(_may_hold_state(part, base, depth + 1) for part in held)


class _Places:
    """Keras's `file_utils`, which asks of each place in the file whether it is a remote one."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    def join(self, path: str, *parts: str) -> str:
        """As Keras's own."""
        near = ":" not in path and not path.startswith("/")
        return os.path.join(path, *parts) if near else str(self._original.join(path, *parts))


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
