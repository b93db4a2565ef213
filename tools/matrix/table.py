"""The matrix as a page: a table of versions and formats, the misses, and what was not written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from environments import HELD_OUT
from outcome import Matrix, NotWritten, Outcome, missed

COMMAND = "make matrix"
INTRODUCTION = f"""# Files of real old versions, and whether they load

This page is written by `{COMMAND}`; do not edit it.

Each version below, in an environment of its own, built the same architectures
([tools/matrix/models](../tools/matrix/models)) and saved each in every format that it has. Then
plain Keras 3.15.1 was given each file with `load_model(path, compile=False)`, and
`saveguard.check(path)`, which imports no framework, was asked whether it will load. "16 of 20" in
a cell: of 20 files, the prediction is what happened for 16. Under the name `.keras`, TensorFlow
wrote HDF5 or a SavedModel in the versions before 2.12, and so it does here.

A version has the files that were written in it. What it could not build or save is listed at the
end; and a version need not have been asked for everything (SavedModels, which take long to write
and of which Keras 3 loads none, are a handful).
"""
LOADS = "How many of them plain Keras 3.15.1 loads:"
FURTHER = (
    "The rules about loading were written with the files of the versions above at hand. These "
    "versions, with architectures that those had not built, were judged afterwards: at first "
    "sight 824 of 825 predictions were right. The one that was not, a LayerNormalization over "
    "several axes in an `.h5` file, has been a rule since."
)
COMPILED = (
    "Of the compiled models that load without compiling: for how many it is predicted right "
    "whether `load_model(path)`, which compiles, loads them too."
)
LONGEST = 240
_PATHS = re.compile(r"(?:/[\w.+@-]+){2,}/([\w.+@-]+)")


def summary(matrix: Matrix) -> str:
    """One line: files, how many load, how many of the predictions are right."""
    asked = [one for one in matrix.outcomes if one.predicted is not None]
    right = sum(one.right for one in asked)
    load = sum(one.loads for one in matrix.outcomes)
    share = f" ({right / len(asked):.2%})" if asked else ""
    return (
        f"{len(matrix.outcomes):,} files, of which plain Keras loads {load:,}; "
        f"predicted right: {right:,} of {len(asked):,}{share}"
    )


def text(matrix: Matrix) -> str:
    """The whole page."""
    every = matrix.outcomes
    seen = [one for one in every if one.written_by not in HELD_OUT]
    later = [one for one in every if one.written_by in HELD_OUT]
    blocks = [INTRODUCTION.rstrip(), f"**{summary(matrix)}.**"]
    for title, about, outcomes in (
        ("## Versions and formats", [], seen),
        ("## Further versions", [FURTHER], later),
    ):
        if outcomes:
            tables = [_table(outcomes, _right), LOADS, _table(outcomes, _loads)]
            blocks += [title, *about, *tables]
    blocks += ["## Misses", _misses(missed(every)), "## Why files do not load", _causes(every)]
    blocks += ["## Loads, and computes something else", _differing(every)]
    compiled = [one for one in every if one.loads and one.compiled]
    blocks += ["## Compiled models", COMPILED, _table(compiled, _right_compiled)]
    blocks += ["## Not written", _not_written(matrix.not_written)]
    return "\n\n".join(blocks) + "\n"


def _table(outcomes: Iterable[Outcome], cell: Callable[[Sequence[Outcome]], str]) -> str:
    """Versions down, formats across, and all of a version at the end."""
    found = list(outcomes)
    formats = list(dict.fromkeys(one.format for one in found))
    lines = [
        "| written by | " + " | ".join(formats) + " | all |",
        "|---" * (len(formats) + 2) + "|",
    ]
    for label in dict.fromkeys(one.written_by for one in found):
        mine = [one for one in found if one.written_by == label]
        cells = [cell([one for one in mine if one.format == kind]) for kind in formats]
        lines.append(f"| {_version(mine[0])} | " + " | ".join([*cells, cell(mine)]) + " |")
    return "\n".join(lines)


def _right(outcomes: Sequence[Outcome]) -> str:
    return _of(sum(one.right for one in outcomes), outcomes)


def _loads(outcomes: Sequence[Outcome]) -> str:
    return _of(sum(one.loads for one in outcomes), outcomes)


def _right_compiled(outcomes: Sequence[Outcome]) -> str:
    return _of(sum(one.right_compiled for one in outcomes), outcomes)


def _causes(outcomes: Iterable[Outcome]) -> str:
    """How many files each rule stands against, as the first thing that stops the loader."""
    counts = Counter(one.cause for one in outcomes if one.cause and not one.loads)
    lines = ["| rule | files |", "|---|---|"]
    lines += [f"| [{code}](rules/{code}.md) | {count:,} |" for code, count in counts.most_common()]
    return "\n".join(lines)


def _of(count: int, outcomes: Sequence[Outcome]) -> str:
    return f"{count} of {len(outcomes)}" if outcomes else "-"


def _version(one: Outcome | NotWritten) -> str:
    for prefix, name in (("tf_keras", "tf_keras"), ("tf", "TensorFlow"), ("keras", "Keras")):
        if one.written_by.startswith(prefix):
            return f"{name} {one.written_by.removeprefix(prefix)} ({one.version})"
    return one.written_by


def _misses(wrong: Sequence[Outcome]) -> str:
    if not wrong:
        return "None."
    return "\n".join(
        f"- {_version(one)}, {one.architecture}, {one.format}: predicted to "
        f"{'load' if one.predicted else 'fail'}, and "
        f"{'loads' if one.loads else 'fails with ' + _code(one.error)}"
        for one in wrong
    )


def _differing(outcomes: Iterable[Outcome]) -> str:
    """Files that load and answer otherwise, with the largest difference; versions together."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        if one.difference is not None and one.difference > 1e-3:
            groups.setdefault((one.architecture, one.format), []).append(one)
    if not groups:
        return "None."
    return "\n".join(
        f"- {name}, {kind}: {', '.join(_version(one) for one in found)}; up to "
        f"{max(one.difference or 0 for one in found):.1%} of the largest output"
        for (name, kind), found in groups.items()
    )


def _not_written(failed: Iterable[NotWritten]) -> str:
    """What a version could not build or save; versions with the same complaint together."""
    groups: dict[tuple[str, str, str], list[NotWritten]] = {}
    for one in failed:
        groups.setdefault((one.architecture, one.format, _clean(one.error)), []).append(one)
    if not groups:
        return "Every version wrote every architecture in every format."
    return "\n".join(
        f"- {name}{', ' + kind if kind else ' (not built)'}: "
        f"{', '.join(_version(one) for one in found)}: {_code(error)}"
        for (name, kind, error), found in groups.items()
    )


def _clean(error: str) -> str:
    """A message without a machine's paths and addresses, cut to what a line holds."""
    told = _PATHS.sub(r"…/\1", " ".join(error.split()))
    told = re.sub(r"0x[0-9a-f]+", "0x…", told)
    return told if len(told) <= LONGEST else told[:LONGEST].rstrip() + " …"


def _code(error: str) -> str:
    told = _clean(error).replace("`", "'")
    return f"`{told}`"
