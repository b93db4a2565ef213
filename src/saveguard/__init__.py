"""Saveguard makes Keras models come back.

    receipt = saveguard.save(model, "m.keras", example=batch)   # proven in a fresh process
    model = saveguard.load("m.keras")                           # checked before it is executed
    report = saveguard.verify("m.keras", python="/other/env/bin/python")
    report = saveguard.explain(error)                           # or the text of a traceback

Importing this package imports nothing else; each function brings what it needs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from saveguard.version import __version__

if TYPE_CHECKING:
    from saveguard.contract import Contract
    from saveguard.data.audit import audit
    from saveguard.diagnosis.hooks import (
        explaining,
        install,
        load_ipython_extension,
        uninstall,
        unload_ipython_extension,
    )
    from saveguard.diagnosis.report import explain
    from saveguard.errors import SaveguardError
    from saveguard.examine.diff import diff
    from saveguard.examine.inspect import inspect
    from saveguard.finding import Finding, Report
    from saveguard.migration.load import load
    from saveguard.migration.whole import migrate
    from saveguard.model.guard import guard
    from saveguard.persist.preprocessing import preprocessing
    from saveguard.persist.rescue import rescue, restore
    from saveguard.persist.save import save
    from saveguard.persist.verify import verify
    from saveguard.persist.weights import load_weights
    from saveguard.receipt import Receipt
    from saveguard.rehearsal.check import check
    from saveguard.sequences.bucket import bucket
    from saveguard.sequences.keras_form import pad_sequences
    from saveguard.sequences.pad import pad
    from saveguard.sharing.hub import push
    from saveguard.sharing.mlflow import log_model
    from saveguard.training.checkpoint import Checkpoint
    from saveguard.training.impact import impact
    from saveguard.training.preflight import preflight

_HOMES = {
    "Checkpoint": "training.checkpoint",
    "Contract": "contract",
    "Finding": "finding",
    "Receipt": "receipt",
    "Report": "finding",
    "SaveguardError": "errors",
    "audit": "data.audit",
    "bucket": "sequences.bucket",
    "check": "rehearsal.check",
    "diff": "examine.diff",
    "explain": "diagnosis.report",
    "explaining": "diagnosis.hooks",
    "impact": "training.impact",
    "inspect": "examine.inspect",
    "guard": "model.guard",
    "install": "diagnosis.hooks",
    "load": "migration.load",
    "load_weights": "persist.weights",
    "load_ipython_extension": "diagnosis.hooks",
    "log_model": "sharing.mlflow",
    "migrate": "migration.whole",
    "pad": "sequences.pad",
    "pad_sequences": "sequences.keras_form",
    "preflight": "training.preflight",
    "preprocessing": "persist.preprocessing",
    "push": "sharing.hub",
    "rescue": "persist.rescue",
    "restore": "persist.rescue",
    "save": "persist.save",
    "uninstall": "diagnosis.hooks",
    "unload_ipython_extension": "diagnosis.hooks",
    "verify": "persist.verify",
}

__all__ = [
    "Checkpoint",
    "Contract",
    "Finding",
    "Receipt",
    "Report",
    "SaveguardError",
    "__version__",
    "audit",
    "bucket",
    "check",
    "diff",
    "explain",
    "explaining",
    "guard",
    "impact",
    "inspect",
    "install",
    "load",
    "load_ipython_extension",
    "load_weights",
    "log_model",
    "migrate",
    "pad",
    "pad_sequences",
    "preflight",
    "preprocessing",
    "push",
    "rescue",
    "restore",
    "save",
    "uninstall",
    "unload_ipython_extension",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'saveguard' has no attribute {name!r}")
    return getattr(importlib.import_module(f"saveguard.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
