"""Files written by real old versions: will plain Keras load them, and does the check say so?

    python tools/matrix/run.py [--work FOLDER] [--envs FOLDER] [--only LABEL,...] [--steps ...]

Four steps: `write` lets each version write every architecture in each of its formats, `load`
gives every file to plain Keras here, `check` asks `saveguard.check` of it, and `page` writes
docs/matrix.md. What the earlier steps found is kept in the work folder, as `outcomes.json`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import environments
import msgspec
import outcome
import table
from outcome import Matrix, Outcome

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "matrix.md"
FORMATS = "h5,keras,savedmodel"


def main() -> int:
    """Take the steps, and exit with 1 if a prediction is wrong."""
    options = _options()
    kept = options.work / "outcomes.json"
    labels = options.only.split(",") if options.only else list(environments.EVERY)
    for label in labels:
        if "write" in options.steps:
            _write(label, options)
        if "load" in options.steps:
            _load(label, options.work)
            outcome.write(kept, _gathered(options.work))
    matrix = outcome.read(kept)
    if "check" in options.steps:
        import prediction

        matrix = prediction.judged(matrix)
        outcome.write(kept, matrix)
    if "page" in options.steps:
        PAGE.write_text(table.text(matrix), encoding="utf-8")
    print(table.summary(matrix))
    return 1 if outcome.missed(matrix.outcomes) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    home = environments.cache()
    parser.add_argument("--work", type=Path, default=home, help="where the files are written")
    parser.add_argument("--envs", type=Path, default=home / "envs", help="the environments")
    parser.add_argument("--only", default="", help="labels of versions, with commas")
    parser.add_argument("--formats", default=FORMATS, help="what is written")
    parser.add_argument(
        "--steps", type=lambda text: text.split(","), default=["write", "load", "check", "page"]
    )
    return parser.parse_args()


def _write(label: str, options: argparse.Namespace) -> None:
    python = environments.interpreter(label, options.envs)
    folder = options.work / "files" / label
    command = [python, HERE / "write.py", folder, "--formats", options.formats]
    _run(command, f"{label} writes", options.work / f"{label}.log", label)


def _load(label: str, work: Path) -> None:
    command = [sys.executable, HERE / "load.py", work / "files" / label, work / f"{label}.json"]
    _run(command, f"{label} is loaded", work / f"{label}.log")


def _run(command: list[str | Path], what: str, log: Path, label: str = "") -> None:
    start = time.monotonic()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as told:
        subprocess.run(
            command,
            check=True,
            env=environments.variables(label),
            stdout=told,
            stderr=subprocess.STDOUT,
        )
    print(f"{what}: {time.monotonic() - start:.0f} s", file=sys.stderr)


def _gathered(work: Path) -> Matrix:
    """What every version's load found, in the order of versions, with what was not written."""
    found: list[Outcome] = []
    failed: list[outcome.NotWritten] = []
    for label in environments.EVERY:
        loaded = work / f"{label}.json"
        if loaded.exists():
            found += msgspec.json.decode(loaded.read_bytes(), type=list[Outcome])
            failed += outcome.records(work / "files" / label)[1]
    return Matrix(tuple(found), tuple(failed))


if __name__ == "__main__":
    sys.exit(main())
