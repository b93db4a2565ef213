"""A traceback as text that may be shown: without paths, values, hosts and tokens."""

from __future__ import annotations

import re

from saveguard.diagnosis.place import of_keras
from saveguard.trace import Frame, Raised, Trace

_SECRETS = (
    (re.compile(r"-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|\Z)"), "<key>"),
    (re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://[^\s'\"<>)\]]+", re.IGNORECASE), "<url>"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<address>"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b"), "<host>"),
    (
        re.compile(
            r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|local|internal|corp|lan|dev|cloud)\b"
        ),
        "<host>",
    ),
    (
        re.compile(
            r"(?i)\b([\w-]*(?:token|secret|passw(?:or)?d|api[_-]?key|authorization|credential)[\w-]*)"
            r"(['\"]?\s*[=:]\s*)(?:bearer\s+)?(?:'[^']*'|\"[^\"]*\"|[^\s,;)}\]]+)"
        ),
        r"\1\2<secret>",
    ),
    (re.compile(r"\b(?:hf_|gh[pousr]_|sk-|xox[abprs]-|AKIA|eyJ)[\w.-]{8,}"), "<secret>"),
    (
        re.compile(r"\b(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{32,}\b"),
        "<secret>",
    ),
)
_PATH = re.compile(
    r"(?:[A-Za-z]:[\\/]|~[\w.-]*/|\\\\|\.{0,2}/)(?:[^\s'\"<>:*?|,;()\[\]{}/\\]+[\\/])*"
    r"[^\s'\"<>:*?|,;()\[\]{}/\\]+|\b(?:[\w.-]+/){2,}[\w.-]+"
)
_EXTENSION = re.compile(r"(?:\.weights)?\.[A-Za-z]\w{1,5}$")
_ARRAY = re.compile(r"(?:\b(?:array|Tensor)\()?\[\s*-?\d[\d.,\s\[\]e+-]{24,}\]?")
_NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[+-]?\d+)?(?![\w.]*\d*\.)")
_QUOTED = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"")
_SAFE = re.compile(
    r"[a-z_][a-z0-9_]*|[A-Z]\w*|[\w.]*\.(?:keras|h5)|<[\w .]*>|[a-z_]\w*(?:[./][a-z_]\w*)*"
    r"|(?:float|int|uint|bfloat)\d+",
)
LONGEST = 600
FRAMES = 12


def redacted(text: str) -> str:
    """`text` without secrets, hosts, paths and data."""
    for known, name in _SECRETS:
        text = known.sub(name, text)
    text = _PATH.sub(_without_folders, text)
    text = _ARRAY.sub("<values>", text)
    text = _NUMBER.sub("<number>", text)
    return _QUOTED.sub(_without_value, text)


def issue(trace: Trace) -> str:
    """What a person can paste into an issue: exceptions and frames, told without what is theirs."""
    parts = []
    for raised in trace.raised:
        if raised.link in ("cause", "context"):
            parts.append({"cause": "caused:", "context": "while handling it:"}[raised.link])
        frames = raised.frames[-FRAMES:]
        skipped = len(raised.frames) - len(frames)
        parts += [f"  ... {skipped} frames"] if skipped else []
        parts += [_frame(frame) for frame in frames]
        parts.append(_head(raised))
    return "\n".join(parts)


def _head(raised: Raised) -> str:
    message = redacted(raised.message[:4000].strip())
    cut = message if len(message) <= LONGEST else message[:LONGEST] + "..."
    return f"{raised.type}: {cut}" if raised.type else cut


def _frame(frame: Frame) -> str:
    """A frame of a library in full; of one's own, only that it is there."""
    packages = re.search(r"(?:site|dist)-packages/(.*)", frame.file)
    inside = packages[1] if packages else frame.file if of_keras(frame) else ""
    if not inside:
        return "  <own code>" + (f" in {frame.function}" if frame.function.startswith("<") else "")
    return f"  {inside}:{frame.line} in {frame.function}"


def _without_folders(found: re.Match[str]) -> str:
    path = found[0].replace("\\", "/")
    packages = re.search(r"(?:site|dist)-packages/(.*)", path)
    if packages:
        return packages[1]
    ending = _EXTENSION.search(path)
    return f"<path>{ending[0]}" if ending else "<path>"


def _without_value(found: re.Match[str]) -> str:
    told = found[1] if found[1] is not None else found[2]
    if len(told) <= 40 and (not told or _SAFE.fullmatch(told)):
        return found[0]
    return "'<text>'" if len(told) > 1 else found[0]
