"""Diagnose an exception that was raised in a known stage."""

from __future__ import annotations

from saveguard.finding import Report
from saveguard.rules import registry


def diagnose(error: BaseException, stage: str, where: str) -> Report:
    """What the rules make of `error`, best first.

    Args:
        stage: Where it was raised: `save`, `load`, `predict`, `fit`, `evaluate`.
        where: What was being done it to: a path, or a model.

    Returns:
        A report; where no rule knows the exception it says so under `not_read`.
    """
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    found = tuple(f for part in chain for f in registry.notice_error(part, stage, where))
    unknown = () if found else (f"no rule knows this error: {_head(error)}",)
    return Report(subject=where, findings=tuple(dict.fromkeys(found)), not_read=unknown)


def _head(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:200]
