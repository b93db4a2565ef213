"""The words that every rule of loading shares: where a loader stops, and what it prints."""

from __future__ import annotations

from collections.abc import Iterator

from saveguard.facts import ArchiveFacts
from saveguard.revive import Stop, stops

# What tells two stops of one kind apart only by their place.
_PLACES = ("layer", "source", "read", "shape", "first")


def halts(facts: ArchiveFacts, *kinds: str) -> Iterator[tuple[Stop, str]]:
    """The stops of some kinds, those that are alike told once.

    Yields:
        The first of them, and what is to be said of the others: ` (and 12 more)`, or nothing.
    """
    alike: dict[tuple[str, ...], list[Stop]] = {}
    for stop in stops(facts):
        if stop.kind in kinds:
            told = {key: value for key, value in stop.values.items() if key not in _PLACES}
            alike.setdefault((stop.kind, *sorted(told.values())), []).append(stop)
    for found in alike.values():
        yield found[0], f" (and {len(found) - 1} more)" if len(found) > 1 else ""


def named(stop: Stop) -> str:
    """The object that stops the loader, in words: ``LSTM layer `lstm_1` ``."""
    node = stop.node
    if node is None:
        return "the file"
    what = node.role if node.role != "value" else "object"
    return f"{node.class_name} {what}" + (f" `{node.name}`" if node.name else "")


def stopping(facts: ArchiveFacts, stop: Stop) -> str:
    """What will happen, in which release."""
    verb = "stops" if stop.certainty == "certain" else "may stop"
    return f'load_model() of Keras {facts.keras} {verb} with "{stop.prints}"'


def release_told(version: str) -> str:
    """A release as its users know it: Keras 2 went on, under another name, after 2.15."""
    return "2.15 (goes on as tf_keras)" if version.startswith("2.") and _later(version) else version


def _later(version: str) -> bool:
    return int(version.split(".")[1]) > 15


def is_h5(facts: ArchiveFacts) -> bool:
    """Whether the loader of old files reads it, which takes `custom_objects` for Keras's own."""
    return facts.layout == "h5"
