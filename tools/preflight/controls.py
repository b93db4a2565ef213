"""Sound models: of `keras.applications` and keras-hub, fresh; the preflight has nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import keras
import msgspec
import numpy as np

import saveguard

# Of a family that differs in depth only, the deeper ones would cost minutes and tell nothing more.
ARCHITECTURES = (
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Small",
    "MobileNetV3Large",
    "VGG16",
    "ResNet50",
    "ResNet50V2",
    "EfficientNetB0",
    "EfficientNetV2B0",
    "ConvNeXtTiny",
    "Xception",
    "DenseNet121",
    "InceptionV3",
    "NASNetMobile",
    "EfficientNetB1",
    "EfficientNetV2B1",
)


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """One sound model, and what was found all the same."""

    name: str
    parameters: int
    told: tuple[str, ...] = ()


def applications(only: str = "") -> Iterator[tuple[str, Any]]:
    """(name, how to make a model and its example), with random weights and three classes."""
    for name in ARCHITECTURES:
        if only in name:
            yield name, partial(_compiled, getattr(keras.applications, name))


def tried(name: str, make: Callable[[], tuple[Any, Any]]) -> Control:
    """What the preflight tells of a model."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    model, example = make()
    report = saveguard.check(model, example)
    told = tuple(f"{one.code} {one.certainty} at {one.where}" for one in report.findings)
    return Control(name=name, parameters=int(model.count_params()), told=told)


def _compiled(make: Any) -> tuple[Any, Any]:
    """The model at the smallest size that it takes, and two images with their classes."""
    model = _made(make)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    draw = np.random.default_rng(0)
    x = draw.uniform(0, 1, (2, *model.input_shape[1:])).astype("float32")
    for layer in model.layers:
        # Without weights Keras leaves some of them unadapted, as SG409 tells.
        if hasattr(layer, "adapt") and getattr(layer, "input_mean", None) is None:
            layer.adapt(x)
    return model, (x, np.eye(3, dtype="float32")[:2])


def _made(make: Any) -> Any:
    for size in (32, 75, 96):
        try:
            return make(weights=None, input_shape=(size, size, 3), classes=3)
        except ValueError:
            continue
    raise ValueError(f"{make.__name__} takes no size that was tried")
