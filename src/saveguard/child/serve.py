"""The warm process: it imports the framework once and forks a clean copy of itself a proof.

Requests come as JSON lines on standard input, answers go as JSON lines to what was standard
output; what loaded code prints goes to standard error. Each proof runs in a fork that has seen no
other model of the user's, so that a class which an earlier proof registered cannot vouch for a
later file, and a crash or a hang costs that fork alone. From the first proof on the next fork
stands ready, with what a framework does only once behind it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import json
import os
import select
import signal
import sys
import traceback

# How far a proof lets the training go first that goes on meanwhile: it gets a quarter of what both
# want, and all that is left over.
_BEHIND = 5

# New objects after which Python looks for garbage: a configuration is ten thousands of them.
_GARBAGE = 100000


def main():
    """Serve until standard input ends."""
    faulthandler.enable()
    # Ctrl-C goes to every process of a terminal; whoever asked says whether a proof is to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    ready = _import()
    _send(answers, ready)
    if "failed" in ready:
        return
    if not hasattr(os, "fork"):
        for line in sys.stdin:
            _send(answers, _prove(json.loads(line), answers))
        return
    # What was imported is no garbage: a fork that looks for some would write to all of it.
    gc.freeze()
    fork = Fork(answers)
    for line in sys.stdin:
        if not fork.lives():
            fork = Fork(answers)
        _send(answers, fork.answer(line, answers))
        fork = Fork(answers, warm=True)


def _import():
    try:
        from . import prove

        ready = {"ready": True, "environment": prove.environment()}
        _preload()
        return ready
    except Exception as error:  # noqa: BLE001  an environment without a working Keras is an answer
        return {
            "failed": {
                "type": type(error).__name__,
                "message": str(error),
                "traceback": traceback.format_exc()[-4000:],
            }
        }


def _preload():
    """Import what Keras's loader will import, here once instead of in every fork.

    On JAX and torch the loader asks whether TensorFlow is there, and imports it if it is.
    """
    try:
        from keras.src.utils.module_utils import tensorflow

        tensorflow.available  # noqa: B018  asking imports it
    except ImportError:
        pass


class Fork:
    """A clean copy of this process, which waits for one request, answers it, and ends.

    Args:
        answers: Where this process's answers go; the fork says there what it has reached.
        warm: First it does once what every proof does.
    """

    def __init__(self, answers, warm=False):
        asked, self._asking = os.pipe()
        self._answered, answering = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._asking)
            os.close(self._answered)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            _answer_one(asked, answering, answers, warm)
            os._exit(0)
        os.close(asked)
        os.close(answering)

    def lives(self):
        """False where it has died while it waited."""
        if os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            return True
        os.close(self._asking)
        os.close(self._answered)
        return False

    def answer(self, line, answers):
        """What it answers to one request; `exit` where it died without an answer."""
        with os.fdopen(self._asking, "w") as asking:
            _send(answers, {"child": self.pid})
            with contextlib.suppress(BrokenPipeError):
                asking.write(line)
                asking.flush()
            text = _read(self._answered, self.pid)
        status = os.waitpid(self.pid, 0)[1]
        try:
            return json.loads(text.decode())
        except ValueError:
            code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            return {"exit": code}


def _answer_one(asked, answering, answers, warm):
    """In a fork: one request, unless whoever would ask ends first."""
    gc.set_threshold(_GARBAGE)
    if warm:
        from .warm import warm_up

        warm_up()
    with os.fdopen(asked) as requests, os.fdopen(answering, "w") as file:
        line = requests.readline()
        if line:
            request = json.loads(line)
            if request.get("behind"):
                os.nice(_BEHIND)
            file.write(json.dumps(_prove(request, answers)) + "\n")
    sys.stderr.flush()


def _read(reading, child):
    """The line that the fork writes; when whoever asked is gone, the fork is ended.

    A process that the loaded code leaves behind may hold the pipe open: its end is not waited for.
    """
    parts = []
    while True:
        ready, _, _ = select.select([reading, sys.stdin], [], [])
        if reading in ready:
            part = os.read(reading, 1 << 20)
            parts.append(part)
            if not part or part.endswith(b"\n"):
                os.close(reading)
                return b"".join(parts)
        elif sys.stdin in ready:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os._exit(0)


def _prove(request, answers):
    from . import prove

    return prove.prove(request, lambda stage: _send(answers, {"reached": stage}))


def _send(answers, message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()
