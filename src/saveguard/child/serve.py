"""The warm process: it imports the framework once and forks a clean copy of itself a proof.

Requests come as JSON lines on standard input, answers go as JSON lines to what was standard
output; what loaded code prints goes to standard error. Each proof runs in a fork that has seen no
other model, so that a class which an earlier proof registered cannot vouch for a later file, and
a crash or a hang costs that fork alone.
"""

from __future__ import annotations

import faulthandler
import json
import os
import select
import signal
import sys
import traceback


def main():
    """Serve until standard input ends."""
    faulthandler.enable()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    ready = _import()
    _send(answers, ready)
    if "failed" in ready:
        return
    for line in sys.stdin:
        request = json.loads(line)
        _send(answers, (_forked if hasattr(os, "fork") else _prove)(request, answers))


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


def _forked(request, answers):
    """The answer of a fork; `exit` where it died without one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        with os.fdopen(writing, "w") as file:
            file.write(json.dumps(_prove(request, answers)) + "\n")
        sys.stderr.flush()
        os._exit(0)
    os.close(writing)
    _send(answers, {"child": child})
    text = _read(reading, child)
    status = os.waitpid(child, 0)[1]
    try:
        return json.loads(text.decode())
    except ValueError:
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        return {"exit": code}


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
