"""`build` and `run`: an old archive as a model of today's Keras, and as a file."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any

from saveguard.facts import Frozen
from saveguard.migration.plan import Plan, plan
from saveguard.receipt import Receipt


class Migration(Frozen, frozen=True):
    """What a migration did.

    Attributes:
        plan: The changes, and what was not carried over.
        path: The new file.
        receipt: That the new file reloads to the model that was built.
    """

    plan: Plan
    path: str
    receipt: Receipt


def build(
    old: str | os.PathLike[str] | Plan,
    *,
    custom: Mapping[str, Any] | None = None,
    without: Collection[str] = (),
) -> Any:
    """The model in an old archive, as a model of today's Keras, with its weights.

    Args:
        old: The archive, or the plan of its migration.
        custom: Classes and functions by the names that the file has for them.
        without: Names of steps to leave out.

    Raises:
        SaveguardError: If it needs classes that are not given (all of them are named), if its
            weights do not fit, or as `plan` does.
    """
    from saveguard.migration.make import make

    given = dict(custom or {})
    planned = old if isinstance(old, Plan) else plan(old, custom=given, without=without)
    return make(planned, given)


def run(
    old: str | os.PathLike[str] | Plan,
    new: str | os.PathLike[str],
    *,
    custom: Mapping[str, Any] | None = None,
    without: Collection[str] = (),
    **options: Any,
) -> Migration:
    """Migrate the archive `old` to the file `new`; `old` is never written to.

    Args:
        old: The archive, or the plan of its migration.
        new: The `.keras` file to write.
        custom: Classes and functions by the names that the file has for them.
        without: Names of steps to leave out.
        options: As `saveguard.save` takes them: `example`, `prove`, `keep_previous`, ...

    Raises:
        SaveguardError: As `build`; and if the new file does not reload to the same outputs.
    """
    from saveguard.persist.save import save

    given = dict(custom or {})
    planned = old if isinstance(old, Plan) else plan(old, custom=given, without=without)
    model = build(planned, custom=given)
    return Migration(planned, os.fspath(new), save(model, new, **options))
