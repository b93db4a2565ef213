"""A column or an input is named that neither the data nor the contract have.

## What happens

`--map` or `--labels` names a column that is in no file, or an input that the model does not have.
What it was meant for is looked for by its own name, or not at all.

## Why

A typing error, a column that was renamed, or a glob that finds other files than were meant.

## Fix

The finding names the columns that there are.

    saveguard audit train/ --contract model.keras --map tokens=input_ids --labels label

## Seen in

- Saveguard itself: `saveguard audit`.

## References

- docs/audit.md
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG563", "name-not-in-data", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    inputs = [described.name for described in facts.contract.inputs]
    for leaf in facts.leaves:
        if leaf.kind != "stranger":
            continue
        columns = re.findall(r"`([^`]+)`", leaf.value)
        known = [name for name in columns + inputs if name != leaf.path]
        near = [name for name in columns if name.rpartition("/")[2] == leaf.path]
        near = near or difflib.get_close_matches(leaf.path, known, n=1)
        yield rule.finding(
            where=leaf.path,
            message=f"`{leaf.path}` is neither a column of the data nor an input of the model",
            why=f"The columns are {leaf.value}. Nothing was held against what `{leaf.path}` was"
            " meant for.",
            fix=f"write {' or '.join(f'`{name}`' for name in near)}, if that was meant"
            if near
            else "name one of these columns",
        )


def bad(_: Path) -> Call:
    """Labels in a column whose name has two letters exchanged."""
    return _audit("lable")


def good(_: Path) -> Call:
    """The column as it is called."""
    return _audit("label")


def _audit(labels: str) -> Call:
    import numpy as np

    data = {"x": np.array([0.25, 0.5, 0.75], "float32"), "label": [1, 0, 1]}
    return Call("audit", (data,), {"labels": labels})
