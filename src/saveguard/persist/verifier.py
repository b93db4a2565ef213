"""The warm process that proves files: started once an interpreter, asked again and again."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent.parent / "child"
_NAME = "_saveguard_child"
# The package is loaded under a private name, and its folder is in nobody's import path.
_BOOT = (
    "import importlib.util as u, sys;"
    f"s = u.spec_from_file_location({_NAME!r}, sys.argv[1] + '/__init__.py',"
    " submodule_search_locations=[sys.argv[1]]);"
    f"m = u.module_from_spec(s); sys.modules[{_NAME!r}] = m; s.loader.exec_module(m);"
    f"from {_NAME}.serve import main; sys.argv[:] = ['']; main()"
)
_SAID = 8000  # bytes: a native traceback, which stands last
_warm: dict[tuple[str, str], Verifier] = {}


class Verifier:
    """One warm process of one interpreter.

    Args:
        python: Path of the interpreter.
        backend: The Keras backend to use there, or empty for that environment's own.
    """

    def __init__(self, python: str, backend: str) -> None:
        self.python = python
        self.owner = os.getpid()
        self.dead = False
        self._lock = threading.Lock()
        self._asked_at = 0
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [python, "-c", _BOOT, str(_FOLDER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
            env=_environment(python, backend),
        )
        self.starting = True
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, request: dict[str, Any], limit: float) -> dict[str, Any]:
        """The answer to one request, within `limit` seconds, the process's own start included.

        Returns:
            What the child answered; or `timeout`; or `exit` with its status or negative signal,
            both with the `stage` that it had reached; or `failed` where the interpreter has no
            Keras (with `stage` `start`).
        """
        with self._lock:
            self._asked_at = self._stderr.seek(0, os.SEEK_END)
            end = time.monotonic() + limit
            if self.starting:
                ready = self._next(end)
                if ready is None or "ready" not in ready:
                    return {"stage": "start", **self._gone(ready, limit)}
                self.starting = False
            assert self.process.stdin is not None
            try:
                self.process.stdin.write(json.dumps(request) + "\n")
                self.process.stdin.flush()
            except OSError:
                return self._gone({"exit": self.process.wait()}, limit)
            return self._answer(end, limit)

    def close(self) -> None:
        """End the process."""
        self.dead = True
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def said(self) -> str:
        """The end of what the process wrote to standard error since it was last asked."""
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(self._asked_at, size - _SAID))
        return self._stderr.read().decode(errors="replace").strip()

    def _answer(self, end: float, limit: float) -> dict[str, Any]:
        child, at = 0, {"stage": "import"}
        while True:
            message = self._next(end)
            if message is None and child:
                self._end(child)
                return {"timeout": limit, **at}
            if message is None or "gone" in message:
                return {**self._gone(message, limit), **at}
            if "child" in message:
                child = message["child"]
            elif "reached" in message:
                at = {"stage": message["reached"]}
            else:
                return {**at, **message}

    def _end(self, child: int) -> None:
        """Kill a fork that hangs, and read to its end what the process still tells of it."""
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
        end = time.monotonic() + 10
        while (message := self._next(end)) and not {"exit", "gone"} & message.keys():
            pass
        if message is None:  # told later, it would be taken for the answer to what is asked next
            self.close()

    def _gone(self, message: dict[str, Any] | None, limit: float) -> dict[str, Any]:
        """The process hung, died or has no Keras: it is of no further use."""
        if message is None:
            answer: dict[str, Any] = {"timeout": limit}
        elif "failed" in message:
            answer = dict(message)
        else:
            answer = {"exit": self.process.wait()}
        self.close()
        return answer

    def _next(self, end: float) -> dict[str, Any] | None:
        try:
            line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            return None
        return {"gone": True} if line is None else dict(json.loads(line))

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(ValueError, OSError):  # closed while reading
            for line in self.process.stdout:
                self._lines.put(line)
        self._lines.put(None)


def verifier(python: str | None = None, backend: str = "") -> Verifier:
    """The warm process of an interpreter (this one's by default), started if need be.

    Raises:
        OSError: If there is no such interpreter, or it cannot be executed.
    """
    key = (python or sys.executable, backend)
    found = _warm.get(key)
    if (
        found is None
        or found.dead
        or found.owner != os.getpid()
        or found.process.poll() is not None
    ):
        found = _warm[key] = Verifier(*key)
    return found


def _environment(python: str, backend: str) -> dict[str, str]:
    """The child's environment: the CPU, as this process may hold the GPU's whole memory."""
    variables = dict(os.environ)
    variables.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    variables["CUDA_VISIBLE_DEVICES"] = "-1"
    variables["JAX_PLATFORMS"] = "cpu"
    variables["PYTHONIOENCODING"] = "utf-8"
    if backend:
        variables["KERAS_BACKEND"] = backend
    if python != sys.executable:
        for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
            variables.pop(name, None)
    return variables


@atexit.register
def close_all() -> None:
    """End every warm process that this process started."""
    for found in _warm.values():
        if found.owner == os.getpid():
            found.close()
    _warm.clear()
