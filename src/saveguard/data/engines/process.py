"""A process of its own that reads one part after another, and both ends of what is said to it.

It is a plain `python -c`, and no child of `multiprocessing`: that would run the user's script once
more in each worker, and end there where the script has no `if __name__ == "__main__":`.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
from typing import Any

from saveguard.data.source import Part
from saveguard.data.summary import Summary

_BOOT = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer);"
    " from saveguard.data.engines.process import serve; serve()"
)
# What comes of a process that is gone, of an answer that was cut short, and of a closed pipe.
_GONE = (EOFError, OSError, pickle.UnpicklingError, ValueError)


class Process:
    """One process; after it died, the next part starts another.

    Args:
        work: The pickled `Work`.
    """

    def __init__(self, work: bytes) -> None:
        self._work, self._closed = work, False
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def summary(self, number: int, part: Part) -> Summary | None:
        """The summary of a part; None if the process died with it, or was closed.

        Raises:
            ChildProcessError: If it ended before it could read.
            TypeError: If the work cannot be unpickled there.
            Exception: What reading the part raised.
        """
        with self._lock:
            if self._closed:
                return None
            new = self._process is None
            process = self._process = self._process or _started()
        if new and not self._begun(process):
            return None
        try:
            _say(process.stdin, pickle.dumps((number, part)))
            failed, found = pickle.load(process.stdout)  # type: ignore[arg-type]
        except _GONE:
            self._end()
            return None
        if failed is not None:
            raise failed
        summary: Summary = found
        return summary

    def close(self) -> None:
        """End the process; it is not asked again."""
        self._closed = True
        self._end()

    def _begun(self, process: subprocess.Popen[bytes]) -> bool:
        """Hand over the work; whether it was taken before anybody closed this."""
        try:
            _say(process.stdin, pickle.dumps(_path()) + self._work)
            why = pickle.load(process.stdout)  # type: ignore[arg-type]
        except _GONE as error:
            if self._closed:
                return False
            status = process.wait()
            self._end()
            what = f"{sys.executable} ended with {status} before it could read any data"
            raise ChildProcessError(f"{what}: engine='local' needs no process") from error
        if why:
            self._end()
            raise TypeError(
                f"no other process can take this source: {why}; define its class in a module"
                " that can be imported, not in the script itself, or use engine='local'"
            )
        return True

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]


def _started() -> subprocess.Popen[bytes]:
    # Ctrl-C is for whoever asked: a session of its own is not reached by it.
    return subprocess.Popen(
        [sys.executable, "-c", _BOOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def _path() -> list[str]:
    return [os.path.abspath(folder) for folder in sys.path]


def _say(pipe: Any, said: bytes) -> None:
    pipe.write(said)
    pipe.flush()


def serve() -> None:
    """The other end: take the work, then summarise each part that is asked for."""
    from saveguard.data.work import summarise

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no sessions
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    try:
        work = pickle.load(asked)
    except (AttributeError, ImportError, TypeError, ValueError) as error:
        _say(told, pickle.dumps(f"{type(error).__name__}: {error}"))
        return
    _say(told, pickle.dumps(""))
    while True:
        try:
            number, part = pickle.load(asked)
        except EOFError:
            return
        answer: tuple[Exception | None, Summary | None]
        try:
            answer = (None, summarise(work, number, part))
        except Exception as error:  # noqa: BLE001  raised again where the part was asked for
            error.add_note(f"In the process that read {part.name}:\n{traceback.format_exc()}")
            answer = (error, None)
        _say(told, pickle.dumps(answer))
