"""Files looked at in processes of their own: on every core, and with a verdict whatever happens.

A file may be made to crash the library that reads it, or to keep it busy for ever. That ends the
process that reads it, which is told as not read, and another one goes on with the rest.
"""

from __future__ import annotations

import collections
import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

import msgspec

from saveguard.finding import Report

# A rule may read every value of a large file on a slow disk.
LIMIT = 300.0
# How many files a process is given at a time, so that it need not wait for the next.
_AHEAD = 4
_FILES_A_CORE = 64
# The readers' own budgets are far below; this is for what they did not foresee.
_MEMORY = 1 << 30
_BYTES_A_CORE = 1 << 28

Look = Callable[[int], Report]
Failed = Callable[[int, str], Report]


def cores(sizes: Sequence[int]) -> int:
    """How many processes pay for files of these sizes: each takes a while to start."""
    there = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    wanted = 1 + len(sizes) // _FILES_A_CORE + sum(sizes) // _BYTES_A_CORE
    return max(1, min(there, len(sizes), wanted))


def reports(
    count: int, look: Look, failed: Failed, *, processes: int, limit: float = LIMIT
) -> Iterator[tuple[int, Report]]:
    """The report on each of `count` files with its number, as they come.

    Args:
        look: Called in another process with a file's number.
        failed: Called here with the number of a file whose process ended, and why it did.
        processes: How many at a time.
        limit: Seconds that one file may take.
    """
    waiting = collections.deque(range(count))
    team = [_Worker(look, limit) for _ in range(processes)]
    try:
        while waiting or any(worker.pending for worker in team):
            for worker in team:
                worker.feed(waiting)
            _await(team, limit)
            for place, worker in enumerate(team):
                yield from worker.answers()
                why = worker.trouble(limit)
                if why:
                    yield worker.pending[0], failed(worker.pending[0], why)
                    waiting.extendleft(list(worker.pending)[:0:-1])
                    team[place] = _Worker(look, limit)
    finally:
        for worker in team:
            worker.end()


def _await(team: Sequence[_Worker], limit: float) -> None:
    """Wait until a process has something to say, or one has taken too long."""
    busy = [worker for worker in team if worker.pending]
    due = min(worker.since for worker in busy) + limit
    ready, _, _ = select.select([w.answer for w in busy], [], [], max(0.0, due - time.monotonic()))
    for worker in busy:
        worker.ready = worker.answer in ready


class _Worker:
    """One process, and the files that it was given and has not answered for."""

    def __init__(self, look: Look, limit: float) -> None:
        asked, self.ask = os.pipe()
        self.answer, answered = os.pipe()
        self.pending: collections.deque[int] = collections.deque()
        self.since = time.monotonic()
        self.ready = self.ended = False
        self._begun = b""
        sys.stdout.flush()
        sys.stderr.flush()
        self.process = os.fork()
        if self.process == 0:
            os.close(self.ask)
            os.close(self.answer)
            _work(asked, answered, look, limit)
        os.close(asked)
        os.close(answered)

    def feed(self, waiting: collections.deque[int]) -> None:
        """Give it some of the files that wait."""
        while waiting and len(self.pending) < _AHEAD:
            if not self.pending:
                self.since = time.monotonic()
            self.pending.append(waiting.popleft())
            with contextlib.suppress(BrokenPipeError):  # it has ended, as its answer will tell
                os.write(self.ask, b"%d\n" % self.pending[-1])

    def answers(self) -> Iterator[tuple[int, Report]]:
        """What it has to say now."""
        if not self.ready:
            return
        self.ready = False
        told = os.read(self.answer, 1 << 16)
        self.ended = not told
        *lines, self._begun = (self._begun + told).split(b"\n")
        for line in lines:
            self.since = time.monotonic()
            yield self.pending.popleft(), msgspec.json.decode(line, type=Report)

    def trouble(self, limit: float) -> str:
        """Why it is of no more use, which ends it; empty where all is well."""
        if self.ended:
            return f"the process that read it {_ending(self.end())}"
        if self.pending and time.monotonic() - self.since >= limit:
            self.end()
            return f"it took longer than {limit:g} s to read"
        return ""

    def end(self) -> int:
        """Kill it if it still runs, and give its exit status as `os.waitpid` does."""
        if not self.process:
            return 0
        if not self.ended:
            os.kill(self.process, signal.SIGKILL)
        _, status = os.waitpid(self.process, 0)
        os.close(self.ask)
        os.close(self.answer)
        self.process = 0
        return status


def _ending(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"


def _work(asked: int, answered: int, look: Look, limit: float) -> NoReturn:
    """The life of the other process: numbers in, reports out; it never returns to its caller."""
    try:
        _bounded()
        with os.fdopen(asked, "rb") as numbers, os.fdopen(answered, "wb") as told:
            for number in iter(numbers.readline, b""):
                # The parent is earlier; if it is gone, nobody else would end this.
                signal.alarm(2 * int(limit + 1))
                told.write(msgspec.json.encode(look(int(number))) + b"\n")
                told.flush()
        os._exit(0)
    except BaseException:  # noqa: BLE001  the parent tells that this process ended
        os._exit(1)


def _bounded() -> None:
    """Take no more than a reader should ever need."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, and that this
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy starts faster so
    if sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        bound = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
        resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
