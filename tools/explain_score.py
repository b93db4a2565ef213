"""How well `saveguard explain` does on the recorded tracebacks: the figures of docs/explain.md.

    python tools/explain_score.py [--misses]

Prints, over tests/recorded: the right code first, and wrong codes that were called certain; the
same a mangling; a release at a time (signatures are written by cause, so a release's own figure is
of words that the others do not share only as far as its recordings are left out of writing them).
Over tests/recorded_foreign: how many get a code. A recording without any frame of Keras, which only
its stage ties to a model, is counted apart.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from manglings import MANGLINGS

from saveguard.diagnosis.parse import traces
from saveguard.diagnosis.report import explain

TESTS = Path(__file__).resolve().parent.parent / "tests"
SHOW = "--misses" in sys.argv


def own() -> list[tuple[str, str, str]]:
    """(code, recording's name, text) of each that has a frame of Keras."""
    found = []
    for path in sorted((TESTS / "recorded").glob("*/*.txt")):
        text = path.read_text(encoding="utf-8")
        if any(trace.keras == "frame" for trace in traces(text)):
            found.append((path.parent.name, path.stem, text))
    return found


def first(text: str) -> tuple[str, str]:
    findings = explain(text).findings
    return (findings[0].code, findings[0].certainty) if findings else ("none", "")


def told(name: str, right: int, whole: int) -> None:
    print(f"{name:34} {right:5} of {whole:5}  {100 * right / max(whole, 1):6.1f} %")


def score_own(recordings: list[tuple[str, str, str]]) -> None:
    right, sure, releases = 0, Counter(), defaultdict(Counter)
    for code, name, text in recordings:
        got, certainty = first(text)
        release = name.rpartition("-")[0]
        releases[release]["all"] += 1
        if got == code:
            right += 1
            releases[release]["right"] += 1
            continue
        sure[certainty == "certain" and got != "none"] += 1
        if SHOW:
            print(f"  {code}/{name}: {got} {certainty}")
    told("own corpus, right code first", right, len(recordings))
    told("wrong and called certain", sure[True], len(recordings))
    for release, counts in sorted(releases.items()):
        told(f"  {release}", counts["right"], counts["all"])


def score_mangled(recordings: list[tuple[str, str, str]]) -> None:
    right = whole = 0
    whole_codes = {name + code: first(text)[0] for code, name, text in recordings}
    for name, mangling in MANGLINGS.items():
        kept = 0
        for code, recording, text in recordings:
            got = first(mangling(text))[0]
            same = got == whole_codes[recording + code]
            kept += same
            if SHOW and not same:
                print(f"  {name}: {code}/{recording}: {got}")
        told(f"  {name}", kept, len(recordings))
        right, whole = right + kept, whole + len(recordings)
    told("mangled, code kept", right, whole)


def score_foreign() -> None:
    paths = sorted((TESTS / "recorded_foreign").glob("*.txt"))
    claimed = 0
    for path in paths:
        got, certainty = first(path.read_text(encoding="utf-8"))
        claimed += got != "none"
        if got != "none":
            print(f"  {path.stem}: {got} {certainty}")
    told("foreign, given a code", claimed, len(paths))


if __name__ == "__main__":
    recordings = own()
    everything = len(list((TESTS / "recorded").glob("*/*.txt")))
    print(f"{len(recordings)} recordings; {everything - len(recordings)} without a frame of Keras")
    score_own(recordings)
    score_mangled(recordings)
    score_foreign()
