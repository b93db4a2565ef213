"""Have Keras make the model of a rewritten configuration, and give it its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saveguard.child.quick import quick_build
from saveguard.errors import SaveguardError
from saveguard.finding import Finding, Report
from saveguard.migration import weights
from saveguard.migration.plan import Plan
from saveguard.migration.tree import copied
from saveguard.rules.loading import classes_wanted, migration_misfit, migration_refused


def make(plan: Plan, custom: Mapping[str, Any]) -> Any:
    """The model, built and with its weights.

    Raises:
        SaveguardError: SG285 if classes are missing, without a code if a vocabulary is, SG287 if
            Keras refuses the configuration, SG286 if arrays do not fit.
    """
    path = plan.source.path
    if plan.needs:
        raise _stopped(path, classes_wanted.asked(path, (need.wanted for need in plan.needs)))
    if plan.stopped:
        raise SaveguardError(Report(subject=path, not_read=plan.stopped))
    with quick_build():
        model = _deserialized(plan, custom)
        try:
            weights.assign(model, plan)
        except weights.Misfit as error:
            raise _stopped(path, migration_misfit.stopped(path, str(error))) from error
    return model


def _deserialized(plan: Plan, custom: Mapping[str, Any]) -> Any:
    """The model as Keras makes it of the configuration."""
    import keras

    try:
        with keras.saving.custom_object_scope(dict(custom)):
            return keras.saving.deserialize_keras_object(copied(plan.model), safe_mode=True)
    except Exception as error:
        path = plan.source.path
        raise _stopped(path, migration_refused.refused(path, error)) from error


def _stopped(path: str, finding: Finding) -> SaveguardError:
    return SaveguardError(Report(subject=path, findings=(finding,)))
