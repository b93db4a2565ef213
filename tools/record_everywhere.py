"""Provoke the errors of Keras in every release, record them, and count the root causes.

    python tools/record_everywhere.py [--work FOLDER] [--only LABEL,...] [--new] [--count]

Makes with uv, below the work folder, the environments of `tools/interpreters.py` that are not
there yet, runs tools/record_tracebacks.py in each, one after another, and prints for each release
how many root causes its recordings show. A root cause is counted by its code, its stage, its
exception's class, and the words of its message without names and numbers: what reads the same in an
`.h5` and a `.keras` file counts once.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import interpreters

TOOLS = Path(__file__).resolve().parent

RECORDED = TOOLS.parent / "tests" / "recorded"
WANTED = 90
VARIES = re.compile(r"'[^']*'|\"[^\"]*\"|<[^>]*>|\[[^\]]*\]|\([^)]*\)|\d+")
# The others of `tools/interpreters.py` are left for what is explained without being recorded.
HELD_OUT = {"tf_keras2.18", "keras3.1", "keras3.5", "keras3.8", "keras3.11", "keras3.14"}
LABELS = [label for label in interpreters.EVERY if label not in HELD_OUT]


def main() -> int:
    """Record, then count; 1 where an environment could not be made or did not come to an end."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=interpreters.cache("lab"))
    parser.add_argument("--only", default=",".join(LABELS), help="labels, with commas")
    parser.add_argument("--new", action="store_true", help="leave what is recorded as it is")
    parser.add_argument("--count", action="store_true", help="record nothing")
    options = parser.parse_args()
    failed = []
    for label in () if options.count else options.only.split(","):
        start = time.monotonic()
        if not recorded(label, options.work, new=options.new):
            failed.append(label)
        print(f"{label}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    told(causes())
    if failed:
        print(f"not recorded to the end: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


def recorded(label: str, work: Path, *, new: bool) -> bool:
    """Run the recorder in one environment; its account is kept in the work folder."""
    work.mkdir(parents=True, exist_ok=True)
    try:
        python = interpreters.interpreter(label, work)
    except subprocess.CalledProcessError:
        return False
    command = [python, TOOLS / "record_tracebacks.py", *(["--new"] if new else [])]
    with (work / f"{label}.log").open("w") as log:
        variables = interpreters.variables(label)
        done = subprocess.run(command, env=variables, stdout=log, stderr=log, check=False)
    return done.returncode == 0


def causes() -> dict[str, set[tuple[str, ...]]]:
    """The root causes that the recordings of each release show."""
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for path in sorted(RECORDED.glob("*/*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        words = " ".join(VARIES.sub("", facts["message"]).split())[:60]
        release = path.stem.rpartition("-")[0]
        found[release].add((path.parent.name, facts["stage"], facts["type"], words))
    return found


def told(found: dict[str, set[tuple[str, ...]]]) -> None:
    """Print a line for each release."""
    for release, those in sorted(found.items()):
        codes = len({code for code, *_ in those})
        short = "" if len(those) >= WANTED else f"  fewer than {WANTED}"
        print(f"{release:28} {len(those):4} root causes of {codes:3} codes{short}")
    everywhere = set().union(*found.values())
    print(f"{'all':28} {len(everywhere):4} ways to tell them")


if __name__ == "__main__":
    sys.exit(main())
