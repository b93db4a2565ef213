"""Texts whose bytes are whole, in a form that is not read; with the command that converts them."""

from __future__ import annotations

import codecs
import json
import os
import shlex

from saveguard.data.sources import opening

_SAMPLE, _BLOCK = 1 << 16, 1 << 20
_UNPACKS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz"}
# Where Windows has quotes and dashes, ISO-8859-1 has control characters, which no text holds.
_WINDOWS = frozenset(range(0x80, 0xA0))


class OtherForm(ValueError):
    """A text in a form that is not read.

    Attributes:
        fix: What mends it: a command, or a few words.
    """

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.fix = fix


def wide(path: str) -> None:
    """Look whether a text has two bytes a character.

    Raises:
        OtherForm: If so.
    """
    if opening.beginning(path, 2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        fix = converted(path, "iconv -f UTF-16 -t UTF-8", "utf8")
        raise OtherForm("it is UTF-16, and UTF-8 is read", fix)


def line_ends(path: str) -> None:
    """Look whether the lines of a text end as those of old Macintoshes do.

    Raises:
        OtherForm: If so.
    """
    begins = opening.beginning(path, _SAMPLE)
    if b"\r" in begins[:-1] and b"\n" not in begins:
        what = "its lines end with CR alone, from line 1 on, and not with LF or CR LF"
        raise OtherForm(what, converted(path, r"tr '\r' '\n'", "lf"))


def document(path: str) -> None:
    """Look whether a file of JSON is one document over several lines.

    Raises:
        OtherForm: If so.
    """
    begins = opening.beginning(path, _SAMPLE).lstrip()
    first, _, others = begins.partition(b"\n")
    if not begins.startswith((b"[", b"{")) or (_is_json(first) and others.strip()):
        return
    array = begins.startswith(b"[")
    if not array and (_is_json(first) or first.strip() != b"{"):
        return
    what = "line 1 begins an array of JSON" if array else "line 1 begins an object of JSON"
    what += ", and each line is to be one object, without commas between them"
    fix = converted(path, "jq -c '.[]'" if array else "jq -c .", "lines", ".jsonl")
    raise OtherForm(what, fix)


def characters(path: str) -> None:
    """Look whether a text is UTF-8 from end to end.

    Raises:
        OtherForm: If not; names the first line that is not.
    """
    number, rest = 0, b""
    with opening.unpacked(path) as file:
        while block := file.read(_BLOCK):
            *lines, rest = (rest + block).split(b"\n")
            for number, line in enumerate(lines, number + 1):  # noqa: B020  it goes on counting
                other_characters(path, number, line)
    other_characters(path, number + 1, rest)


def other_characters(path: str, number: int, line: bytes) -> None:
    """Look whether a line is UTF-8.

    Args:
        number: Of the line, from 1.

    Raises:
        OtherForm: If not.
    """
    try:
        line.decode()
    except UnicodeDecodeError as error:
        known = "WINDOWS-1252" if _WINDOWS.intersection(line) else "ISO-8859-1"
        near = line[max(0, error.start - 20) : error.start + 20].strip()
        text = near.decode("cp1252" if known.startswith("W") else "latin-1", "replace")
        raise OtherForm(
            f"line {number:,} is no UTF-8: byte 0x{line[error.start]:02X}; as {known} it would read"
            f" {text!r}",
            converted(path, f"iconv -f {known} -t UTF-8", "utf8"),
        ) from None


def converted(path: str, command: str, word: str, ending: str = "") -> str:
    """The line for a shell that writes a file anew beside itself: `a.csv` -> `a.utf8.csv`."""
    stem, kind = os.path.splitext(path)
    unpack = _UNPACKS.get(kind.lower(), "")
    if unpack:
        stem, kind = os.path.splitext(stem)
    new = shlex.quote(f"{stem}.{word}{ending or kind}")
    if unpack:
        return f"{unpack} -dc {shlex.quote(path)} | {command} > {new}"
    return f"{command} < {shlex.quote(path)} > {new}"


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
