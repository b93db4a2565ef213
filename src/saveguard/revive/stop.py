"""A place where a loader stops."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from saveguard.facts import Frozen, Node
from saveguard.finding import Certainty


class Stop(Frozen, frozen=True):
    """A place where `load_model` of one release stops, or may stop.

    Attributes:
        kind: The root cause, in one word or two: the rules pick by it.
        path: The JSON path of the value that stops it.
        prints: What Keras prints there, without what it repeats of the configuration.
        node: The object that is being made, or None where it is the file as a whole.
        values: Names and values for the rule's words.
        turn: A JSON path that tells when the loader comes to it; empty: when it comes to `path`.
        certainty: `likely` where only `compile=True` stops, or where it cannot be told.
    """

    kind: str
    path: str
    prints: str
    node: Node | None = None
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    turn: str = ""
    certainty: Certainty = "certain"

    @property
    def document(self) -> str:
        """The document that `path` leads through."""
        return self.node.document if self.node else ""

    @property
    def where(self) -> str:
        """The place, document first."""
        return f"{self.document} {self.path}".strip()
