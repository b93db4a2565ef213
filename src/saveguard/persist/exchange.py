"""Functions of Keras's that are exchanged as long as anybody needs it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager


class Exchange:
    """An exchange that begins with its first user, and ends with its last.

    Several threads may save and load at a time; each would else put back what another needs.

    Args:
        made: What exchanges the functions while it is open.
    """

    def __init__(self, made: Callable[[], AbstractContextManager[None]]) -> None:
        self._made = made
        self._alone = threading.Lock()
        self._users = 0
        self._open = contextlib.ExitStack()

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        """Exchanged while the block runs."""
        with self._alone:
            if not self._users:
                self._open.enter_context(self._made())
            self._users += 1
        try:
            yield
        finally:
            with self._alone:
                self._users -= 1
                if not self._users:
                    self._open.close()
