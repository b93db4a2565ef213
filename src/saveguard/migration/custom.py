"""Classes and functions of a model's author, as a caller gives them."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from saveguard.errors import SaveguardError
from saveguard.finding import Report


def given(custom: Mapping[str, Any] | Iterable[str]) -> dict[str, Any]:
    """Them by the names that files have for them.

    Texts are `module:Class`, or `Name=module:Class` where the file has another name for it; the
    folder that the process was started in is looked into, too.

    Raises:
        SaveguardError: If a text names nothing.
    """
    if isinstance(custom, Mapping):
        return {
            name: _imported(one) if isinstance(one, str) else one for name, one in custom.items()
        }
    return {_name(text): _imported(text.partition("=")[2] or text) for text in custom}


def places(custom: Mapping[str, Any]) -> dict[str, str]:
    """Where another process finds them: `module:Class` by name."""
    named = {name: (one.__module__, one.__qualname__) for name, one in custom.items()
             if hasattr(one, "__qualname__")}  # fmt: skip
    return {
        name: f"{module}:{qualified}"
        for name, (module, qualified) in named.items()
        if module != "__main__" and "<" not in qualified
    }


def _name(text: str) -> str:
    name, equals, _ = text.partition("=")
    return name if equals else text.rpartition(":")[2].rpartition(".")[2]


def _imported(text: str) -> Any:
    module, colon, attribute = text.partition(":")
    if not colon:
        raise _refused(text, "give it as module:Class")
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise _refused(text, f"{type(error).__name__}: {error}") from error
    return found


def _refused(text: str, why: str) -> SaveguardError:
    return SaveguardError(Report(subject=text, not_read=(f"custom {text!r}: {why}",)))
