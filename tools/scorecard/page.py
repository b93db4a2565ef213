"""The scorecard as a page: hits, misses and false alarms of every scanner."""

from __future__ import annotations

from importlib.metadata import version

from tools.scorecard.case import Case
from tools.scorecard.scanners import SILENT, TOLD, VERSIONS, Verdicts

HEAD = """\
# Scorecard: attacks on model files, and who notices them

Written by `make scorecard`; do not edit. Every file is built on the spot by
[tools/scorecard](../tools/scorecard): inert, as their payloads would only set a marker in a
temporary folder, and nothing is ever loaded. The attacks are this project's own choice, after the
public CVEs and the public ways past scanners, and Saveguard was developed with them in view:
**that it notices them all says that these ways are closed, not that there are no others**. The
other scanners look for more than Keras files; each ran with its defaults on the same files, its
telemetry switched off, from the folder that holds them.

- *told*: a security finding of any certainty (modelaudit: a warning or more; modelscan: any issue)
- *not read*: no finding, but the tool says that it could not read the file
- *silent*: neither
"""
LIMITS = """\
## What this does not show

- A static reading says what a file names, not what a model does: weights with a backdoor leave no
  trace, and a registered class of your own runs your own code.
- *told* is not always told rightly: a scanner that takes fright at every Lambda layer is counted
  as right where the layer is a part of an attack, and under false alarms where it is not.
- Attacks on the readers themselves (mutated bytes, hangs, memory) are `make fuzz`.

See also the limits in [SECURITY.md](../SECURITY.md).
"""


def written(cases: list[Case], results: dict[str, Verdicts]) -> str:
    """The page, for the scanners in `results`."""
    hostile = [case for case in cases if case.hostile]
    benign = [case for case in cases if not case.hostile]
    parts = [HEAD, _sums(hostile, benign, results), "## Attacks\n"]
    parts.append(_table(hostile, results))
    misses = [case for case in hostile if results.get("saveguard", {}).get(case.name) != TOLD]
    parts.append("## What Saveguard does not tell\n")
    parts.append("\n".join(f"- `{c.name}`: {_verdict(results, c)}" for c in misses) or "None.")
    parts.append("\n## Benign files\n")
    single = [case for case in benign if case.shows != "keras.applications"]
    parts.append(_table(single, results))
    parts.append(_applications([case for case in benign if case not in single], results))
    return "\n".join([*parts, LIMITS])


def _verdict(results: dict[str, Verdicts], case: Case) -> str:
    return results.get("saveguard", {}).get(case.name, SILENT)


def _called(name: str) -> str:
    return f"{name} {VERSIONS[name] if name in VERSIONS else version(name)}"


def _sums(hostile: list[Case], benign: list[Case], results: dict[str, Verdicts]) -> str:
    head = "| | told | not read | silent | false alarms |\n| --- | --- | --- | --- | --- |"
    rows = [head]
    for name, verdicts in results.items():
        found = [verdicts[case.name] for case in hostile]
        told, silent = found.count(TOLD), found.count(SILENT)
        alarms = sum(verdicts[case.name] == TOLD for case in benign)
        rest = len(found) - told - silent
        rows.append(
            f"| {_called(name)} | {told} of {len(found)} | {rest} | {silent}"
            f" | {alarms} of {len(benign)} |"
        )
    return "\n".join([*rows, ""])


def _table(cases: list[Case], results: dict[str, Verdicts]) -> str:
    rows = [f"| file | what it is | {' | '.join(results)} |"]
    rows.append("| --- | --- |" + " --- |" * len(results))
    for case in cases:
        cells = [_cell(verdicts[case.name], case) for verdicts in results.values()]
        rows.append(f"| `{case.name}` | {case.shows}: {case.told} | {' | '.join(cells)} |")
    return "\n".join([*rows, ""])


def _cell(verdict: str, case: Case) -> str:
    wrong = verdict == (SILENT if case.hostile else TOLD)
    return f"**{verdict}**" if wrong else verdict


def _applications(cases: list[Case], results: dict[str, Verdicts]) -> str:
    if not cases:
        return ""
    found = [
        f"{name} {sum(verdicts[case.name] == TOLD for case in cases)}"
        for name, verdicts in results.items()
    ]
    return f"Of the {len(cases)} architectures of keras.applications, told: {', '.join(found)}.\n"
