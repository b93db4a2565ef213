"""Migrate the files that real old versions wrote, and compare what the new models answer.

    python tools/migrating/run.py [--work FOLDER] [--only LABEL,...] [--page]
        [--real FOLDER [--environments FOLDER]]

The files are those of `make matrix`, below the work folder's `files`, a folder a version. Each is
measured by a process of its own (`measure.py`), and what it found is kept in the work folder's
`migrated`, so that one version can be measured anew; `--page` only writes docs/migrating.md. Files
of other projects (`--real`) are tried by `real.py`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import page
from measure import Measured
from real import Tried

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "migrating.md"
REAL = "real-files.json"

sys.path[:0] = [str(HERE.parent / "matrix")]

import environments  # noqa: E402


def main() -> int:
    """Measure, write the page, and exit with 1 if fewer than 99 % are equal."""
    options = _options()
    kept = options.work / "migrated"
    kept.mkdir(parents=True, exist_ok=True)
    labels = options.only.split(",") if options.only else list(environments.EVERY)
    for label in labels if not options.page else ():
        for folder in (options.work / "files" / label, options.work / "savedmodels" / label):
            if folder.exists():
                _measure(folder, kept / f"{folder.parent.name}-{label}.json", label)
    if options.real and not options.page:
        _real(options, kept / REAL)
    measured = [one for label in environments.EVERY for one in _read(kept, label)]
    real = _tried(kept / REAL)
    PAGE.write_text(page.text(measured, real), encoding="utf-8")
    print(page.summary(measured))
    equal = sum(one.verdict == "equal" for one in measured)
    missed = sum(one.verdict in ("differs", "refused") for one in measured)
    return int(missed > 0.01 * (equal + missed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    home = environments.cache()
    parser.add_argument("--work", type=Path, default=home, help="where the matrix's files are")
    parser.add_argument("--only", default="", help="labels of versions, with commas")
    parser.add_argument("--real", type=Path, help="a folder of real files with a manifest.json")
    parser.add_argument("--environments", type=Path, help="of old releases, to ask for those")
    parser.add_argument("--page", action="store_true", help="write the page from what is kept")
    return parser.parse_args()


def _measure(folder: Path, out: Path, label: str) -> None:
    start = time.monotonic()
    command = [sys.executable, HERE / "measure.py", folder, out]
    subprocess.run(command, check=True, env=environments.variables())
    print(f"{label}: {time.monotonic() - start:.0f} s", file=sys.stderr)


def _real(options: argparse.Namespace, out: Path) -> None:
    command = [sys.executable, HERE / "real.py", options.real, out]
    command += ["--environments", options.environments] if options.environments else []
    subprocess.run(command, check=True, env=environments.variables())


def _read(kept: Path, label: str) -> list[Measured]:
    found = [_decoded(kept / f"{kind}-{label}.json") for kind in ("files", "savedmodels")]
    return [one for rows in found for one in rows]


def _tried(path: Path) -> list[Tried]:
    return msgspec.json.decode(path.read_bytes(), type=list[Tried]) if path.exists() else []


def _decoded(path: Path) -> list[Measured]:
    return msgspec.json.decode(path.read_bytes(), type=list[Measured]) if path.exists() else []


if __name__ == "__main__":
    sys.exit(main())
