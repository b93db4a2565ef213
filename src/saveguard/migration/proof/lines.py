"""A process that is asked in lines of JSON and answers in lines of JSON, started when asked."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import Any

_SAID = 2000
Lines = queue.SimpleQueue[str | None]


class Gone(Exception):
    """The process could not be started, ended, or took too long; says which."""


class Process:
    """One process; after it is gone, the next question starts another."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, limit: float
    ) -> None:
        self.command = list(command)
        self.environment = dict(environment)
        self.limit = limit
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
        self._lines: Lines = queue.SimpleQueue()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, request: Mapping[str, Any]) -> Any:
        """What it answers.

        Raises:
            Gone: If it does not.
        """
        try:
            process = self._started()
            assert process.stdin is not None
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = self._lines.get(timeout=self.limit)
        except OSError as error:
            self.end()
            raise Gone(f"{self.command[0]}: {error.strerror or error}") from error
        except queue.Empty:
            self.end()
            raise Gone(f"no answer within {self.limit:g} s") from None
        if line is None:
            status = process.wait()
            self.end()
            raise Gone(f"its process ended with {status}: {self._last()}")
        return json.loads(line)

    def end(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def close(self) -> None:
        """End the process; it is not asked again."""
        self.end()
        self._said.close()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._lines = queue.SimpleQueue()
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                text=True,
                env=self.environment,
            )
            listening = (self._process, self._lines)
            threading.Thread(target=_listen, args=listening, daemon=True).start()
        return self._process

    def _last(self) -> str:
        """The last line of what it wrote to standard error."""
        size = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, size - _SAID))
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _listen(process: subprocess.Popen[str], lines: Lines) -> None:
    assert process.stdout is not None
    with contextlib.suppress(ValueError, OSError):  # closed while reading
        for line in process.stdout:
            lines.put(line)
    lines.put(None)
