"""Arrays or members are links: what they stand for lies elsewhere, in other files of the host.

## What happens

Loading follows the link with the rights of whoever loads: a file of the host becomes weights of
the model, and leaves with it. A ring of hard links makes a reader walk for ever. Keras 3.12.2 and
3.14.1 refuse links and virtual datasets; links in the middle of a path only since 3.12.4 and
3.15.1.

## Why

HDF5 lets a dataset keep its bytes in another file, and lets a name be a link into another file.
Keras writes neither, nor symbolic links into a `.keras`.

## Fix

Do not load the file; ask where it comes from. Where it is your own, copy it with the links
resolved:

    h5repack m.weights.h5 copy.weights.h5

## Seen in

- CVE-2026-1669, CVE-2026-12480: Keras before 3.12.2 and 3.14.1.

## References

- https://nvd.nist.gov/vuln/detail/CVE-2026-1669
- https://github.com/keras-team/keras/pull/22801
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules import guards

rule = Rule("SG309", "link-outside", since="0.1")

_KINDS = {
    "soft": "a soft link",
    "external": "an external link into another file",
    "external-storage": "a dataset whose bytes lie in another file",
    "virtual": "a virtual dataset over other datasets",
    "cycle": "a hard link that closes a ring",
    "symlink": "a symbolic link",
}


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    found = [(link.member, link.path, link.kind) for link in facts.links]
    found += [(m.name, "", "symlink") for m in facts.members if m.link]
    told: set[str] = set()
    for member, path, kind in found:
        # A download cache keeps a model's folder as links to its files: that is no attack.
        if kind in told or (kind == "symlink" and facts.content == "directory"):
            continue
        told.add(kind)
        number = sum(other == kind for *_, other in found)
        more = f" ({number} in all)" if number > 1 else ""
        where = f"{member} {path}".strip()
        yield rule.finding(
            where=where,
            message=f"`{path or member}` is {_KINDS.get(kind, kind)}{more}",
            why="Keras writes no links. " + _deed(facts, kind),
            fix="do not load the file before you know where it comes from",
        )


def _deed(facts: ArchiveFacts, kind: str) -> str:
    if kind == "symlink":
        return guards.told(facts, "asset-traversal", "may write and read through it")
    if kind == "cycle":
        return guards.told(facts, "hdf5-links", "may walk it without end")
    return guards.told(facts, "hdf5-links", "follows it with your rights")


rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Not allowed: H5 file with (?P<what>external Dataset|virtual Dataset|\w*Link\w*)",
        stages=("load",),
        frames=r"saving_lib\.py:",
        versions=("keras3",),  # more telling than the list that it stands in
        message="arrays of {where} lie in other files: {what}",
        why="Such a link reads whatever file of the host it names, so Keras refuses it.",
        fix="do not load {where} unless you know who wrote it; saving the model anew makes one"
        " whole"
        " file",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "KeyError", "OSError"),
        pattern=r"Unable to (?:synchronously )?open object \((?:can't open file|unable to open"
        r" external file)",
        stages=("load",),
        frames=r"load_(?:model|weights)|saving_lib\.py:",
        versions=("keras3",),  # more telling than the list that it stands in
        message="arrays of {where} lie in another file, which is not there",
        why="HDF5 follows a link out of the file it reads, to whatever file the link names.",
        fix="do not load {where} unless you know who wrote it; saving the model anew makes one"
        " whole"
        " file",
    )
)


def bad(tmp: Path) -> Call:
    """A group that is a link into another file."""
    import h5py

    path = tmp / "m.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/dense"] = h5py.ExternalLink("other.h5", "/weights")
    return Call("check", (path,))


def good(tmp: Path) -> Call:
    """The same arrays in the file itself."""
    from saveguard.rules.forged import weights

    return Call("check", (weights(tmp / "m.weights.h5"),))
