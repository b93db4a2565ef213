"""Undo what terminals, CI, chat and mail did to a traceback, so that its own lines are left."""

from __future__ import annotations

import functools
import re

# So much around each traceback is read of a text that is longer than LONG; more cannot be told
# apart from a log. The bound on time is this one.
LONG = 400_000
AROUND = 60_000
MOST = 5
_ANCHORS = ("Traceback (most recent call last", "Error: ", "Exception: ")

_ANSI = re.compile(
    r"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-Z\\-_]"
    r"|(?:\\x1b|\\u001b|\\033|\\e|\^\[|␛)\[[0-9;]*m|\[(?:\d{1,3};)+\d{1,3}m|\[(?:0|1|3[0-7]|39|22)m"
)
_BOX = re.compile(r"[│┃║]")
_RULE = re.compile(r"^\s*[╭╰┌└╔╚]?[─━═┄-]*(?P<told>[^─━═]*)[─━═┄-]*[╮╯┐┘╗╝]?\s*$")
_CURLY = str.maketrans(
    {0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'", 0xA0: " ", 0x200B: None, 0x202F: " "}
)
_HEAD = re.compile(
    r"(?:Exception Group )?Traceback \(most recent call last\)|Stack ?trace \(most recent"
)
# IPython names the class before the head.
_TYPE_AT_END = re.compile(r"\w(?:Error|Exception|Exit|Interrupt|Iteration|Warning)\s*$")
_FRAME = re.compile(r"File \"[^\"\n]+\", line \d+")
# What loggers and services put before a line. Each ends where the line of the program begins.
_PREFIXES = (
    r"(?:>[ ]?)+(?! {0,3}\d+ )",
    r"(?:#|//|\*|;|%)[ ](?=\s*(?:File |Traceback|[A-Z]\w+(?:Error|Exception)))",
    r"E {3}(?=\S| )",
    r"\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?"
    r"(?:Z|[+-]\d\d:?\d\d)?(?: UTC)?[ ]?",
    r"\[?\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\]?[ ]?",
    r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]+ [\w./-]+(?:\[\d+\])?: ",
    r"\[\d{4}[^\]\n]{4,40}\][ ]?",
    r"\{[\w./-]+\.py:\d+\}[ ]",
    r"\[(?:[\w.:-]+/)*[\w.:-]{1,40}\][ ](?!in )",
    r"\([\w. =,:-]*pid=\d+[^)\n]*\)[ ]",
    r"(?:DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)(?::[\w.-]+:|:[ ]?|[ ]+(?:-[ ])?)",
    r"(?:stderr|stdout|std(?:err|out) ?[|F:]|logger|app|root|worker-?\d*)[ ]?[:|][ ]?",
    r"- (?:ERROR|INFO|WARNING|CRITICAL) - ",
    r"[a-z][\w.-]{0,30}(?:[-_]\d+)?[ ]*\|[ ]",
    r"[\w.-]+(?: - [\w.-]+)* - (?:ERROR|CRITICAL|WARNING) - ",
)


def decoded(raw: bytes) -> str:
    """Any bytes as text; what is no text in its encoding is replaced."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8-sig", "replace")


def shortened(text: str) -> str:
    """The parts of a long text that may hold a traceback, the last ones first to be kept."""
    if len(text) <= LONG:
        return text
    ends: list[tuple[int, int]] = [(len(text) - AROUND, len(text))]
    for anchor in _ANCHORS:
        at = len(text)
        for _ in range(MOST):
            at = text.rfind(anchor, 0, at)
            if at < 0:
                break
            ends.append((max(0, at - 300), min(len(text), at + AROUND)))
    parts, reached = [], 0
    for start, end in sorted(ends):
        if end > reached:
            parts.append(text[max(start, reached) : end])
            reached = end
    return "\n".join(parts)[-LONG:]


def lines(text: str) -> list[str]:
    """The lines of a paste, without colours, boxes, prefixes, quotes and escapes."""
    text = _ANSI.sub("", shortened(text).translate(_CURLY))
    text = _unescaped(text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4))
    found = text.split("\n")
    if _BOX.search(text):
        found = [_unboxed(line) for line in found]
    heads = [line for line in found if "Traceback (most recent" in line]
    if heads and all(line.startswith(("Traceback", "Exception Group")) for line in heads):
        return found
    return _dedented([_bare(line) for line in found])


def _unescaped(text: str) -> str:
    """A traceback that is one string of JSON, of a notebook or of HTML, as its lines."""
    if "\\n" in text and (
        "(most recent call last):\\n" in text or '\\n  File \\"' in text or text.count("\\n") > 5
    ):
        text = text.replace("\\r", "").replace("\\n", "\n").replace("\\t", "    ")
        text = text.replace('\\"', '"').replace("\\'", "'").replace('"\n"', "\n")
        text = re.sub(r'^\s*"|",?\s*$', "", text, flags=re.MULTILINE)
    if re.search(r"&(?:lt|quot|#39|gt|#x27);", text):
        import html  # slow to import, and few pastes need it

        text = html.unescape(re.sub(r"<br\s*/?>", "\n", text))
    return text


def _unboxed(line: str) -> str:
    """A line of rich's box without the box."""
    if _BOX.search(line):
        bare = re.sub(r"^(\s*)[│┃║] ?", r"\1", line)
        return re.sub(r"\s*[│┃║]\s*$", "", bare)
    rule = _RULE.match(line)
    return rule["told"].strip() if rule and re.search("[─━═]{3}", line) else line


@functools.cache
def _prefixes() -> tuple[re.Pattern[str], ...]:
    """Compiled when first needed, for a plain traceback has none."""
    return tuple(map(re.compile, _PREFIXES))


def _bare(line: str) -> str:
    """A line without the prefixes that services put before it."""
    for _ in range(4):
        for prefix in _prefixes():
            found = prefix.match(line)
            if found:
                line = line[found.end() :]
                break
        else:
            return line
    return line


def _dedented(found: list[str]) -> list[str]:
    """Lines without what stands before the head of each traceback: an indent, or any prefix."""
    before = ""
    whole = []
    for line in found:
        head = _HEAD.search(line)
        if head and "File " not in line[: head.start()]:
            before = "" if _TYPE_AT_END.search(line[: head.start()]) else line[: head.start()]
        whole.append(_without(line, before) if before else line)
    if not before and found and not any(_HEAD.search(line) for line in found):
        return _dedented_by_frames(whole)
    return whole


def _dedented_by_frames(found: list[str]) -> list[str]:
    """The same where no head is left: frames stand two columns in."""
    at = [frame.start() for line in found if (frame := _FRAME.search(line))]
    extra = min(at) - 2 if at else 0
    if extra <= 0:
        return found
    before = next(line for line in found if _FRAME.search(line))[:extra]
    return [_without(line, before) for line in found]


def _without(line: str, before: str) -> str:
    """`line` without `before`, digits of which may differ: a time, a number of a process."""
    if line.startswith(before):
        return line[len(before) :]
    if not before.strip():
        return line.lstrip(" ") if not line[: len(before)].strip() else line
    if not any(sign.isdigit() for sign in before):
        return line.removeprefix(before.rstrip())
    pattern = re.sub(r"(?:\\\s|\s)+", r"\\s*", re.sub(r"\d+", r"\\d+", re.escape(before)))
    found = re.match(pattern, line)
    return line[found.end() :] if found else line
