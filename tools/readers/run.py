"""Which Keras loads the files that Saveguard and plain Keras write here: docs/readers.md."""

from __future__ import annotations

import argparse
import json
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


def main() -> None:
    """Write, load and tell."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--work", type=Path, default=interpreters.cache("readers"))
    given.add_argument("--page", type=Path, default=ROOT / "docs" / "readers.md")
    options = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, HERE / "write.py", folder], check=True)
        found = []
        for label in interpreters.KERAS_3:
            told = loaded(interpreters.interpreter(label, options.work), label, Path(folder))
            found.append(told)
            print(label, json.dumps(told))
    options.page.write_text(page.text(found), encoding="utf-8")


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


if __name__ == "__main__":
    main()
