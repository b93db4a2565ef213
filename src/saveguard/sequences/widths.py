"""The widths of buckets: those that leave the least padding."""

from __future__ import annotations

from typing import Any

import numpy as np

# More candidates make the search slower and the padding hardly less.
_CANDIDATES = 512
# Lengths below it are counted, which is faster than to sort them.
_COUNTED = 1 << 20


def choose(lengths: Any, buckets: int, multiple_of: int = 1) -> Any:
    """At most `buckets` widths, ascending, with the least padding for sequences of `lengths`.

    Found exactly, by dynamic programming over the lengths that occur (over 512 of their
    quantiles, where there are more).
    """
    rounded = np.maximum(lengths, 1)
    if multiple_of > 1:
        rounded = -(-rounded // multiple_of) * multiple_of
    if rounded.max() < _COUNTED:
        counts = np.bincount(rounded)
        widths = np.flatnonzero(counts)
        counts = counts[widths]
    else:
        widths, counts = np.unique(rounded, return_counts=True)
    return of_counts(widths, counts, buckets)


def of_counts(widths: Any, counts: Any, buckets: int) -> Any:
    """The same for lengths, ascending, and how many sequences are of each."""
    widths, counts = np.asarray(widths), np.asarray(counts)
    if len(widths) > _CANDIDATES:
        widths, counts = _thinned(widths, counts)
    below = np.concatenate([[0], np.cumsum(counts)])
    # cost[j, i]: the steps of all sequences from one width to another, padded to that one, `j`.
    cost = (below[1:, None] - below[None, :-1]) * widths[:, None].astype(np.float64)
    cost[np.triu_indices(len(widths), 1)] = np.inf
    best, cuts, every = cost[:, 0], [], np.arange(len(widths))
    for _ in range(min(buckets, len(widths)) - 1):
        both = cost + np.concatenate([[0.0], best[:-1]])
        cuts.append(np.argmin(both, axis=1))
        best = both[every, cuts[-1]]
    at, chosen = len(widths) - 1, []
    for cut in reversed(cuts):
        chosen.append(at)
        if cut[at] == 0:
            break
        at = int(cut[at]) - 1
    else:
        chosen.append(at)
    return widths[chosen[::-1]]


def _thinned(widths: Any, counts: Any) -> tuple[Any, Any]:
    below = np.cumsum(counts)
    marks = np.searchsorted(below, np.linspace(0, below[-1], _CANDIDATES + 1)[1:])
    kept = np.unique(np.minimum(marks, len(widths) - 1))
    return widths[kept], np.diff(np.concatenate([[0], below[kept]]))
