"""Saves that go on behind what the program does next: one thread, in the order of their calls."""

from __future__ import annotations

import atexit
import concurrent.futures.thread  # its own end at exit is to come after ours
import contextlib
import html
import os
import queue
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

from saveguard.persist import snapshot
from saveguard.receipt import Receipt

Done = Callable[["Saving"], None]
# Those that are under way, and those that failed and whose error nobody has seen.
_open: list[Saving] = []


class Saving:
    """A save that is under way in the background; see `saveguard.save`.

    Attributes:
        path: The file, as it was given.
    """

    def __init__(self, path: str, work: Callable[[], Receipt], done: Done | None = None) -> None:
        self.path = path
        self.owner = os.getpid()
        self._work = work
        self._told_to = done
        self._seen = done is not None
        self._future: concurrent.futures.Future[Receipt] = concurrent.futures.Future()
        self._ended = threading.Event()

    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self._future.done()

    def result(self, timeout: float | None = None) -> Receipt:
        """Wait until the file is proven and has its name; returns its receipt.

        Raises:
            TimeoutError: If that takes more than `timeout` seconds; the save goes on.
            SaveguardError, Exception: As `saveguard.save`.
            RuntimeError: In a fork of the process that saves.
        """
        if self.owner != os.getpid() and not self.done():
            raise RuntimeError(f"{self.path} is saved by process {self.owner}, which began it")
        try:
            receipt = self._future.result(timeout)
        finally:
            self._seen = self._seen or self.done()
        return receipt

    def run(self) -> None:
        """Do the work, and tell whoever is to be told; in the thread of the background."""
        try:
            self._future.set_result(self._work())
        except BaseException as error:  # noqa: BLE001  raised by `result`, or told later
            self._future.set_exception(error)
        try:
            if self._told_to is not None:
                self._told_to(self)
        except Exception:  # noqa: BLE001  whoever was told failed, and the saves after this go on
            sys.excepthook(*sys.exc_info())
        finally:
            del self._work, self._told_to
            self._ended.set()

    def wait(self) -> None:
        """Wait until it has ended, and whoever is to be told of it was told."""
        self._ended.wait()

    def untold(self) -> str:
        """What was raised, in words, if nobody has seen it; and now it was told."""
        error = self._future.exception() if self.done() and not self._seen else None
        self._seen = self._seen or self.done()
        if error is None:
            return ""
        return f"{self.path} was not saved in the background: {type(error).__name__}: {error}"

    def __repr__(self) -> str:
        return f"<background save of {self.path!r}: {self._state()}>"

    def _repr_html_(self) -> str:
        if self.done() and self._future.exception() is None:
            return self._future.result()._repr_html_()
        return f"<pre>{html.escape(repr(self))}</pre>"

    def _state(self) -> str:
        if not self.done():
            return "under way"
        error = self._future.exception()
        if error is not None:
            codes = ", ".join(getattr(error, "codes", ()))
            return f"failed, {codes or type(error).__name__}"
        return "proven" if self._future.result().proven else "saved, not proven"


class _Thread:
    """The one thread, which lives as long as the process, and what it has been given to do."""

    jobs: queue.SimpleQueue[Saving] = queue.SimpleQueue()
    running: threading.Thread | None = None

    @classmethod
    def begin(cls) -> None:
        """Begin it, where there is none yet in this process."""
        if cls.running is None:
            cls.running = threading.Thread(
                target=_run, args=(cls.jobs,), name="saveguard-background", daemon=True
            )
            cls.running.start()

    @classmethod
    def forget(cls) -> None:
        """In a fork: the thread is the parent's, and so is what it does."""
        cls.jobs, cls.running = queue.SimpleQueue(), None


def submit(saving: Saving) -> Saving:
    """Have the thread of the background do it, after all that it was given before."""
    _open.append(saving)
    _Thread.jobs.put(saving)
    _Thread.begin()
    return saving


def settle(path: str | os.PathLike[str] | None = None) -> None:
    """Wait for the saves that are under way: all, or those to one path; errors stay theirs."""
    real = None if path is None else os.path.realpath(path)
    for saving in tuple(_open):
        if real in (None, os.path.realpath(saving.path)) and saving.owner == os.getpid():
            saving.wait()


def tell_errors() -> None:
    """Warn of saves that failed, and whose `result` nobody has asked for."""
    for told in _untold():
        warnings.warn(told, RuntimeWarning, stacklevel=4)


def _untold() -> list[str]:
    told = [saving.untold() for saving in list(_open)]
    _open[:] = [saving for saving in _open if not saving.done()]
    return [text for text in told if text]


def _run(jobs: queue.SimpleQueue[Saving]) -> None:
    while True:
        jobs.get().run()


def _at_exit() -> None:
    """Wait for what is under way, and tell what nobody has asked for; Ctrl-C gives it up."""
    try:
        settle()
    except KeyboardInterrupt:
        left = [Path(saving.path).name for saving in _open if not saving.done()]
        sys.stderr.write(f"given up, the files before them stay: {', '.join(left)}\n")
    for told in _untold():
        sys.stderr.write(f"{told}\n")


def _forget_after_fork() -> None:
    _Thread.forget()
    _open.clear()
    snapshot.forget_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
# Before the pools of threads are closed that a save needs: `atexit` comes after that.
_before_threads_end = getattr(threading, "_register_atexit", atexit.register)
with contextlib.suppress(RuntimeError):  # the interpreter is ending already
    _before_threads_end(_at_exit)
