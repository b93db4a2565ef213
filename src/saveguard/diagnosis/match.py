"""Traces -> findings: the rules' signatures, held against text, with what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from saveguard.finding import CERTAINTIES, Certainty, Finding
from saveguard.rule import Signature
from saveguard.rules import signatures
from saveguard.trace import Raised, Trace

# Stages that run inside one another, so that frames of one do not speak against another.
_INSIDE = (
    {"fit", "evaluate", "predict", "build"},
    {"save", "checkpoint", "export", "convert"},
    {"load", "build"},
    {"fit", "checkpoint"},
    {"fit", "compile"},
)
_PATH = re.compile(r"[^\s'\"`(),=:]*(?<!tf)(?<!^)[\w>]\.(?:keras|h5|hdf5)\b(?![.\w`])")
_LAYER = re.compile(
    r"[Ll]ayer [\"'`#]?(?:\d+ \(named )?[\"'`]?([A-Za-z_][\w./-]*)[\"'`]"
    r"|[Ll]ayer ([a-z]\w*_\d+)\b|calling ([A-Z]\w*)\.call|class '(\w+)'"
)
# Where an exception of Keras tells the text of another, whose class it does not tell.
_CARRIES = re.compile(r"Exception encountered:|Error encountered:|actual error from `call` is")
_BUILTIN = {"list", "dict", "tuple", "int", "float", "str", "set", "bool", "NoneType", "function"}
_LONGEST = 20_000
MOST = 3
# What is that much lighter than the best has nothing but a few words for it.
FAR = 8


class Read(msgspec.Struct, frozen=True):
    """A signature that matched, and how much speaks for it."""

    code: str
    signature: Signature
    match: re.Match[str]
    raised: Raised
    certainty: Certainty
    weight: int


def findings(trace: Trace) -> tuple[Finding, ...]:
    """What the rules make of a trace: at most three, the best first and surer than the others."""
    best: dict[str, Read] = {}
    for read in _reads(trace):
        known = best.get(read.code)
        if known is None or _rank(read) < _rank(known):
            best[read.code] = read
    ordered = sorted(best.values(), key=_rank)
    ordered = [read for read in ordered if read.weight > ordered[0].weight - FAR][:MOST]
    return tuple(_told(read, trace, place) for place, read in enumerate(ordered))


def _rank(read: Read) -> tuple[int, int, str]:
    return -read.weight, CERTAINTIES.index(read.certainty), read.code


def _told(read: Read, trace: Trace, place: int) -> Finding:
    """One finding; each that comes after the first is less sure than the one before it."""
    level = min(CERTAINTIES.index(read.certainty) + (1 if place == 1 else 2 * (place > 1)), 2)
    groups = {name: _short(text or "") for name, text in read.match.groupdict().items()}
    seen = (_line(read.raised, read.match), *_frame(read.raised))
    return signatures.rule(read.code).told(
        read.signature, groups, _where(trace), seen, CERTAINTIES[level]
    )


def _reads(trace: Trace) -> Iterator[Read]:
    for depth, raised in enumerate(reversed(trace.raised)):
        message = raised.message[:_LONGEST]
        collapsed = " ".join(message.split())
        first = message.partition("\n")[0]
        texts = tuple(dict.fromkeys((message, collapsed, message.replace("\n", ""), first)))
        lowered = " ".join((collapsed, message.replace("\n", ""))).lower()
        kinds = {raised.type, *raised.bases}
        carries = bool(_CARRIES.search(message))
        for code, entry in signatures.table().items():
            for words, signature in zip(entry.words, entry.signatures, strict=True):
                if words and not any(word in lowered for word in words):
                    continue
                fits = carries or _type_fits(signature, kinds)
                match = _search(signature, texts) if fits else None
                weighed = _weighed(signature, trace, raised) if match else None
                if match and weighed:
                    yield Read(code, signature, match, raised, weighed[0], weighed[1] - depth)


def _type_fits(signature: Signature, kinds: set[str]) -> bool:
    """A message alone has no type; an exception of Keras may carry the text of another."""
    return "" in kinds or not signature.exceptions or bool(kinds & set(signature.exceptions))


def _search(signature: Signature, texts: tuple[str, ...]) -> re.Match[str] | None:
    return next((m for text in texts if (m := re.search(signature.pattern, text))), None)


def _weighed(signature: Signature, trace: Trace, raised: Raised) -> tuple[Certainty, int] | None:
    """How sure, and how heavy against others; None where the trace speaks against it."""
    level = CERTAINTIES.index(signature.certainty)
    weight = 10 - 3 * level
    frames = trace.frames
    if trace.keras != "frame":
        if not _stands_alone(signature, trace, whole=bool(frames) and raised.whole):
            return None
        level, weight = level + 1 + bool(signature.alone), weight - 2
    fits = _stage_fits(signature, trace)
    if fits is False:
        if trace.keras != "frame" or signature.certainty != "certain":
            return None
        level, weight = level + 1, weight - 6
    weight += 2 * bool(fits)
    if signature.frames:
        shown = "\n".join(f"{f.file}:{f.function}:{f.source}" for f in frames)
        if re.search(signature.frames, shown):
            weight += 4
        elif trace.keras == "frame" and raised.whole:
            return None
        else:
            level, weight = level + 1, weight - 2
    if signature.versions and trace.eras:
        if not set(signature.versions) & set(trace.eras):
            return None
        weight += 1
    level += not raised.type
    return CERTAINTIES[min(level, 2)], weight


def _stands_alone(signature: Signature, trace: Trace, *, whole: bool) -> bool:
    """Whether the words are enough, or what else must be said is said."""
    if signature.alone is None:
        return False
    if not signature.alone:
        return True
    text = "\n".join(raised.message[:_LONGEST] for raised in trace.raised)
    code = "\n".join(frame.source for frame in trace.frames)
    return bool(re.search(signature.alone, f"{text}\n{code}")) and not (
        whole and trace.keras != "mention"
    )


def _stage_fits(signature: Signature, trace: Trace) -> bool | None:
    """True or False where both are known."""
    if not signature.stages or not trace.stages:
        return None
    wanted, seen = set(signature.stages), set(trace.stages)
    return bool(wanted & seen) or any(wanted & room and seen & room for room in _INSIDE)


def _where(trace: Trace) -> str:
    """The file that the trace tells of, or what the stage deals with."""
    for raised in reversed(trace.raised):
        found = _PATH.search(raised.message[:4000])
        if found:
            return found[0]
    for frame in reversed(trace.frames):
        found = _PATH.search(frame.source)
        if found:
            return found[0]
    return "the file" if {"load", "save"} & set(trace.stages) else "the model"


def layers(trace: Trace) -> tuple[str, ...]:
    """Names of layers and classes that the messages tell, at most five."""
    found = [
        next(name for name in told.groups() if name)
        for raised in trace.raised
        for told in _LAYER.finditer(raised.message[:_LONGEST])
    ]
    return tuple(name for name in dict.fromkeys(found) if name not in _BUILTIN)[:5]


def _line(raised: Raised, match: re.Match[str]) -> str:
    """The line of the message in which the pattern was found, with the exception's class."""
    text = match.string
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    line = text[start : end if end >= 0 else len(text)].strip()
    line = " ".join(line.split())
    if len(line) > 300:
        at = max(0, match.start() - start - 40)
        line = ("..." if at else "") + line[at : at + 290] + "..."
    return f"{raised.type}: {line}" if raised.type else line


def _frame(raised: Raised) -> tuple[str, ...]:
    """The innermost frames that were seen: the user's own last one, and the one that raised."""
    own = [f for f in raised.frames if "-packages" not in f.file and f.source]
    shown = [*own[-1:], *raised.frames[-1:]]
    return tuple(
        dict.fromkeys(f"{f.file}, line {f.line}, in {f.function}: {f.source}"[:300] for f in shown)
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 200 else text[:197] + "..."
