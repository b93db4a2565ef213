"""The steps of a migration, one file each, in the order in which they are taken."""

from __future__ import annotations

import importlib

from saveguard.migrate.step import Step

ORDER = ("sequential_list",)

STEPS: tuple[Step, ...] = tuple(
    importlib.import_module(f"saveguard.migrate.steps.{name}").step for name in ORDER
)
