"""Build every case, run every scanner over them, and write docs/scorecard.md.

python -m tools.scorecard                all of it (minutes; installs the other scanners)
python -m tools.scorecard --only NAME    one scanner, printed and not written
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tools.scorecard import page
from tools.scorecard.case import Case, attacks, controls
from tools.scorecard.scanners import SCANNERS

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "scorecard.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=SCANNERS)
    parser.add_argument("--corpus", type=Path)
    asked = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    from tools.scorecard.controls import architectures

    cases = [*attacks(), *controls(), *architectures()]
    names = [asked.only] if asked.only else list(SCANNERS)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(asked.corpus or folder).resolve()
        for case in cases:
            _build(case, corpus)
        results = {name: SCANNERS[name](corpus) for name in names}
    text = page.written(cases, results)
    if asked.only:
        print(text)
    else:
        PAGE.write_text(text)


def _build(case: Case, corpus: Path) -> None:
    if not (corpus / case.name).exists():
        (corpus / case.name).mkdir(parents=True)
        case.build(corpus / case.name)
        print(".", end="", file=sys.stderr, flush=True)


main()
