"""A pytest plugin: the diagnosis as a section of a failing test's report.

It is found by pytest itself (entry point `pytest11`); `-p no:saveguard` leaves it out.
"""

from __future__ import annotations

from typing import Any

import pytest

TITLE = "saveguard"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Any:  # noqa: ARG001  pytest's own names
    """Add what the rules say of the exception that failed a test, or its setup."""
    report = yield
    if call.excinfo is not None and report.failed:
        from saveguard.diagnosis.hooks import diagnosis

        text = diagnosis(call.excinfo.value)
        if text:
            report.sections.append((TITLE, text))
    return report
