"""Sound models: of `keras.applications` and keras-hub, fresh; the preflight has nothing to say."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import keras
import msgspec
import numpy as np

import saveguard
from tools.preflight import backbones

# Of a family that differs in depth only, the deepest would cost minutes and tell nothing more.
MOST_PARAMETERS = 31_000_000


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """One sound model, and what was found all the same."""

    name: str
    parameters: int
    told: tuple[str, ...] = ()


def applications(only: str = "") -> Iterator[tuple[str, Any]]:
    """(name, how to make it) of the architectures, with random weights and three classes."""
    for name, make in sorted(vars(keras.applications).items()):
        if inspect.isfunction(make) and only in name and name[0].isupper():
            yield name, make


def tried(name: str, make: Any) -> Control | None:
    """The model at the smallest size that it takes; None where it is too large."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    model = _made(make)
    parameters = int(model.count_params())
    if parameters > MOST_PARAMETERS:
        return None
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    draw = np.random.default_rng(0)
    x = draw.uniform(0, 1, (2, *model.input_shape[1:])).astype("float32")
    y = np.eye(3, dtype="float32")[:2]
    return _checked(name, model, (x, y))


def backbone(name: str, model: Any) -> Control:
    """A backbone of keras-hub, which has no loss of its own."""
    return _checked(name, model, backbones.example(model))


def _checked(name: str, model: Any, example: Any) -> Control:
    report = saveguard.check(model, example)
    told = tuple(f"{one.code} {one.certainty} at {one.where}" for one in report.findings)
    return Control(name=name, parameters=int(model.count_params()), told=told)


def _made(make: Any) -> Any:
    for size in (32, 75, 96, 224, 331):
        try:
            return make(weights=None, input_shape=(size, size, 3), classes=3)
        except ValueError:
            continue
    raise ValueError(f"{make.__name__} takes no size that was tried")
