"""The matrix as a page: a table of versions and formats, the misses, and what was not written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

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
"""
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
    wrong = missed(matrix.outcomes)
    blocks = [
        INTRODUCTION.rstrip(),
        f"**{summary(matrix)}.**",
        "## Versions and formats",
        _table(matrix.outcomes, _right),
        "How many of them plain Keras 3.15.1 loads:",
        _table(matrix.outcomes, _loads),
        "## Misses",
        _misses(wrong),
        "## Loads, and computes something else",
        _differing(matrix.outcomes),
        "## Compiled models: whether `load_model(path)` loads them too",
        _table([one for one in matrix.outcomes if one.loads and _compiled(one)], _recompiles),
        "## Not written",
        _not_written(matrix.not_written),
    ]
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


def _recompiles(outcomes: Sequence[Outcome]) -> str:
    return _of(sum(one.loads_compiled for one in outcomes), outcomes)


def _of(count: int, outcomes: Sequence[Outcome]) -> str:
    return f"{count} of {len(outcomes)}" if outcomes else "-"


def _compiled(one: Outcome) -> bool:
    return one.architecture.startswith("compiled")


def _version(one: Outcome | NotWritten) -> str:
    name = "TensorFlow" if one.written_by.startswith("tf") else "Keras"
    return f"{name} {one.written_by.removeprefix('tf').removeprefix('keras')} ({one.version})"


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
