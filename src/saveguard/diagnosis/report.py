"""Explain an exception, or a traceback that somebody pasted: what is wrong, and what mends it."""

from __future__ import annotations

import msgspec

from saveguard.diagnosis import match
from saveguard.diagnosis.parse import traces
from saveguard.finding import CERTAINTIES, Certainty, Finding, Report
from saveguard.trace import Trace

_ERAS = {
    "keras2": "Keras 2 of its own package",
    "keras3": "Keras 3",
    "tf1.14": "TF 1.13 or 1.14",
    "tf1.15": "TF 1.15",
    "tf2.0": "TF 2.0 or 2.1",
    "tf2.5": "TF 2.2 to 2.5",
    "tf2.10": "TF 2.6 to 2.12",
    "tf2.15": "TF 2.13 to 2.15",
}


class Explained(msgspec.Struct, frozen=True):
    """A report, and for what no rule knows the text that can be pasted into an issue."""

    report: Report
    issue: str = ""


def explain(problem: BaseException | str) -> Report:
    """What the rules make of an exception, or of text that holds a traceback.

    Text may be cut, quoted, coloured, from a log or a notebook; it may be the last line alone. An
    exception tells more: its frames are looked into for the layer, the inputs and the
    configuration that raised.

    Returns:
        A report, best first. Where no rule knows the error it has no findings, and says under
        `not_read` what is not known and under `read` what was recognised.
    """
    if isinstance(problem, BaseException):
        from saveguard.diagnosis.live import explained_live

        return explained_live(problem).report
    return explained(problem).report


def explained(text: str, subject: str = "traceback") -> Explained:
    """`explain` of a text, with what to paste into an issue where nothing is known of it."""
    return told(traces(text), subject)


def told(found: tuple[Trace, ...], subject: str) -> Explained:
    """The report on what was read."""
    if not found:
        return Explained(Report(subject=subject, not_read=("no exception is in it",)))
    findings = _of_all(found)
    best = found[-1] if findings else _telling(found)
    unknown = () if findings else (f"no rule knows this error: {_head(best)}",)
    report = Report(subject=subject, findings=findings, read=_recognised(best), not_read=unknown)
    if findings:
        return Explained(report)
    from saveguard.diagnosis import redact  # its patterns take long to compile

    return Explained(report, redact.issue(best))


def _of_all(found: tuple[Trace, ...]) -> tuple[Finding, ...]:
    """The findings of every traceback; the last one ended the run, so the others are less sure."""
    kept: dict[str, Finding] = {}
    below = 0
    for trace in reversed(found):
        for finding in match.findings(trace):
            kept.setdefault(finding.code, _less(finding, below))
        below = 1 if kept else 0
    return tuple(kept.values())


def _less(finding: Finding, levels: int) -> Finding:
    level = min(CERTAINTIES.index(finding.certainty) + levels, len(CERTAINTIES) - 1)
    certainty: Certainty = CERTAINTIES[level]
    return msgspec.structs.replace(finding, certainty=certainty) if levels else finding


def _telling(found: tuple[Trace, ...]) -> Trace:
    """The last traceback that is of Keras, or else the last."""
    return next((trace for trace in reversed(found) if trace.keras == "frame"), found[-1])


def _recognised(trace: Trace) -> tuple[str, ...]:
    """What was recognised, in a few words."""
    parts = []
    if trace.keras == "frame":
        eras = " or ".join(_ERAS[era] for era in trace.eras) or "Keras"
        parts.append(f"frames of {eras}")
    elif trace.keras:
        parts.append("words of Keras, but no frame of it")
    else:
        parts.append("nothing of Keras in it")
    if trace.stages:
        parts.append(f"while: {', '.join(trace.stages)}")
    others = [name for name in trace.libraries if name not in ("keras", "tf_keras")]
    parts += [f"also frames of: {', '.join(others[:5])}"] if others else []
    names = match.layers(trace)
    parts += [f"names: {', '.join(names)}"] if names else []
    return (f"{len(trace.frames)} frames, {len(trace.raised)} exceptions; {'; '.join(parts)}",)


def _head(trace: Trace) -> str:
    from saveguard.diagnosis import redact

    last = trace.last
    line = redact.redacted((last.message.strip().splitlines() or [""])[0][:400])
    told = f"{last.type}: {line}" if last.type else line
    return told[:200]
