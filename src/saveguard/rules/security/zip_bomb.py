"""Members of the archive unpack to far more than they take.

## What happens

Keras unpacks the whole archive into a temporary folder where it holds assets, and reads the
configuration into memory: the disk or the memory is full. Keras 3.12.4 and 3.15.1 refuse; 3.12.3
and 3.15.0 refuse for configuration and weights alone.

## Why

Keras stores members as they are. A member that unpacks to a hundred times its size was not
written by it, and numbers do not compress so.

## Fix

Do not load or unpack the file; ask where it comes from.

## Seen in

- Keras before 3.12.3 and 3.15.0; no CVE is known.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_lib.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules import guards

rule = Rule("SG312", "zip-bomb", since="0.1")

# Keras's own limits: a ratio of 100, above 256 MiB of assets, and above 4 GiB of weights.
_RATIO = 100
_FLOOR = 256 << 20
_WEIGHTS_FLOOR = 4 << 30
_WEIGHTS = ("model.weights.h5", "model.weights.npz")
_MB = 1e6


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    swollen = [member for member in facts.members if member.size > _RATIO * max(member.stored, 1)]
    size = sum(member.size for member in swollen)
    others = sum(member.size for member in swollen if member.name not in _WEIGHTS)
    if facts.content == "directory" or (others <= _FLOOR and size <= _WEIGHTS_FLOOR):
        return
    largest = max(swollen, key=lambda member: member.size)
    stored = sum(member.stored for member in swollen)
    yield rule.finding(
        where=largest.name,
        message=f"{stored / _MB:,.1f} MB of members unpack to {size / _MB:,.0f} MB",
        why="Keras stores members as they are. "
        + guards.told(facts, "zip-bomb-assets", "unpacks all of it"),
        fix="do not load or unpack the file before you know where it comes from",
    )


rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"(?:ZIP|archive) member '(?P<name>[^']+)' declares (?P<size>.{1,30}?) but only"
        r" (?P<stored>.{1,30}?) are stored on disk",
        stages=("load",),
        message="{name} in {where} unpacks to {size} from {stored}",
        why="Unpacking it would fill memory or disk, so Keras refuses it.",
        fix="do not load {where} unless you know who wrote it",
    )
)


def bad(tmp: Path) -> Call:
    """An asset of 300 MB of zeros."""
    return Call("check", (_with_asset(tmp, 300),))


def good(tmp: Path) -> Call:
    """An asset of 1 MB of zeros."""
    return Call("check", (_with_asset(tmp, 1),))


def _with_asset(tmp: Path, megabytes: int) -> Path:
    import zipfile

    from saveguard.rules.forged import keras_file, model

    path = keras_file(tmp, model())
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("assets/words.txt", "w", force_zip64=True) as member,
    ):
        for _ in range(megabytes):
            member.write(bytes(1_000_000))
    return path
