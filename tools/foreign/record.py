"""Record tracebacks that are none of Keras's, for which `saveguard explain` must have no code.

    python tools/foreign/record.py NAME=PYTHON ...

NAME is what a file is called by, PYTHON the interpreter that runs each program of `plain` and of
those libraries that it has. What a program prints to stderr before it ends with an exception is
written to tests/recorded_foreign/PROGRAM-NAME.txt; paths of this machine read neutral names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import libraries
import plain

FOLDER = Path(__file__).resolve().parent.parent.parent / "tests" / "recorded_foreign"
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "PYTHONDONTWRITEBYTECODE": "1"}
FEW = 2  # programs of a library at a time


def programs(python: str, *, with_plain: bool):
    """(name, source) of each program that this interpreter can run."""
    if with_plain:
        yield from plain.PROGRAMS.items()
    for library, parts in libraries.PROGRAMS.items():
        if run(python, f"import {library}")[0] == 0:
            head = libraries.IMPORTS.get(library, f"import {library}")
            yield from ((f"{library}-{name}", f"{head}\n\n{code}") for name, code in parts.items())


def run(python: str, source: str) -> tuple[int, str]:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "train.py")
        script.write_text(source + "\n")
        done = subprocess.run(
            [python, str(script)],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **QUIET},
        )
        return done.returncode, neutral(done.stderr, folder)


def neutral(text: str, folder: str) -> str:
    text = text.replace(folder, "<project>")
    text = re.sub(
        r"(?:/[\w.-]+)+/((?:site|dist)-packages|lib/python3\.\d+)/", r"<python>/\1/", text
    )
    text = re.sub(r"/tmp/[\w/.-]+", "<tmp>", text)
    return re.sub(r"0x[0-9a-f]{6,}", "<address>", text)


def record(name: str, python: str, *, with_plain: bool) -> int:
    def one(program: tuple[str, str]) -> int:
        code, told = run(python, program[1])
        if code == 0 or "Traceback" not in told:
            print(f"{program[0]}-{name}: raises nothing", file=sys.stderr)
            return 0
        (FOLDER / f"{program[0]}-{name}.txt").write_text(told)
        return 1

    with ThreadPoolExecutor(FEW) as pool:
        return sum(pool.map(one, programs(python, with_plain=with_plain)))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for given in sys.argv[1:]:
        called, _, interpreter = given.partition("=")
        told = record(called, interpreter, with_plain=called.startswith("py"))
        print(f"{called}: {told} tracebacks")
