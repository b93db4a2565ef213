"""What Keras's walk over a model stores, group by group, before it is known which file takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from saveguard.facts import VariableFacts
from saveguard.persist.writer.state import view


class Item:
    """One array on its way into a file.

    Attributes:
        group, key: Its place: `layers/dense/vars` and `0`.
        array: Its values; None once they are written.
        value: What the layer gave: a variable, or values that it made.
        measured: What gives its facts, once it is written.
    """

    def __init__(self, group: str, key: str, value: Any) -> None:
        self.group = group
        self.key = key
        self.value = value
        self.array: np.ndarray[Any, Any] | None = view(value)
        self.measured: Callable[[], VariableFacts] | None = None


class Collecting:
    """A store of Keras's that gives what it takes to `add`, a group at a time; end by `finish`.

    Args:
        begin: Called with each group that has attributes.
        add: Called with each array.
    """

    def __init__(
        self, begin: Callable[[str, dict[str, Any]], None], add: Callable[[Item], None]
    ) -> None:
        self.mode = "w"
        self._begin, self._add = begin, add
        self._group = ""
        self._held: dict[str, Item] = {}

    def __bool__(self) -> bool:
        return True

    def make(self, path: str, metadata: dict[str, Any] | None = None) -> Any:
        """Begin a group, as Keras's stores do."""
        self.finish()
        self._group = f"{path}/vars" if path else "vars"
        if metadata:
            self._begin(self._group, metadata)
        return self

    def finish(self) -> None:
        """Give away what the last group holds."""
        for item in self._held.values():
            self._add(item)
        self._held = {}

    def __setitem__(self, key: str, value: Any) -> None:
        self._held[key] = Item(self._group, key, value)

    def __getitem__(self, key: str) -> Any:
        return self._held[key].array

    def __delitem__(self, key: str) -> None:
        del self._held[key]

    def __contains__(self, key: object) -> bool:
        return key in self._held

    def __len__(self) -> int:
        return len(self._held)

    def keys(self) -> Any:
        """The names in the group."""
        return self._held.keys()


def collecting_store(
    base: Any, begin: Callable[[str, dict[str, Any]], None], add: Callable[[Item], None]
) -> Any:
    """A `Collecting` that Keras's walk takes for one of its own stores."""
    return type("CollectingStore", (Collecting, base), {})(begin, add)
