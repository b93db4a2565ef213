"""What becomes of masks: who drops one that a layer behind it would have read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from saveguard.facts import MaskFacts


def dropped(calls: Sequence[dict[str, Any]]) -> Iterator[MaskFacts]:
    """Of the calls that were watched, those at which a mask ends too early.

    Keras takes the mask off what a layer gives that neither hands masks on nor reads them. That is
    harmless where nobody behind it asks for one; a recurrent layer or an attention behind it then
    reads padding as data.
    """
    told = set()
    for position, call in enumerate(calls):
        took, gave = call["mask"]
        ends = took and not gave and not call["carries"] and not call["reads"]
        if not ends or call["holder"] in told:
            continue
        readers = tuple(
            later["holder"]
            for later in calls[position + 1 :]
            if later["reads"] and not later["mask"][0] and not _inside(later, call)
        )
        if readers:
            told.add(call["holder"])
            yield MaskFacts(
                holder=call["holder"],
                class_name=call["class"],
                readers=tuple(dict.fromkeys(readers)),
            )


def _inside(later: dict[str, Any], call: dict[str, Any]) -> bool:
    """A model ends after its layers: what it took is not what its own layers lost."""
    return bool(call["holder"].startswith(later["holder"]))
