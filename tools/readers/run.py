"""Which Keras loads the files of Saveguard and of plain Keras: docs/readers.md.

Every release loads what Keras 3.15 has written; and Saveguard's writer is run in each of them, as
far as it runs there, to be held against the Keras of that release itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent))

import interpreters
import page

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# What Saveguard imports and an environment of Keras does not have.
BESIDE = ("click", "cloudpickle", "msgspec")


def main() -> None:
    """Write, load and tell."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--work", type=Path, default=interpreters.cache("readers"))
    given.add_argument("--page", type=Path, default=ROOT / "docs" / "readers.md")
    options = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        newest = Path(folder, "newest")
        wrote(Path(sys.executable), "keras3.15", newest, options.work)
        found = []
        for label in interpreters.KERAS_3:
            python = interpreters.interpreter(label, options.work)
            told = loaded(python, label, newest)
            own = Path(folder, label)
            said = wrote(python, label, own, options.work)
            told["own"] = said or loaded(python, label, own)["files"]
            found.append(told)
            print(label, json.dumps(told))
    options.page.write_text(page.text(found), encoding="utf-8")


def wrote(python: Path, label: str, folder: Path, work: Path) -> str:
    """What stopped `write.py` in an environment; empty where it wrote every file."""
    folder.mkdir()
    path = os.pathsep.join([str(ROOT / "src"), str(beside(work))])
    variables = {**interpreters.variables(label), "PYTHONPATH": path}
    done = subprocess.run(
        [python, HERE / "write.py", folder],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if not done.returncode else done.stderr.strip().splitlines()[-1]


def loaded(python: Path, label: str, folder: Path) -> Any:
    """What `load.py` says of a folder."""
    done = subprocess.run(
        [python, HERE / "load.py", folder],
        env=interpreters.variables(label),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def beside(work: Path) -> Path:
    """A folder of what Saveguard imports besides Keras and what that brings."""
    folder = work / "beside"
    if not folder.exists():
        install = ["uv", "pip", "install", "--quiet", "--python-version", "3.11"]
        subprocess.run([*install, "--target", folder, *BESIDE], check=True)
    return folder


if __name__ == "__main__":
    main()
