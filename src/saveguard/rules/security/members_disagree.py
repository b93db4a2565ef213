"""The archive says two things of one member, so that two readers see two different files.

## What happens

A tool that checks the file may read one configuration, and Keras another: the last of several
members of one name, whatever its own header calls it.

## Why

A zip archive lists its members at its end, and each member carries its name once more before its
bytes. Every writer of models writes both alike, and each name once.

## Fix

Do not load the file; ask where it comes from. Where a tool of your own adds members to an archive
in place, let it write the archive anew instead.

## Seen in

- A known way past scanners; no CVE is known. Python's zipfile, where it reads the member: "File
  name in directory 'config.json' and header b'readme.json' differ."

## References

- https://docs.python.org/3/library/zipfile.html
- https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3, 4.4)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from saveguard.facts import ArchiveFacts, Member
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG313", "members-disagree", since="0.1")

_READ = {"config.json", "model.weights.h5", "model.weights.npz"}


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for member in facts.members if facts.content == "zip" else ():
        if member.duplicate:
            yield _finding(member, "is in the archive more than once")
        if member.local_name:
            yield _finding(member, f"calls itself {member.local_name[:60]!r} in its own header")
    for first, second in _overlapping(facts.members if facts.content == "zip" else ()):
        yield _finding(second, f"shares its bytes with `{first.name}`")


def _finding(member: Member, told: str) -> Finding:
    return rule.finding(
        where=member.name,
        message=f"member `{member.name}` {told}",
        why="One reader sees other content than another: a check may pass on what Keras does not"
        " load. Keras takes the last member of a name.",
        fix="do not load the file before you know where it comes from; a tool of your own that"
        " adds members in place should write the archive anew",
        certainty="certain" if member.name in _READ else "likely",
    )


def _overlapping(members: Sequence[Member]) -> Iterator[tuple[Member, Member]]:
    """Neighbours of which the second begins before the first ends."""
    placed = [member for member in members if member.offset >= 0 and member.stored]
    placed.sort(key=lambda member: (member.offset, member.name not in _READ))
    for first, second in itertools.pairwise(placed):
        if second.offset < first.offset + first.stored:
            yield (second, first) if first.name in _READ else (first, second)


def bad(tmp: Path) -> Call:
    """An archive with two configurations."""
    import json
    import warnings
    import zipfile

    from saveguard.rules.forged import keras_file, model

    path = keras_file(tmp, model())
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("config.json", json.dumps(model()))
    return Call("check", (path,))


def good(tmp: Path) -> Call:
    """The archive as it was written."""
    from saveguard.rules.forged import keras_file, model

    return Call("check", (keras_file(tmp, model()),))
