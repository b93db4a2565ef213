"""Print the diagnosis under tracebacks, in scripts, threads, IPython and a `with` block.

What is installed calls what was there before, first: the traceback is printed as ever, and what is
said of it comes below. Nothing here may raise, for it runs where another error is being told.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TextIO

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], Any]
_before: dict[str, Any] = {}


def install() -> None:
    """Print a diagnosis under each traceback from now on, also of threads and in IPython.

    The traceback itself stays as it is. Where no rule knows the error, nothing is added. Calling
    it twice is calling it once.
    """
    if _before:
        return
    _before["excepthook"] = sys.excepthook
    _before["threading"] = threading.excepthook
    sys.excepthook = _in_main
    threading.excepthook = _in_thread
    shell = _shell()
    if shell is not None:
        _before["shell"] = shell
        shell.set_custom_exc((Exception,), _in_shell)


def uninstall() -> None:
    """Take back what `install` did; a hook that was put above it since then is left in place."""
    if sys.excepthook is _in_main:
        sys.excepthook = _before["excepthook"]
    if threading.excepthook is _in_thread:
        threading.excepthook = _before["threading"]
    if "shell" in _before:
        _before["shell"].set_custom_exc((), None)
    _before.clear()


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext saveguard`: a diagnosis under the tracebacks of a notebook."""
    install()
    if "shell" not in _before:
        _before["shell"] = shell
        shell.set_custom_exc((Exception,), _in_shell)


def unload_ipython_extension(_shell: Any) -> None:
    """`%unload_ext saveguard`: take that back."""
    uninstall()


@contextmanager
def explaining() -> Iterator[None]:
    """Add the diagnosis to an exception that leaves the block, as a note; it stays what it is.

    with saveguard.explaining():
        model.fit(x, y)
    """
    try:
        yield
    except Exception as error:
        note(error)
        raise


def note(error: BaseException) -> None:
    """Add the diagnosis to an exception, once, where a rule knows it."""
    report = _report(error)
    if report is not None and getattr(error, "saveguard_report", None) is None:
        from saveguard.errors import attach

        attach(error, report)


def diagnosis(error: BaseException) -> str:
    """The text to print under a traceback; empty where there is nothing to say.

    An exception that already carries its report has told it.
    """
    if getattr(error, "saveguard_report", None) is not None or hasattr(error, "codes"):
        return ""
    report = _report(error)
    return "" if report is None else str(report)


def _report(error: BaseException) -> Any:
    from saveguard.diagnosis.report import explain

    try:
        report = explain(error)
    except Exception:  # noqa: BLE001  another error is being told, and must not be hidden
        return None
    return report if report.findings else None


def _print(error: BaseException | None, stream: TextIO | None = None) -> None:
    text = diagnosis(error) if error is not None else ""
    if text:
        print(f"\n{text}", file=stream or sys.stderr)


def _in_main(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    _before.get("excepthook", sys.__excepthook__)(kind, error, traceback)
    _print(error)


def _in_thread(arguments: threading.ExceptHookArgs) -> None:
    _before.get("threading", threading.__excepthook__)(arguments)
    _print(arguments.exc_value)


def _in_shell(
    shell: Any, kind: type, error: BaseException, traceback: Any, tb_offset: int | None = None
) -> None:
    """IPython hands its exceptions over; they are shown as it would have shown them."""
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
    _print(error)


def _shell() -> Any:
    """The running IPython shell, or None; IPython is not imported to ask it."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None else None
