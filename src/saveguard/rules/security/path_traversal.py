"""A name in the file leads out of the folder that it is unpacked into.

## What happens

A member, an asset or a layer's name becomes a path while the file is loaded; with `..` or an
absolute path in it, files outside of the temporary folder are read or overwritten. Keras 3.12.3
and 3.15.0 refuse such names of assets, and 3.12.2 and 3.14.0 such members.

## Why

Names in an archive are its writer's choice. Keras makes them from the names of layers and
attributes, which hold no such parts.

## Fix

Do not load the file; ask where it comes from. Do not unpack it with `unzip` or `extractall` either.

## Seen in

- GHSA-hqp4-2352-xf5r: members, before 3.12.2 and 3.14.0.
- CVE-2026-12479: names of layers, before 3.12.3 and 3.15.0.
- tf_keras: `extractall` on the assets.

## References

- https://github.com/advisories/GHSA-hqp4-2352-xf5r
- https://nvd.nist.gov/vuln/detail/CVE-2026-12479
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saveguard.facts import ArchiveFacts
from saveguard.finding import Certainty, Finding
from saveguard.rule import Call, Rule
from saveguard.rules import guards

rule = Rule("SG310", "path-traversal", since="0.1")

_DRIVE = re.compile(r"(?:^|[/\\])[A-Za-z]:(?:[\\/]|$)")
_CONTROL = re.compile(r"[\x00-\x1f]")
_NAMED = {"model", "layer", "metric", "optimizer"}
_GRAPH = "saved_model.pb"


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for what, where, name in _names(facts):
        problem, certainty = _problem(name)
        if problem:
            yield rule.finding(
                where=where,
                message=f"{what} {name[:60]!r} {problem}",
                why="Such a name leads out of the folder that the file is unpacked into. "
                + guards.told(facts, "asset-traversal", "may read or write outside of it"),
                fix="do not load or unpack the file before you know where it comes from",
                certainty=certainty,
            )


def _names(facts: ArchiveFacts) -> Iterator[tuple[str, str, str]]:
    """What, where and which: every name that a loader makes a path of."""
    if facts.content != "directory":
        yield from (("member", member.name, member.name) for member in facts.members)
    for node in facts.nodes:
        if node.role in _NAMED:
            yield f"{node.role} name", f"{node.document} {node.path}", node.name
    for name, document in facts.documents.items():
        if isinstance(document, dict):
            yield from (("shard", name, shard) for shard in _shards(document))
            if name == _GRAPH:
                yield from (("asset", name, asset) for asset in _assets(document))


def _shards(document: dict[str, Any]) -> list[str]:
    """The files of a `.weights.json`."""
    stored = document.get("weight_map")
    files = stored.values() if isinstance(stored, dict) else ()
    flat = [name for value in files for name in (value if isinstance(value, list) else [value])]
    return list(dict.fromkeys(name for name in flat if isinstance(name, str)))


def _assets(document: dict[str, Any]) -> list[str]:
    """The files that a SavedModel reads at loading, as it names them."""
    graphs = document.get("graphs") or []
    return [name for graph in graphs for name in graph.get("assets", ()) if isinstance(name, str)]


def _problem(name: str) -> tuple[str, Certainty]:
    """What is wrong with a name, or an empty text; a slash alone is none."""
    if ".." in re.split(r"[/\\]", name):
        return "goes up to the folder above", "certain"
    if name.startswith(("/", "\\")) or _DRIVE.search(name):
        return "is an absolute path", "certain"
    if _CONTROL.search(name):
        return "holds control characters", "certain"
    return ("holds a backslash", "likely") if "\\" in name else ("", "certain")


def bad(tmp: Path) -> Call:
    """A layer called `../../outside`."""
    from saveguard.rules.forged import keras_file, model, node

    layer = node("Rescaling", {"name": "../../outside", "scale": 1.0, "offset": 0.0})
    return Call("check", (keras_file(tmp, model(layer)),), codes=("SG219",))


def good(tmp: Path) -> Call:
    """A layer called `a..b`."""
    from saveguard.rules.forged import keras_file, model, node

    return Call(
        "check",
        (keras_file(tmp, model(node("Rescaling", {"name": "a..b", "scale": 1, "offset": 0}))),),
    )
