"""The process of the proofs as a fork too, so that a training that is killed costs no import.

In a training `saveguard.persist.verifier` starts an interpreter, which imports Keras anew. Here it
is forked from the server that has done so (see `forks`); what it then does is the same.
"""

from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any, NamedTuple

import forks

from saveguard.persist import verifier


class Ends(NamedTuple):
    """The training's ends of the pipes to the process of its proofs, which ends with them."""

    asking: Connection
    heard: Connection

    def close(self) -> None:
        """Where they were handed on."""
        self.asking.close()
        self.heard.close()


def begun() -> Ends:
    """A process that waits for what it is to prove."""
    asked, asking = forks.CONTEXT.Pipe(duplex=False)
    heard, answering = forks.CONTEXT.Pipe(duplex=False)
    forks.CONTEXT.Process(target=_serve, args=(asked, answering), daemon=True).start()
    asked.close()
    answering.close()
    return Ends(asking, heard)


def used(ends: Ends) -> None:
    """In this process, proofs are asked of the one at the other ends of these pipes."""
    opened = SimpleNamespace(
        stdin=os.fdopen(ends.asking.fileno(), "w", encoding="utf-8", closefd=False),
        stdout=os.fdopen(ends.heard.fileno(), encoding="utf-8", closefd=False),
        poll=lambda: None,
        wait=lambda: 0,
        kill=ends.close,
    )
    started: Any = SimpleNamespace(Popen=lambda *_, **__: opened, PIPE=None)
    verifier.subprocess = started


def _serve(asked: Connection, answering: Connection) -> None:
    os.dup2(asked.fileno(), 0)
    os.dup2(answering.fileno(), 1)
    asked.close()
    answering.close()
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  for as long as it serves
    sys.argv = ["", str(verifier._FOLDER)]
    exec(verifier._BOOT, {"__name__": "__main__"})  # what `python -c` would run
