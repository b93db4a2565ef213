"""Which guards the reader of a file has, in words for a finding."""

from __future__ import annotations

from saveguard.facts import ArchiveFacts

# guard -> the first release of each line that has it; every later line has it too.
_FIRST: dict[str, tuple[str, ...]] = {
    "safe-mode": ("3.0.0",),
    "no-arbitrary-import": ("3.9.0",),
    "saveable-only": ("3.11.0",),
    "h5-safe-mode": ("3.11.3",),
    "torch-wrapper": ("3.11.3",),
    "vocabulary-path": ("3.12.0",),
    "tfsm-from-config": ("3.12.1", "3.13.2", "3.14.0"),
    "hdf5-links": ("3.12.2", "3.14.1"),
    "hdf5-bomb": ("3.12.3", "3.15.0"),
    "zip-bomb-assets": ("3.12.4", "3.15.1"),
    "asset-traversal": ("3.12.3", "3.15.0"),
    "lambda-fail-closed": ("3.12.3", "3.15.0"),
    "npz-no-pickle": ("3.9.0",),
}


def has(keras: str, guard: str) -> bool:
    """Whether a release of Keras has a guard; `keras` is `3.15` or `3.15.1`."""
    reader = _numbers(keras if keras.count(".") > 1 else f"{keras}.99")
    firsts = [_numbers(first) for first in _FIRST.get(guard, ())]
    same_line = [first for first in firsts if first[:2] == reader[:2]]
    return any(reader >= first for first in same_line or firsts[-1:])


def lacks(facts: ArchiveFacts, guard: str) -> bool:
    """Whether the release that is to load the file is known not to have a guard."""
    return bool(facts.keras) and not has(facts.keras, guard)


def told(facts: ArchiveFacts, guard: str, deed: str) -> str:
    """`deed` (`runs that code`) of a reader without the guard, and whether this one has it."""
    since = " and ".join(_FIRST[guard])
    text = (
        f"Loading {deed} where the reader lacks the guard `{guard}`: Keras has it since {since},"
        " tf_keras and TensorFlow up to 2.15 do not."
    )
    if not facts.keras:
        return text
    if has(facts.keras, guard):
        return f"{text} Keras {facts.keras} has it and refuses."
    return f"{text} Keras {facts.keras} does not have it."


def open_to_all(facts: ArchiveFacts, deed: str) -> str:
    """`deed` of every reader, as no release of Keras has a guard against it."""
    reader = f", {facts.keras} among them" if facts.keras else ""
    return f"Loading {deed} in every release of Keras{reader}: up to 3.15.1 none has a guard."


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
