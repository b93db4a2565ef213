"""An exception that was raised elsewhere, as one that can be diagnosed here."""

from __future__ import annotations

import builtins


def recalled(kind: str, message: str) -> Exception:
    """An exception of the class named `kind`, whose text is `message`.

    A class of Python's own keeps its bases; any other is taken to be an `Exception`.
    """
    base = getattr(builtins, kind, Exception)
    if not (isinstance(base, type) and issubclass(base, Exception)):
        base = Exception
    made = type(kind, (base,), {"__init__": _nothing, "__str__": lambda _: message})
    error = made()
    assert isinstance(error, Exception)
    return error


def _nothing(_error: BaseException) -> None:
    """Some of Python's classes want arguments of their own."""
