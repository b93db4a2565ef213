"""Keras's configuration of a model, as it tells it, without what it does in vain."""

from __future__ import annotations

import contextlib
import copy
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from saveguard.child.quick import exchanged
from saveguard.child.traits import traits
from saveguard.persist.exchange import Exchange

# Of these Keras's serialisation gives the value itself.
_PLAIN = frozenset({bool, int, float, str, type(None)})


def told(model: Any) -> tuple[str, str]:
    """The model's configuration and its metadata, each as JSON.

    Raises:
        Exception: Whatever Keras raises for a model that cannot tell its configuration.
    """
    from keras.src.saving import saving_lib

    with faster():
        config, metadata = saving_lib._serialize_model_as_json(model)
    return str(config), str(metadata)


def traits_of(model: Any) -> dict[str, Any]:
    """As `saveguard.child.traits.traits`, which asks every object for its configuration."""
    with faster():
        return dict(traits(model))


@contextlib.contextmanager
def _exchanged() -> Iterator[None]:
    from keras.src.models import functional, sequential
    from keras.src.saving import saving_lib, serialization_lib

    serialize = _Serialiser(serialization_lib.serialize_keras_object)
    backend = _Backend(serialization_lib.backend)
    copying = SimpleNamespace(**{**vars(copy), "deepcopy": serialize.copied})
    with contextlib.ExitStack() as stack:
        stack.enter_context(
            exchanged(
                serialization_lib,
                serialize_keras_object=serialize,
                backend=backend,
                tf=_TensorFlow(serialization_lib.tf),
            )
        )
        stack.enter_context(exchanged(saving_lib, serialize_keras_object=serialize))
        for module in (functional, sequential):
            stack.enter_context(exchanged(module, copy=copying))
        yield


# Keras 3.15.1 serialises a layer, and then walks over what came of it once more for each model
# around it, and copies all of it; most of the time goes into asking plain values what they are.
faster = Exchange(_exchanged)


class _Backend:
    """A backend that knows at once that an object of Keras's is no tensor of the framework."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__[name] = getattr(self._backend, name)
        return found

    def is_tensor(self, item: Any) -> bool:
        """As the backend's."""
        kind = type(item)
        own = kind.__module__.startswith("keras.") and not hasattr(kind, "__array__")
        return False if own else bool(self._backend.is_tensor(item))


class _TensorFlow:
    """TensorFlow, where it was imported: what never was has no objects to be told.

    Keras 3.15.1 imports it at the first configuration that it tells, on JAX and torch too.
    """

    def __init__(self, original: Any) -> None:
        self._original = original

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    @property
    def available(self) -> bool:
        """Whether a value may be one of TensorFlow's."""
        return "tensorflow" in sys.modules and bool(self._original.available)


class _Serialiser(threading.local):
    """Keras's `serialize_keras_object`, without its twenty questions for what is plain.

    Keras tells each layer of a model, copies what came of it, and walks over the copy to tell what
    was told. Where its own class put the layers together, these are taken as they are.
    """

    def __init__(self, original: Callable[[Any], Any]) -> None:
        self._original = original
        self._own = False
        self._layers: dict[int, Any] = {}  # told and copied, by identity, of the model in work

    def __call__(self, item: Any) -> Any:
        kind = type(item)
        if kind in _PLAIN or id(item) in self._layers:
            return item
        if kind is dict:
            return {
                name: part if type(part) in _PLAIN else self(part) for name, part in item.items()
            }
        if kind is list or kind is tuple:
            return kind([self(part) for part in item])
        before = self._own, self._layers
        self._own, self._layers = kind.__module__.startswith("keras."), {}
        try:
            return self._original(item)
        finally:
            self._own, self._layers = before

    def copied(self, item: Any) -> Any:
        """The copy that a model makes: of its layers, or of a configuration that holds them."""
        if type(item) is not dict:
            return self._told(item)
        return {
            name: self._told(part) if name == "layers" else _copied(part)
            for name, part in item.items()
        }

    def _told(self, layers: Any) -> Any:
        if not self._own or type(layers) is not list:
            return _copied(layers)
        made = [_unshared(layer) for layer in layers]
        self._layers = {id(layer): layer for layer in made}
        return made


def _unshared(layer: dict[str, Any]) -> dict[str, Any]:
    """A copy of what was told of a layer, in which Keras notes no object that is shared later.

    Of a class of its own what lies deeper is a copy already; others may hand out whole objects.
    """
    own = str(layer.get("module")).startswith("keras.")
    return dict(layer) if own else _copied(layer)


def _copied(item: Any) -> Any:
    """What `copy.deepcopy` gives."""
    kind = type(item)
    if kind in _PLAIN:
        return item
    if kind is dict:
        return {name: _copied(part) for name, part in item.items()}
    if kind is list or kind is tuple:
        return kind([_copied(part) for part in item])
    return copy.deepcopy(item)
