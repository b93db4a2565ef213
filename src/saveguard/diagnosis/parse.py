"""Lines of a paste -> the exceptions that they tell of."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator

import msgspec

from saveguard.diagnosis import clean, frames
from saveguard.diagnosis.place import placed
from saveguard.trace import Frame, Link, Raised, Trace

_HEAD = re.compile(r"^.{0,120}?Traceback \(most recent call last\)")
_LINKS: dict[str, Link] = {
    "The above exception was the direct cause of the following exception": "cause",
    "During handling of the above exception, another exception occurred": "context",
}
_GROUPED = re.compile(r"\s*\+-[+-]*\s*-*\s*\d*\s*-*\s*$|\s*\+-+ \d+ -+")
_ENDS = "Error|Exception|Warning|Exit|Interrupt|Iteration|Fault|Failure|BadZipFile|NotFound"
# With or without the module; a word that ends like an exception needs no traceback before it.
_RAISED = re.compile(
    rf"\s{{0,12}}(?:\|\s*)*(?P<type>(?:[A-Za-z_][\w]*\.)*[A-Za-z_]\w*(?:{_ENDS})(?:Group)?)"
    r"(?P<told>:(?: |$)|$|(?= \())"
)
_AFTER_FRAMES = re.compile(
    r"(?:\|\s*)*(?P<type>(?:[a-z_]\w*\.)*[A-Z]\w{2,})(?P<told>: |:$|$)(?!\s*Traceback)"
)
_PROMPT = re.compile(r"(?:>>> |\$ |In \[\d+\]: |C:\\[^>\n]*>|\(\w+\) \S+@\S+[:$])")
_TABLE_HEAD = re.compile(r"(?P<type>[A-Za-z_.]*(?:Error|Exception|\w{3,}))\s{5,}Traceback \(")
# A note that JAX puts under every exception.
_JAX_NOTE = "For simplicity, JAX has removed its internal frames"
_TOLD_INSIDE = ("in user code", "Detected at node", "(most recent call last)", "defined at (most")
_DASHES = re.compile(r"^\s*[-=_]{15,}\s*$")
_LONGEST = 400
# Bases of classes that are not Python's own.
_BASES = {
    "BadZipFile": ("Exception",),
    "JSONDecodeError": ("ValueError",),
    "UnpicklingError": ("PickleError",),
    "WrappedError": ("ValueError",),
    "MultilineMessageKeyError": ("KeyError", "LookupError"),
    "SSLCertVerificationError": ("OSError",),
}


class _Part(msgspec.Struct):
    """What has been read of one exception."""

    frames: list[Frame]
    type: str = ""
    message: list[str] = msgspec.field(default_factory=list)
    link: Link = ""
    headed: bool = False
    new: bool = True  # a traceback of its own, not one of the chain before it
    expects: str = ""  # the class that IPython told in its head


def traces(text: str) -> tuple[Trace, ...]:
    """What each traceback in `text` says, in the order of the paste.

    A text without any exception is taken for the message of one.
    """
    parts = [part for part in _parts(clean.lines(text)) if part.type or part.frames]
    chains: list[list[Raised]] = []
    for part in parts:
        if part.new or not chains:
            chains.append([])
        chains[-1].append(_raised(part))
    if not chains and text.strip():
        message = "\n".join(clean.lines(text)).strip()[:20_000]
        chains = [[Raised("", message, whole=False)]]
    return tuple(placed(tuple(chain)) for chain in chains)


def bases(kind: str) -> tuple[str, ...]:
    """Names of the classes that the exception class `kind` derives from, where they are known."""
    known = getattr(builtins, kind, None)
    if isinstance(known, type) and issubclass(known, BaseException):
        return tuple(base.__name__ for base in known.__mro__[1:-2])
    return _BASES.get(kind, ())


def _raised(part: _Part) -> Raised:
    kind = part.type.rpartition(".")[2]
    message = "\n".join(part.message).rstrip("\n")
    return Raised(kind, message, bases(kind), tuple(part.frames), part.link, part.headed)


def _parts(lines: list[str]) -> Iterator[_Part]:
    """The exceptions, one after another, chain or not."""
    part, link = _Part([]), ""
    for line in lines:
        linked = next((kind for words, kind in _LINKS.items() if words in line), None)
        head = _HEAD.match(line)
        found = frames.frame(line)
        starts = bool(head) or bool(linked) or (found and part.type and not _inside(part, line))
        if starts and (part.type or part.frames):
            yield part
            part = _Part([], new=not link)
        if linked:
            part.new, part.link, link = False, linked, linked
            continue
        if head:
            part.headed = True
            table = _TABLE_HEAD.search(line)
            part.expects = table["type"] if table else ""
            part.new, link = not link, ""
        elif found:
            part.frames.append(found)
            link = ""
        else:
            _add(part, line)
    yield part


def _inside(part: _Part, line: str) -> bool:
    """Whether a frame stands in a message: TensorFlow tells there where an operation was made."""
    if line.startswith("    "):
        return True
    return any(words in told for told in part.message[:12] for words in _TOLD_INSIDE)


def _add(part: _Part, line: str) -> None:
    """One line that is no head: code of a frame, the exception, or more of its message."""
    if part.type:
        if line.startswith(_JAX_NOTE):
            return
        if len(part.message) < _LONGEST and not _PROMPT.match(line) and not _DASHES.match(line):
            part.message.append(line)
        return
    if _GROUPED.match(line):
        return
    found = _exception(part, line)
    if found:
        part.type = found["type"]
        rest = line[found.end("told") :]
        part.message.append(rest.lstrip())
        return
    code = frames.source(line)
    if part.frames and code:
        last = part.frames[-1]
        marked, number, text = code
        if marked or (not last.source and not number and text):
            part.frames[-1] = Frame(last.file, number or last.line, last.function, text)


def _exception(part: _Part, line: str) -> re.Match[str] | None:
    """The class and the beginning of the message, where this line tells them."""
    found = _RAISED.match(line)
    if found and (not line.startswith("    ") or not part.frames):
        return found
    if part.expects and re.match(rf"\s*{re.escape(part.expects)}\b", line):
        return re.match(rf"\s*(?P<type>{re.escape(part.expects)})(?P<told>: ?|$)", line)
    return _AFTER_FRAMES.match(line) if part.frames and not line[:1].isspace() else None
