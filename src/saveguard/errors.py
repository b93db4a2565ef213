"""The one exception that Saveguard raises, and how a diagnosis rides on somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saveguard.finding import Report


class SaveguardError(Exception):
    """What was asked for could not be done; `.report` says why and what mends it.

    Where Keras or the operating system raised, their own exception goes on instead, with the
    same report attached (see `attach`), so that `except ValueError` keeps working.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(f"\n{report}")

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings, best first."""
        return self.report.codes


def attach(error: BaseException, report: Report) -> None:
    """Let `report` ride on `error`: as a note that Python prints under it, and as an attribute."""
    error.add_note(f"\n{report}")
    error.saveguard_report = report  # type: ignore[attr-defined]


def report_of(error: BaseException) -> Report | None:
    """The report that `attach` put on `error`, or the one of a `SaveguardError`."""
    if isinstance(error, SaveguardError):
        return error.report
    return getattr(error, "saveguard_report", None)
