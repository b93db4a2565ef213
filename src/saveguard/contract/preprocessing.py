"""What makes the inputs of a model out of raw examples, held so that its drift can be told."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Pair(msgspec.Struct, frozen=True):
    """A raw example and the model input that it became.

    Attributes:
        raw, output: As `saveguard.child.values` writes them: JSON, with arrays as text.
        told: The raw example, shortened for a message.
    """

    raw: Any
    output: Any
    told: str = ""


class Preprocessing(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A function, or a Keras pipeline, that makes a model's inputs out of raw examples.

    Attributes:
        name: How to speak of it: `encode`, `Sequential "prepare"`.
        path: Where a fresh process imports it from: `shop.text:encode`; empty where none can.
        kind: `function`, called with one raw example; `keras`, called with a batch of one.
        why_no_path: Why there is no path, in words.
        definitions: A digest of each definition that it is made of, by name: its own, and those
            that it calls or reads. Comments and formatting do not change them.
        settings: Of a Keras pipeline, the settings and the state of each of its objects.
        libraries: The version of each distribution that the definitions import, and of Python.
        pairs: Golden pairs.
        random: Two calls with the same raw example gave different outputs.
    """

    name: str
    path: str = ""
    kind: Literal["function", "keras"] = "function"
    why_no_path: str = ""
    definitions: dict[str, str] = msgspec.field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    libraries: dict[str, str] = msgspec.field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    random: bool = False

    def __str__(self) -> str:
        count = len(self.pairs)
        held = f"{count} golden pair{'s' * (count != 1)}" if count else "its source alone"
        return f"{self.path or self.name}: {held}"
