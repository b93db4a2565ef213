"""The files over which Keras's `.weights.json` spreads the weights of a model."""

from __future__ import annotations

import json
import os

ENDING = ".weights.json"


def first_of(index):
    """The name of the file that Keras opens before it looks into the index of that name."""
    return "%s_00000.weights.h5" % index[: -len(ENDING)]


def named_in(text):
    """The shards that an index names, those in its own folder; none where it is no index.

    Args:
        text: What the index holds, text or bytes.
    """
    try:
        held = json.loads(text)["weight_map"].values()
        names = {name for told in held for name in ([told] if isinstance(told, str) else told)}
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return set()  # whatever it is instead, its reader says so
    return {name for name in names if isinstance(name, str) and os.path.basename(name) == name}
