"""A batch of data, held against a contract."""

from __future__ import annotations

from saveguard.contract import Contract
from saveguard.facts.frozen import Frozen


class LeafFacts(Frozen, frozen=True):
    """One leaf of a batch.

    Attributes:
        path: As the user would write it: `x`, `x['tokens']`, `x[1]`.
        kind: `array`, `scalar`, `ragged` or `other`.
        lengths: Of a ragged leaf, the first few rows' lengths.
        masked_rows: Rows in which every step is the padding value (the first few).
        rows: How many rows there are.
        type: The Python type that was given.
    """

    path: str
    kind: str
    shape: tuple[int, ...] = ()
    dtype: str = ""
    lengths: tuple[int, ...] = ()
    masked_rows: tuple[int, ...] = ()
    rows: int = 0
    type: str = ""
    value: str = ""


class BatchFacts(Frozen, frozen=True):
    """A batch held against a contract.

    Attributes:
        structure: How the leaves are held, with `.` for a leaf; `expected` is the contract's.
    """

    leaves: tuple[LeafFacts, ...]
    structure: str
    expected: str
    contract: Contract
