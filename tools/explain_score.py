"""How well `saveguard explain` does on the recorded tracebacks: the figures of docs/explain.md.

    python tools/explain_score.py [--misses]

Prints, over tests/recorded: the right code first, and wrong codes that were called certain; a
release at a time; and the same a mangling. Over tests/recorded_held_out, programs in releases from
which no signature was written: the right code first. Over tests/recorded_foreign: how many get a
code. A recording without any frame of Keras, which only its stage ties to a model, is left out.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from manglings import MANGLINGS

from saveguard.diagnosis.parse import traces
from saveguard.diagnosis.report import explain

TESTS = Path(__file__).resolve().parent.parent / "tests"
SHOW = "--misses" in sys.argv
Recording = tuple[str, str, str]


def own(folder: str = "recorded") -> list[Recording]:
    """(code, recording's name, text) of each that has a frame of Keras."""
    found = []
    for path in sorted((TESTS / folder).glob("*/*.txt")):
        text = path.read_text(encoding="utf-8")
        if any(trace.keras == "frame" for trace in traces(text)):
            found.append((path.parent.name, path.stem, text))
    return found


def first(text: str) -> tuple[str, str]:
    """The first code, or `none`, and its certainty."""
    findings = explain(text).findings
    return (findings[0].code, findings[0].certainty) if findings else ("none", "")


def mangled(name: str, text: str) -> tuple[str, str]:
    """`first` of a text after a mangling."""
    return first(MANGLINGS[name](text))


def told(name: str, right: int, whole: int) -> None:
    """Print one figure."""
    print(f"{name:34} {right:5} of {whole:5}  {100 * right / max(whole, 1):6.1f} %", flush=True)


def score(title: str, recordings: list[Recording], answers: Iterable[tuple[str, str]]) -> None:
    """The right code first, the wrong ones that were called certain, and each release's figure."""
    right, sure, releases = 0, 0, defaultdict(Counter)
    for (code, name, _), (got, certainty) in zip(recordings, answers, strict=True):
        release = name.rpartition("-")[0]
        releases[release]["all"] += 1
        releases[release]["right"] += got == code
        right += got == code
        sure += got not in (code, "none") and certainty == "certain"
        if SHOW and got != code:
            print(f"  {code}/{name}: {got} {certainty}")
    told(f"{title}, right code first", right, len(recordings))
    told("wrong and called certain", sure, len(recordings))
    for release, counts in sorted(releases.items()):
        told(f"  {release}", counts["right"], counts["all"])


def score_mangled(pool: ProcessPoolExecutor, texts: list[str], whole: list[str]) -> None:
    """How many keep their code, a mangling at a time."""
    kept_by_all = 0
    for name in MANGLINGS:
        answers = pool.map(mangled, [name] * len(texts), texts, chunksize=64)
        kept = sum(got == before for (got, _), before in zip(answers, whole, strict=True))
        told(f"  {name}", kept, len(texts))
        kept_by_all += kept
    told("mangled, code kept", kept_by_all, len(texts) * len(MANGLINGS))


def score_foreign() -> None:
    """How many tracebacks that are none of ours get a code."""
    paths = sorted((TESTS / "recorded_foreign").glob("*.txt"))
    claimed = 0
    for path in paths:
        got, certainty = first(path.read_text(encoding="utf-8"))
        claimed += got != "none"
        if got != "none":
            print(f"  {path.stem}: {got} {certainty}")
    told("foreign, given a code", claimed, len(paths))


def main() -> None:
    """Print every figure."""
    recordings = own()
    everything = len(list((TESTS / "recorded").glob("*/*.txt")))
    print(f"{len(recordings)} recordings; {everything - len(recordings)} without a frame of Keras")
    texts = [text for _, _, text in recordings]
    with ProcessPoolExecutor() as pool:
        answers = list(pool.map(first, texts, chunksize=64))
        score("own corpus", recordings, answers)
        score_mangled(pool, texts, [code for code, _ in answers])
    held_out = own("recorded_held_out")
    score("held out", held_out, [first(text) for _, _, text in held_out])
    score_foreign()


if __name__ == "__main__":
    main()
