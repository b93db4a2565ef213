"""The facts of an archive while it is being read."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from saveguard.archive.budget import Damaged, Meter, OverBudget, kind_of
from saveguard.archive.nodes import walk
from saveguard.facts import ArchiveFacts, Link, Member, Node, Role, StoredArray, Unread

_BEGINNING = 1 << 20
if TYPE_CHECKING:
    from saveguard.archive.hdf5.walk import Contents

_VERSIONS = {"keras_version": "keras", "backend": "backend", "tensorflow_version": "tensorflow"}
_KEPT = 1 << 20


class Draft:
    """What was read of an archive so far; the readers of its parts add to it."""

    def __init__(self, path: str, content: str, size: int, meter: Meter) -> None:
        self.path, self.content, self.size, self.meter = path, content, size, meter
        self.layout = self.damage = self.receipt = ""
        self.members: list[Member] = []
        self.documents: dict[str, Any] = {}
        self.nodes: list[Node] = []
        self.arrays: list[StoredArray] = []
        self.links: list[Link] = []
        self.versions: dict[str, str] = {}
        self.unread: list[Unread] = []
        self.changed: tuple[str, ...] = ()

    def facts(self) -> ArchiveFacts:
        """What was read, frozen."""
        return ArchiveFacts(
            path=self.path,
            layout=self.layout,
            content=self.content,
            size=self.size,
            damage=self.damage,
            changed=self.changed,
            receipt=self.receipt,
            members=tuple(self.members),
            documents=self.documents,
            nodes=tuple(self.nodes),
            arrays=tuple(self.arrays),
            links=tuple(self.links),
            versions=self.versions,
            unread=tuple(self.unread),
        )

    def damaged(self, told: str) -> None:
        """Note what is wrong with the archive's bytes; the first of several is told."""
        self.damage = self.damage or told

    def leave(self, what: str, error: Exception, content: bytes | str = "") -> None:
        """Note a part that stays unread, and why; of a document, also how it begins."""
        why = str(error) or type(error).__name__
        begins = content[:_BEGINNING]
        text = begins.decode("utf-8", "replace") if isinstance(begins, bytes) else begins
        self.unread.append(Unread(what=what, why=why, kind=kind_of(error), text=text))

    def document(self, name: str, content: bytes | str, role: Role | None = None) -> Any:
        """Parse a JSON document and keep it; with a role, also the objects that it names."""
        try:
            found = parse(content, self.meter)
        except ValueError as error:
            self.damaged(f"JSONDecodeError: {name}: {error}")
            self.leave(name, Damaged(f"not JSON: {error}"), content)
            return None
        except OverBudget as error:
            self.leave(name, error, content)
            return None
        self.documents[name] = found
        if role is not None:
            left = self.meter.budget.nodes - len(self.nodes)
            nodes = list(itertools.islice(walk(found, name, role), left + 1))
            self.nodes += nodes[:left]
            if len(nodes) > left:
                self.leave(name, OverBudget(f"over the budget of {left:,} objects in it"))
        return found

    def claim(self, claims: Any) -> None:
        """Keep the versions that `metadata.json`, or the root of an HDF5 file, claims."""
        for key, name in _VERSIONS.items() if isinstance(claims, dict) else ():
            if isinstance(claims.get(key), str):
                self.versions.setdefault(name, claims[key])

    def keep_receipt(self, document: Any) -> None:
        """Keep the receipt that Saveguard put into a document."""
        receipt = document.get("saveguard") if isinstance(document, dict) else None
        if isinstance(receipt, dict):
            self.receipt = json.dumps(receipt)

    def hdf5(self, found: Contents) -> None:
        """Add what was found in an HDF5 file."""
        self.arrays += found.arrays
        self.links += found.links
        self.unread += found.unread
        self.receipt = self.receipt or found.receipt
        if found.damage:
            self.damaged(found.damage)
        self.claim(found.attributes.get("", {}))


def parse(content: bytes | str, meter: Meter) -> Any:
    """A JSON document.

    Raises:
        ValueError: If it is none.
        OverBudget: If it is too large, or nested too deeply.
    """
    budget = meter.budget
    meter.spend("document", len(content))
    # Two values have a comma between them: what it costs in memory shows before it is parsed.
    commas = content.count(",") if isinstance(content, str) else content.count(b",")
    if commas > budget.values:
        raise OverBudget(f"over the budget of {budget.values:,} values in one document")
    try:
        found = json.loads(content)
    except RecursionError:
        raise OverBudget(f"over the budget of {budget.depth} levels") from None
    if _is_deeper(found, budget.depth):
        raise OverBudget(f"over the budget of {budget.depth} levels")
    return _printable(found, content)


def _is_deeper(document: Any, levels: int) -> bool:
    level = [document]
    for _ in range(levels + 1):
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _printable(document: Any, content: bytes | str) -> Any:
    r"""The document without halves of characters (`\ud800`), which nothing can print."""
    half = b"\\ud" if isinstance(content, bytes) else "\\ud"
    if half not in content.lower():  # type: ignore[operator]
        return document
    text = json.dumps(document, ensure_ascii=False)
    return json.loads(text.encode("utf-8", "replace"))
