"""Which guards the reader of a file has, in words for a finding."""

from __future__ import annotations

import functools
import itertools

from saveguard import known
from saveguard.facts import ArchiveFacts

# Keras 3 has it from the beginning; it is no line in the loader's source that a table could have.
SAFE_MODE = "safe-mode"


def lacks(facts: ArchiveFacts, guard: str) -> bool:
    """Whether the release that is to load the file is known not to have a guard."""
    return bool(facts.keras) and not _has(known.release(facts.keras).version, guard)


def told(facts: ArchiveFacts, guard: str, deed: str) -> str:
    """`deed` (`runs that code`) of a reader without the guard, and whether this one has it."""
    text = (
        f"Loading {deed} where the reader lacks the guard `{guard}`: Keras has it since"
        f" {' and '.join(_since(guard))}, tf_keras and TensorFlow up to 2.15 do not."
    )
    if not facts.keras:
        return text
    if lacks(facts, guard):
        return f"{text} Keras {facts.keras} does not have it."
    return f"{text} Keras {facts.keras} has it and refuses."


def open_to_all(facts: ArchiveFacts, deed: str) -> str:
    """`deed` of every reader, as no release of Keras has a guard against it."""
    reader = f", {facts.keras} among them" if facts.keras else ""
    return (
        f"Loading {deed} in every release of Keras{reader}: up to {known.LATEST} none has a guard."
    )


def _has(version: str, guard: str) -> bool:
    return version >= "3" if guard == SAFE_MODE else guard in known.release(version).guards


@functools.cache
def _since(guard: str) -> tuple[str, ...]:
    """The first release of each line that has a guard."""
    if guard == SAFE_MODE:
        return ("3.0",)
    having = [(version, _has(version, guard)) for version in known.releases()]
    return tuple(b for (_, before), (b, now) in itertools.pairwise(having) if now and not before)
