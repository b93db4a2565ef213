"""A step: one thing that Keras changed, with what makes an old configuration a current one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from saveguard.archive import nodes
from saveguard.facts import Frozen, Node, Role

Exact = Literal["equal", "close"]
# The layer that the examples of steps give arrays, as `Old.shapes` has them.
SHAPED = "shaped"
SECTIONS = ("Recognises", "Rewrites", "Why", "Result", "References")


class Old(Frozen, frozen=True):
    """What a step may know of the file beside the object that it rewrites.

    Attributes:
        numbers: The Keras release that wrote it, as numbers; (1, 0) where none is recorded.
        backend: `tensorflow`, `theano`, `cntk`, or empty.
        layout: `h5`, `keras`, `folder` or `savedmodel`.
        custom: Names of the classes and functions that the caller gives.
        shapes: The shapes of each layer's arrays, by its path in the file.
        alike: For each Lambda layer whose bytecode others have too, the name of the first of them:
            one function is asked for, not one for each.
    """

    numbers: tuple[int, ...]
    backend: str = ""
    layout: str = "h5"
    custom: frozenset[str] = frozenset()
    shapes: Mapping[str, tuple[tuple[int, ...], ...]] = msgspec.field(default_factory=dict)
    alike: Mapping[str, str] = msgspec.field(default_factory=dict)


class Step(Frozen, frozen=True):
    """One thing that Keras changed. Its module's docstring is its page.

    Attributes:
        name: `time-major`; reads as what is recognised.
        rewrite: Called with every object of the configuration that has one of the roles `on`;
            changes `node.raw` in place, and yields a line for each change.
        changed: The release that changed it.
        exact: `equal` where the outputs are the same to the last bit or but for the order of
            additions inside the framework; `close` where the step itself rounds.
        on: Roles of the objects that it is called with.
        source: Where the change can be read.
    """

    name: str
    rewrite: Callable[[Node, Old], Iterator[str]]
    changed: str
    source: str
    exact: Exact = "equal"
    on: tuple[Role, ...] = ("layer",)

    def apply(self, document: Any, name: str, old: Old) -> Iterator[tuple[Node, str]]:
        """Rewrite every object of a document, the innermost first; each change with its object."""
        role: Role = "value" if name == "compile" else "model"
        found = [node for node in nodes.walk(document, name, role) if node.role in self.on]
        for node in reversed(found):
            for told in self.rewrite(node, old):
                yield node, told
