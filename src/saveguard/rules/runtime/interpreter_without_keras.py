"""The interpreter that is to prove the file cannot import Keras, or cannot be started.

## What happens

`saveguard.verify(path, python=...)` makes no proof: it raises, and says nothing about the file.

## Why

The path is that of the system's Python, or of another environment than expected; Keras's backend
is missing there or fails on import; or the path is a folder, a typing error, or no program.

## Fix

Ask the interpreter itself, then give the one that answers:

    PYTHON -c "import keras; print(keras.__version__)"

A virtual environment's interpreter is `ENV/bin/python`. It needs Keras 3.8 or newer and a backend;
Saveguard is not needed there.

## Seen in

- Any release: "ModuleNotFoundError: No module named 'keras'".
- Keras 3.15.1 without TensorFlow, in an environment that has another backend:
  "ModuleNotFoundError: No module named 'tensorflow'".
- "FileNotFoundError: [Errno 2] No such file or directory: '/env/bin/python'";
  "PermissionError: [Errno 13] Permission denied: '/env'".

## References

- https://keras.io/getting_started/#configuring-your-backend
- https://docs.python.org/3/library/venv.html
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG705", "interpreter-without-keras", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    if facts.outcome != "no-keras":
        return
    told = f"{facts.error_type}: {facts.error}".splitlines()[0]
    backend = facts.error_type == "ModuleNotFoundError" and "'keras'" not in told
    give = (
        "set KERAS_BACKEND to a backend that is installed there"
        if backend
        else "give the interpreter of an environment that has Keras, as ENV/bin/python"
    )
    yield rule.finding(
        where=facts.python,
        message=f"{facts.python} cannot import keras",
        why=f"It stops with {told}. The proof runs in that interpreter, so nothing is known about"
        f" {facts.subject}.",
        fix=f"{give}; this has to succeed: "
        + shlex.join([facts.python if backend else "ENV/bin/python", "-c", "import keras"]),
        evidence=(told[:300],),
    )


def not_started(python: str, error: OSError) -> Finding:
    """The finding for an interpreter that the system does not start; `error` says why."""
    named = python or "this process's own interpreter"
    folder = Path(python).is_dir() if python else False
    return rule.finding(
        where=named,
        message=f"{named} cannot be started: {error.strerror or error}",
        why="The proof needs a Python interpreter of its own, so nothing is known about the file.",
        fix=f"python={str(Path(python) / 'bin' / 'python')!r}"
        if folder
        else 'give the path that this prints there: python -c "import sys; print(sys.executable)"',
        evidence=(f"{type(error).__name__}: {error}"[:300],),
    )


def bad(tmp: Path) -> Call:
    """An environment that has no packages."""
    import venv

    venv.create(tmp / "env", symlinks=True)
    return Call("verify", (_saved(tmp),), {"python": tmp / "env" / "bin" / "python"})


def good(tmp: Path) -> Call:
    """The environment of this process."""
    return Call("verify", (_saved(tmp),))


def _saved(tmp: Path) -> Path:
    import keras

    path = tmp / "m.keras"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(path)
    return path
