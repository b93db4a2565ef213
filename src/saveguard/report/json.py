"""A report as JSON for a program: the keys of `Report`, indented."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saveguard.finding import Report


def render(report: Report) -> str:
    """The report as JSON text, with its `schema_version`; compare codes, not messages."""
    import msgspec

    return msgspec.json.format(report.to_json(), indent=2)
