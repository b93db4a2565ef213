"""Which objects of a model a save asks for their configuration."""

from __future__ import annotations

from typing import Any

import msgspec

from saveguard.facts import ObjectFacts

# What is no exception of `get_config`, and stops nothing before the file is read.
NO_DICTIONARY = "TypeError: get_config() returned"


def asked(model: Any, objects: tuple[ObjectFacts, ...]) -> tuple[ObjectFacts, ...]:
    """Without the errors of configurations that a save does not ask for.

    A model whose constructor makes its layers may leave them out of its own configuration, as
    keras-hub's backbones do: what their `get_config` raises is then never met.
    """
    if not any(item.config_error for item in objects) or not _can_be_told(model):
        return objects
    return tuple(
        item
        if item.config_error.startswith(NO_DICTIONARY)
        else msgspec.structs.replace(item, config_error="")
        for item in objects
    )


def _can_be_told(model: Any) -> bool:
    """Whether Keras can tell the configuration of the model as a whole, as a save does."""
    import keras

    try:
        keras.saving.serialize_keras_object(model)
    except Exception:  # noqa: BLE001  each object's own error is among its facts
        return False
    return True
