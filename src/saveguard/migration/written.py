"""A planned migration carried out: built, held against the old version, written, reloaded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.migration import origin, training
from saveguard.migration.plan import Plan
from saveguard.migration.proof import environments, record
from saveguard.migration.proof.asking import Ask
from saveguard.migration.proof.compare import Comparison, compared
from saveguard.migration.proof.golden import Golden
from saveguard.migration.run import build
from saveguard.model import contract as contracts
from saveguard.persist.golden import Recording
from saveguard.persist.save import Pending
from saveguard.persist.steps import Save
from saveguard.persist.target import layout_of
from saveguard.receipt import Change, Migration, Receipt
from saveguard.rules import registry


def write(
    plan: Plan, new: str, custom: Mapping[str, Any], ask: Ask | None, limit: float
) -> Receipt:
    """Build the model, compare it with the old version's answers, and write it as `new`.

    Raises:
        SaveguardError: As `saveguard.migrate`.
    """
    layout_of(new)  # refuses a target that cannot be written before anything is built
    model = build(plan, custom=custom)
    contract = contracts.read(model)
    golden = ask(contract) if ask is not None else None
    if golden is None:
        comparison = Comparison(verdict="not proven", told=(_unasked(plan),))
        recorded = record.own(model, contract)
    else:
        comparison = compared(model, golden, contract)
        recorded = record.of(model, golden, comparison, contract)
    left = training.restore(model, plan, custom)
    migration = _migration(plan, comparison, golden, left)
    return finished(model, plan.source.path, new, recorded, migration, comparison, limit, left)


def finished(
    model: Any,
    old: str,
    new: str,
    recorded: Recording | None,
    migration: Migration,
    found: Comparison,
    limit: float,
    left: tuple[str, ...] = (),
) -> Receipt:
    """Write the model as `new` and have a fresh process reload it; `left` is what is not carried.

    Raises:
        SaveguardError: If it answers otherwise than the old version, or does not come back.
    """
    save = Save(model, new, layout_of(new), True, False, limit, set(), None)
    pending = _pending(save, recorded, migration, left)
    if found.verdict == "differs":
        raise _refused(old, pending, migration, found)
    return pending.finish()


def _pending(
    save: Save, recorded: Recording | None, migration: Migration, left: tuple[str, ...]
) -> Pending:
    """The file, written beside its name."""
    save.migration, save.recorded = migration, recorded
    save.findings += [registry.module("SG444").lost(migration.source, one) for one in left]
    return Pending(save, *save.begin(None, None))


def _migration(
    plan: Plan, found: Comparison, golden: Golden | None, left: tuple[str, ...]
) -> Migration:
    source = plan.source
    changes = (
        Change(step=one.step, place=one.place, told=one.told, exact=one.exact)
        for one in plan.applied
    )
    return Migration(
        source=os.path.basename(os.path.normpath(source.path)),
        digest=origin.digest(source.path),
        saved_by=origin.saved_by(source.keras, source.facts.versions.get("tensorflow", "")),
        steps=tuple(changes),
        verdict="equal" if found.verdict == "equal" else "not proven",
        by="" if golden is None else golden.source,
        difference=found.difference,
        limit=found.limit,
        samples=0 if golden is None else golden.rows,
        told=(*found.told, *plan.told, *left),
    )


def _unasked(plan: Plan) -> str:
    """Why nothing is proven, what may have changed numbers, and the command that would prove it."""
    close = dict.fromkeys(one.step for one in plan.applied if one.exact == "close")
    rounds = f"; these steps change numbers: {', '.join(close)}" if close else ""
    release = environments.suggested(
        plan.source.keras, plan.source.facts.versions.get("tensorflow", "")
    )
    return f"nobody gave the old version's outputs (--with-uv {release!r} asks it){rounds}"


def _refused(old: str, pending: Pending, migration: Migration, found: Comparison) -> SaveguardError:
    """The error for a model that answers otherwise; its file is put aside."""
    told = (f"the new file was kept as {pending.put_aside().name}",)
    finding = registry.module("SG440").differs(
        old,
        migration.by,
        (found.where, found.expected, found.got),
        (found.difference or 0.0, found.limit),
    )
    return SaveguardError(
        Report(subject=pending.path, findings=(finding,), read=told, not_read=found.told)
    )
