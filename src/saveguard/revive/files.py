"""Files that `load_model` does not open as what they are."""

from __future__ import annotations

from collections.abc import Iterator

from saveguard.facts import ArchiveFacts
from saveguard.known import Release
from saveguard.revive.stop import Stop


def unopened(facts: ArchiveFacts, release: Release) -> Iterator[Stop]:
    """What stops the loader before it reads a configuration."""
    if release.numbers < (3,):
        return
    if facts.layout == "savedmodel":
        yield Stop(kind="savedmodel", path="", prints=_unsupported(facts.path))


def _unsupported(path: str) -> str:
    return (
        f"File format not supported: filepath={path}. Keras 3 only supports V3 `.keras` files,"
        " legacy H5 format files (`.h5` extension)."
    )
