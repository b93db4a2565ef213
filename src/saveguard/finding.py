"""A finding, and the report that gathers findings with what was and was not read."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from saveguard.facts import Card

Certainty = Literal["certain", "likely", "possible"]
CERTAINTIES: tuple[Certainty, ...] = ("certain", "likely", "possible")
SCHEMA_VERSION = 1
# Names come from files that anyone may have written: what would steer a terminal, turn its text
# around, or be no text at all, is spelled out.
_UNPRINTABLE = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that will hurt: where it is, what it is, what it leads to and what mends it.

    Attributes:
        code: The rule's code, `SG402`. Codes are never reused or renamed; compare these.
        name: The rule's name, `untracked-variables`.
        where: A path inside the file, the model or the data.
        message: The headline, one line, with the user's own names and values.
        why: What is, then what will happen, in which version.
        fix: One command, or a few lines of code with the user's own names.
        certainty: `certain`, `likely` or `possible`.
        evidence: Lines that were matched or values that were read, quoted.
        file: The file on disk that it was found in; empty where it is about none.

    Characters that are not to be printed are spelled out in all of them.
    """

    code: str
    name: str
    where: str
    message: str
    why: str
    fix: str
    certainty: Certainty = "certain"
    evidence: tuple[str, ...] = ()
    file: str = ""

    def __post_init__(self) -> None:
        for name in ("where", "message", "why", "fix", "file"):
            text = getattr(self, name)
            if not text.isprintable():
                msgspec.structs.force_setattr(self, name, printable(text))
        if self.evidence:
            seen = tuple(printable(line) for line in self.evidence)
            msgspec.structs.force_setattr(self, "evidence", seen)

    @property
    def rank(self) -> tuple[int, str, str, str]:
        """Sort key: the most certain first, then by code, file and place."""
        return CERTAINTIES.index(self.certainty), self.code, self.file, self.where

    @property
    def level(self) -> str:
        """`error` for certain, `warning` for likely, `note` for possible."""
        return {"certain": "error", "likely": "warning", "possible": "note"}[self.certainty]

    @property
    def place(self) -> str:
        """The file, where there is one, and the place in it."""
        if not self.file or self.where.startswith(self.file):
            return self.where
        return f"{self.file}: {self.where}" if self.where else self.file

    @property
    def fingerprint(self) -> str:
        """The same for the same code and place in whatever file, however it is worded."""
        import hashlib

        inside = "" if self.where == self.file else self.where
        return hashlib.sha256(f"{self.code}\0{inside}".encode()).hexdigest()[:16]

    def __str__(self) -> str:
        """The finding as text of at most 88 columns, code and headline first."""
        parts = [("at", self.place), ("why", self.why), ("fix", self.fix)]
        parts += [("seen", line) for line in self.evidence]
        parts.append(("sure", f"{self.certainty}; more: saveguard explain {self.code}"))
        head = _wrapped(f"{self.level}[{self.code}] ", self.message, "  ")
        return "\n".join([head, *(_wrapped(f"  {name:4} ", text, " " * 7) for name, text in parts)])


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was looked at.

    Attributes:
        path: As it was given or found.
        layout: What it is by its content: `keras`, `h5`, ...; empty where it is no archive.
        size: Bytes.
        not_read: What of it could not be looked at, and why.
    """

    path: str
    layout: str = ""
    size: int = 0
    not_read: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Findings, best first, with what was and what was not read to reach them.

    Attributes:
        subject: What was looked at: a path, or a model's class and name.
        findings: Best first (see `Finding.rank`).
        read: What was looked at, in a few words each.
        not_read: What could not be looked at, and why. Not read is never clean.
        files: One record a file, where files were looked at.
        suppressed: How many further findings a baseline knows already.
        schema_version: Version of the JSON form; it grows when a key changes its meaning.
    """

    subject: str
    findings: tuple[Finding, ...] = ()
    read: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    files: tuple[Examined, ...] = ()
    suppressed: int = 0
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.findings, key=lambda finding: finding.rank))
        msgspec.structs.force_setattr(self, "findings", ordered)

    @property
    def ok(self) -> bool:
        """True when nothing certain was found."""
        return not self.certain

    @property
    def certain(self) -> tuple[Finding, ...]:
        """The findings that are certain; only these fail a build by default."""
        return tuple(f for f in self.findings if f.certainty == "certain")

    @property
    def codes(self) -> tuple[str, ...]:
        """The findings' codes, best first, each once."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings))

    def to_json(self) -> str:
        """The report as JSON text, with a `schema_version`."""
        return msgspec.json.encode(self).decode()

    def __str__(self) -> str:
        """Every finding in full, what was and was not read, and the count."""
        lines = [str(finding) for finding in self.findings]
        lines += [f"{self.subject}: {told}" for told in self.read]
        lines += [f"{self.subject}: not read: {told}" for told in self.not_read]
        return "\n".join([*lines, f"{self.subject}: {self.verdict}"])

    @property
    def verdict(self) -> str:
        """`nothing found`, or how many findings of each certainty there are, and what else."""
        counts = [
            f"{count} {certainty}"
            for certainty in CERTAINTIES
            if (count := sum(f.certainty == certainty for f in self.findings))
        ]
        told = ", ".join(counts) or "nothing found"
        partly = sum(bool(file.not_read) for file in self.files)
        told = f"{len(self.files):,} files, {told}" if len(self.files) > 1 else told
        told += f"; {partly:,} not fully read" if partly else ""
        return told + (f"; {self.suppressed:,} known by the baseline" if self.suppressed else "")

    def __add__(self, other: Report) -> Report:
        return Report(
            subject=self.subject,
            findings=tuple(dict.fromkeys(self.findings + other.findings)),
            read=tuple(dict.fromkeys(self.read + other.read)),
            not_read=tuple(dict.fromkeys(self.not_read + other.not_read)),
            files=tuple(dict.fromkeys(self.files + other.files)),
            suppressed=self.suppressed + other.suppressed,
        )

    def cards(self) -> tuple[Card, ...]:
        """What a page shows beside the findings; an audit has one for each column."""
        return ()

    def to_html(self) -> str:
        """The report as one page for a browser, which loads nothing."""
        return str(_page().render(self))

    def _repr_html_(self) -> str:
        return str(_page().compact(self))


def _page() -> Any:
    """The module that writes pages: of a higher room, so it is brought when it is asked for."""
    import importlib

    return importlib.import_module("saveguard.report.html")


def printable(text: str) -> str:
    """`text`, with control characters, lone surrogates and changes of direction spelled out."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _wrapped(start: str, text: str, indent: str) -> str:
    """`text` behind `start`, in lines of 88 columns; lines of its own (code) are kept."""
    first, *rest = text.splitlines() or [""]
    wrapped = textwrap.wrap(
        first,
        88,
        initial_indent=start,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join([*(wrapped or [start.rstrip()]), *(indent + line for line in rest)])
