"""How an old model was compiled, given to the model of today's Keras as far as that knows it.

Keras 2 wrote a `training_config` with an `optimizer_config`, a loss and metrics, each a name or a
dictionary; Keras 3 a `compile_config`. What the outputs are does not depend on any of it, so that
what cannot be carried over is told, and stops nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from saveguard.migration import optimizer
from saveguard.migration.plan import Plan

Raw = Mapping[str, Any]
# Wrappers that only say how a plain function of losses or metrics is averaged.
_WRAPPERS = {"MeanMetricWrapper", "LossFunctionWrapper", "SparseMeanMetricWrapper"}
_RENAMED = {"lr": "learning_rate"}
_REDUCTIONS = {"auto": "sum_over_batch_size"}
# Where small gradients make another step, as the old ones added epsilon after the root.
_UNDER_THE_ROOT = ("RMSprop", "Adagrad")


def restore(model: Any, plan: Plan, custom: Raw) -> tuple[str, ...]:
    """Compile `model` as the old one was, its optimizer where it stood; what is lost, in words."""
    import keras

    training = plan.training
    if training is None:
        return ()
    try:
        with keras.saving.custom_object_scope(dict(custom)):
            _compile(model, training, plan.source.numbers)
    except Exception as error:  # noqa: BLE001  told in the receipt as not carried over
        told = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        return (f"how it was compiled ({told})",)
    left = optimizer.carry(model, plan)
    return (left,) if left else ()


def _compile(model: Any, training: Raw, numbers: tuple[int, ...]) -> None:
    if numbers < (3,) or "optimizer_config" in training:
        model.compile(**_arguments(training))
    else:
        model.compile_from_config(dict(training))


def _arguments(training: Raw) -> dict[str, Any]:
    """What `Model.compile` takes."""
    optimizer = training.get("optimizer_config", training.get("optimizer"))
    found = {
        "optimizer": _optimizer(optimizer) if isinstance(optimizer, dict) else optimizer,
        "loss": _nested(training.get("loss"), _loss),
        "metrics": _nested(_alone(training.get("metrics")), _metric),
        "loss_weights": training.get("loss_weights") or None,
        "weighted_metrics": _nested(_alone(training.get("weighted_metrics")), _metric),
    }
    return {key: value for key, value in found.items() if value is not None}


def _optimizer(raw: Raw) -> Any:
    import keras

    config = {_RENAMED.get(key, key): value for key, value in dict(raw.get("config", {})).items()}
    inner = config.get("inner_optimizer", config.get("optimizer"))
    if isinstance(inner, dict):  # a scale of losses around it, which float16 needs alone
        return _optimizer(inner)
    name = _short(raw.get("class_name"))
    kind = getattr(keras.optimizers, name, None) or type(keras.optimizers.get(name.lower()))
    rate, decay = config.get("learning_rate"), config.pop("decay", 0.0)
    if isinstance(rate, dict):
        named = {key: value for key, value in rate["config"].items() if key != "name" or value}
        written = {"class_name": rate.get("class_name"), "config": named}
        config["learning_rate"] = keras.optimizers.schedules.deserialize(written)
    elif decay and rate is not None:
        slower = keras.optimizers.schedules.InverseTimeDecay
        config["learning_rate"] = slower(rate, decay_steps=1, decay_rate=decay)
    if kind.__name__ in _UNDER_THE_ROOT and "use_ema" not in config:
        _squared(config)
    return kind(**_known(kind, config))


def _squared(config: dict[str, Any]) -> None:
    """`sqrt(v) + epsilon` of the optimizers before 2.11 as today's `sqrt(v + epsilon)`."""
    epsilon = config.get("epsilon")
    if epsilon and not config.get("momentum"):
        config["epsilon"] = epsilon**2


def _loss(raw: Raw | str) -> Any:
    import keras

    if isinstance(raw, str):
        keras.losses.get(
            raw
        )  # which raises where there is none; `compile` does so at the first step
        return raw
    config = dict(raw.get("config") or {})
    name = _short(raw.get("class_name"))
    if name in _WRAPPERS:
        return config.get("fn")
    config["reduction"] = _REDUCTIONS.get(str(config.get("reduction")), config.get("reduction"))
    kind = getattr(keras.losses, name, None)
    if kind is None:
        return keras.losses.get(dict(raw))
    return kind(**_known(kind, config)) if inspect.isclass(kind) else kind


def _metric(raw: Raw | str) -> Any:
    import keras

    if isinstance(raw, str):
        return raw
    config = dict(raw.get("config") or {})
    name = _short(raw.get("class_name"))
    if name in _WRAPPERS:
        return config.get("name") or config.get("fn")
    kind = getattr(keras.metrics, name, None)
    if kind is None:
        return keras.metrics.get(dict(raw))
    return kind(**_known(kind, config)) if inspect.isclass(kind) else kind


def _nested(value: Any, one: Any) -> Any:
    """Losses or metrics in lists and dictionaries by output."""
    if isinstance(value, dict):
        if "class_name" in value:
            return one(value)
        return {key: _nested(part, one) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_nested(part, one) for part in value] or None
    return one(value) if isinstance(value, str) else value


def _alone(value: Any) -> Any:
    """The list of a single output's metrics, which TensorFlow 2 puts into a list of its own."""
    only = value[0] if isinstance(value, list) and len(value) == 1 else None
    return only if isinstance(only, list) else value


def _short(name: Any) -> str:
    return str(name).rpartition(">")[2]


def _known(kind: Any, config: Raw) -> dict[str, Any]:
    """The arguments that a class takes today."""
    takes = inspect.signature(kind.__init__).parameters
    every = {"clipnorm", "clipvalue", "global_clipnorm", "weight_decay", "use_ema", "ema_momentum"}
    return {
        key: value
        for key, value in config.items()
        if value is not None and (key in takes or (key in every and "kwargs" in takes))
    }
