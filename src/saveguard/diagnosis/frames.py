"""The forms in which tools print a frame, each read into a `Frame`."""

from __future__ import annotations

import re

from saveguard.trace import Frame

_FILE = r"(?:<[\w-]+>[\\/])?(?:[A-Za-z]:[\\/]|~|<|\.{0,2}[\\/])?[^\s\"'<>|:*?]*(?:\.pyx?|\.ipynb|>)"
_NAME = r"[\w.<>]+"
_FORMS = tuple(
    map(
        re.compile,
        (
            # Python's own, and TensorFlow's "in user code".
            rf"\s*\|?\s*File ['\"](?P<file>[^\"\n]+?)['\"], line (?P<line>\d+)"
            rf"(?:,? in (?P<function>{_NAME}))?",
            # IPython 8: `File ~/a.py:12, in f(x)`, `Cell In[3], line 1, in f()`.
            rf"\s*(?:File )?(?P<file>(?:[A-Za-z]:)?[^\s:][^:\n]*?\.pyx?):(?P<line>\d+),?"
            rf" in (?P<function>{_NAME})",
            rf"\s*(?P<file>(?:Cell )?In(?:put)? ?\[[\d ]*\])(?:, line (?P<line>\d+))?"
            rf"(?:,? in (?P<function>{_NAME}|<[^>\n]*>))?",
            r"\s*File (?P<file>[^\s:\"][^:\n]*?\.pyx?):(?P<line>\d+)\s*$",
            # IPython 5 to 7: `/x/a.py in f(x)`, `<ipython-input-3-0a> in <module>`.
            rf"\s*(?P<file>{_FILE}) in (?P<function>{_NAME})",
            # rich: `/x/a.py:12 in f`; TensorFlow 2.3: `/x/a.py:12 f  *`.
            rf"\s*(?P<file>{_FILE}):(?P<line>\d+) (?:in )?(?P<function>{_NAME})(?: +\**)?\s*$",
            # pytest: `a.py:12: in f`, `a.py:12: ValueError`.
            rf"\s*(?P<file>{_FILE}):(?P<line>\d+): (?:in (?P<function>{_NAME}))?",
        ),
    )
)
_CARETS = re.compile(r"\s*[\^~ .]*[\^~][\^~ ]*$")
_NUMBERED = re.compile(r"\s*(?P<mark>-+>|❱|>)?\s*(?P<line>\d+) ?(?P<code>.*)$")
_DIRECTIONS = re.compile(
    r"\s*\[(?:Previous line repeated|\.\.\. skipping|Show hidden)|\s*\.{3}\s*$"
)


def frame(line: str) -> Frame | None:
    """The frame whose head this line is, or None."""
    if len(line) > 2000 or not (
        "File " in line or ".py" in line or "In" in line or "ipython" in line
    ):
        return None
    for form in _FORMS:
        found = form.match(line)
        if found:
            told = found.groupdict()
            return Frame(
                told["file"].replace("\\", "/"),
                int((told.get("line") or "0")[:9]),
                (told.get("function") or "").rpartition(".")[2] or "",
            )
    return None


def source(line: str) -> tuple[bool, int, str] | None:
    """(marked, number, code) of a line of code under a frame's head; None: it is none.

    Marked is the line that was running, where a tool prints the lines around it.
    """
    if _CARETS.fullmatch(line[:500]) or _DIRECTIONS.match(line):
        return False, 0, ""
    found = _NUMBERED.match(line[:1000])
    if found and (found["mark"] or line[:1].isspace() or found["code"][:1].isspace()):
        return bool(found["mark"]), int(found["line"][:9]), found["code"].strip()
    if line[:1].isspace():
        return False, 0, line.strip()
    return None
