"""A part of the file is encrypted, so it was not read, and Keras cannot read it either.

## What happens

`keras.saving.load_model` stops with a RuntimeError. A scanner that does not try, or that takes an
error for "nothing found", says nothing of what is hidden there.

## Why

Zip archives can hold members behind a password. Keras never writes one and has no place to give
the password, so a `.keras` file with such a member was packed by something else: to keep its
contents secret, or to keep them from being looked at.

## Fix

Unpack the file with its password, look at what it holds, and pack it again without one:

    unzip -P PASSWORD m.keras -d unpacked
    saveguard check unpacked
    (cd unpacked && zip -0 -r ../open.keras .)

## Seen in

- Keras 3.15.1: "RuntimeError: File 'config.json' is encrypted, password required for extraction".

## References

- https://docs.python.org/3/library/zipfile.html (ZipFile.setpassword)
- https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (section 4.4.4)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG903", "part-encrypted", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    parts = [part for part in facts.unread if part.kind == "encrypted"]
    if not parts:
        return
    named = ", ".join(part.what for part in parts[:3])
    more = f" and {len(parts) - 3} more" if len(parts) > 3 else ""
    yield rule.finding(
        where=parts[0].what,
        message=f"{named}{more} of {facts.path} cannot be read without a password",
        why="Keras never encrypts, and load_model() stops on it with a RuntimeError. What it"
        " holds was not looked at.",
        fix="unpack it with its password (unzip -P PASSWORD), look at what it holds, and pack it"
        " again without one",
    )


def bad(tmp: Path) -> Call:
    """A model whose configuration is marked as encrypted."""
    path = tmp / "m.keras"
    content = bytearray(_model(tmp).read_bytes())
    # Bit 0 of the flags, in the member's own header and in the directory.
    for signature, flags, name in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = content.index(signature)
        while not content.startswith(b"config.json", at + name):
            at = content.index(signature, at + 4)
        content[at + flags] |= 1
    path.write_bytes(content)
    return Call("check", (path,))


def good(tmp: Path) -> Call:
    """The same model with an open one."""
    return Call("check", (_model(tmp),))


def _model(tmp: Path) -> Path:
    from saveguard.rules import forged

    return forged.keras_file(tmp, forged.model())
