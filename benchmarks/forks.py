"""Processes that are forked from a server which has imported Keras once, so that each is cheap.

A fork builds its models anew, as TensorFlow's threads do not survive a fork.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
# On other backends Keras imports TensorFlow at the first save, if it is there.
CONTEXT.set_forkserver_preload(["keras", "tensorflow", "saveguard.persist.save"])


class Died(RuntimeError):
    """A fork ended without an answer."""


def begun(function: Callable[..., None], *arguments: Any) -> tuple[Any, Connection]:
    """A fork that runs `function(*arguments, telling)`, and the pipe on which that tells."""
    told, telling = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=function, args=(*arguments, telling), daemon=True)
    process.start()
    telling.close()
    return process, told


def answer(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function returns in a fork.

    Raises:
        Died: If it raises there, or the process is killed.
    """
    process, told = begun(_tell, function, arguments)
    try:
        return told.recv()
    except EOFError:
        process.join()
        raise Died(how_it_ended(process.exitcode)) from None
    finally:
        process.join()


def how_it_ended(exitcode: int) -> str:
    """An exit code in words."""
    if exitcode < 0:
        return f"killed by {signal.Signals(-exitcode).name}"
    return f"ended with exit status {exitcode}"


def _tell(function: Callable[..., Any], arguments: tuple[Any, ...], telling: Connection) -> None:
    telling.send(function(*arguments))
