"""A part of the file is larger, deeper or more numerous than its readers take in.

## What happens

Saveguard stops reading that part, and says which limit it went over. Whatever lies there was not
looked at, so the file is not clean, however good the rest of it looks. Keras knows few such
limits: it may take the memory of the machine, or hours, for the same part.

## Why

Files exist that are made to exhaust whoever opens them: a kilobyte that unpacks to terabytes, a
configuration nested ten thousand levels deep, groups that name each other. The limits are far
above what models need: the configuration of NASNetLarge, with 1,041 layers, has 2 MB.

## Fix

Ask where the file comes from. If the part is what its author wanted, load the file in a process
whose memory and time are limited:

    systemd-run --user --scope -p MemoryMax=8G python load_it.py

## Seen in

- Keras 3.12.3 and 3.15.0 refuse some of them: "Not allowed: ZIP member 'config.json' declares
  5368709120 bytes"; releases before read until the memory is gone.
- Python 3.11 on a configuration that is nested too deeply: "RecursionError: maximum recursion
  depth exceeded while decoding a JSON array from a unicode string".

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_lib.py (_reject_zip_bomb)
- https://cwe.mitre.org/data/definitions/409.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG901", "over-budget", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    parts = [part for part in facts.unread if part.kind == "budget"]
    if not parts:
        return
    more = f" and {len(parts) - 1} more" if len(parts) > 1 else ""
    yield rule.finding(
        where=parts[0].what,
        message=f"{parts[0].what}{more} of {facts.path} was not read to its end: it is"
        f" {parts[0].why}",
        why="No model needs that much, and a file that is made to exhaust its reader does. What"
        " lies there was not looked at; Keras may take all memory, or never return.",
        fix="ask where the file comes from; load it only in a process whose memory and time are"
        " limited",
        certainty="likely",
        evidence=tuple(f"{part.what}: {part.why}" for part in parts[:5]),
    )


def bad(tmp: Path) -> Call:
    """A model with an argument of ten thousand lists in one another."""
    return _model(tmp, 10_000)


def good(tmp: Path) -> Call:
    """The same model with twenty of them."""
    return _model(tmp, 20)


def _model(tmp: Path, levels: int) -> Call:
    import json

    from saveguard.rules import forged

    deep = "[" * levels + "]" * levels
    text = json.dumps(forged.model()).replace(
        '"name": "model"', f'"name": "model", "notes": {deep}'
    )
    return Call("check", (forged.keras_file(tmp, text.encode()),))
