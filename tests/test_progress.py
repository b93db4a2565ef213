"""Progress is for a person who looks at a terminal, and for nobody else."""

from __future__ import annotations

import io
import sys
import time

import pytest

from saveguard.cli import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, *, quiet: bool = False) -> str:
    """What is written while three items come, a second each."""
    clock = iter(range(100))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(sys, "stderr", stream)
    assert list(progress.shown("abc", 3, quiet=quiet)) == ["a", "b", "c"]
    return stream.getvalue()


def test_a_terminal_is_told_and_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert told(monkeypatch, Terminal()) == "\r2 of 3 files\r3 of 3 files\r\x1b[K"


def test_nobody_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert told(monkeypatch, io.StringIO()) == ""
    assert told(monkeypatch, Terminal(), quiet=True) == ""
    monkeypatch.setenv("CI", "true")
    assert told(monkeypatch, Terminal()) == ""
