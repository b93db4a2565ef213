"""Have Keras make the model of a rewritten configuration, and give it its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.migration import weights
from saveguard.migration.needs import Need
from saveguard.migration.plan import Plan
from saveguard.migration.tree import copied


def make(plan: Plan, custom: Mapping[str, Any]) -> Any:
    """The model, built and with its weights.

    Raises:
        SaveguardError: If classes are missing, Keras refuses the configuration, or arrays do not
            fit.
    """
    import keras

    if plan.needs:
        raise SaveguardError(_wanting(plan, plan.needs))
    with keras.saving.custom_object_scope(dict(custom)):
        model = keras.saving.deserialize_keras_object(copied(plan.model), safe_mode=True)
    try:
        weights.assign(model, plan)
    except weights.Misfit as error:
        raise SaveguardError(Report(subject=plan.source.path, not_read=(str(error),))) from error
    return model


def _wanting(plan: Plan, needs: tuple[Need, ...]) -> Report:
    told = tuple(
        f"{need.role} {need.name}({', '.join(need.arguments)}): {', '.join(need.places)}"
        for need in needs
    )
    return Report(subject=plan.source.path, not_read=told)
