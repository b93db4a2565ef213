"""A batch of data, held against a contract."""

from __future__ import annotations

from saveguard.contract import Contract
from saveguard.facts.frozen import Frozen
from saveguard.facts.trouble import Troubles


class Suspect(Frozen, frozen=True):
    """Values of a leaf that will hurt, by the first of them.

    Attributes:
        kind: `not-finite`, `outside` (of the vocabulary or the range), `cast` (the input's dtype
            does not hold it), `padding` (the padding value between real steps), `side` (padding
            on the other side), `scalar` (a row that is no sequence). Of a whole data set also
            `class` (a label that no class has), `masked` (a row of padding alone), `rank`,
            `length`, `empty`, `null`, `text`, `type` (neither numbers nor text), `absent` (a
            column that some files lack), `constant`, `duplicate` (a row of the other data set);
            `target` and `target-length` (labels of another shape than the loss takes) and
            `target-steps` (another number of labels than the row of `beside` has steps); `late`
            (rows of a column that comes late) and `first` (a value that `beside`, the dtype of
            the first batch, does not hold).
        place: Where the first one stands: `[3, 17]`.
        row: Its row.
        value: The value, as text.
        count: How many there are.
        file: The file that the first one stands in, where data were read from files.
        rows: In how many rows, where that is told.
        seen: The first few of them, a line each, where they are told apart.
        axis: The axis that is meant, counted from 0 for the rows; 0 where it is the first behind
            them, or none.
        beside: The column, or the dtype, that the rows are held against.
    """

    kind: str
    place: str
    row: int
    value: str
    count: int
    rows: int = 0
    file: str = ""
    seen: tuple[str, ...] = ()
    axis: int = 0
    beside: str = ""


class LeafFacts(Frozen, frozen=True):
    """One leaf of a batch.

    Attributes:
        path: As the user would write it: `x`, `x['tokens']`, `x[1]`.
        kind: `array`, `scalar`, `ragged`, `absent` (None was given) or `other`; of a data set
            `column`, `missing` (an input that no column feeds; `value` has the columns),
            `stranger` (a name that somebody gave and nothing has) or `late` (a column that
            nobody knew of when the reading began).
        lengths: Of a ragged leaf, the first few rows' lengths.
        masked_rows: Rows in which every step is the padding value (the first few).
        rows: How many rows there are.
        type: The Python type that was given.
        suspects: Values that will hurt.
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
    suspects: tuple[Suspect, ...] = ()


class BatchFacts(Frozen, frozen=True):
    """A batch, or a whole data set, held against a contract.

    Attributes:
        structure: How the leaves are held, with `.` for a leaf; `expected` is the contract's.
        troubles: What of a data set could not be read.
    """

    leaves: tuple[LeafFacts, ...]
    structure: str
    expected: str
    contract: Contract
    troubles: tuple[Troubles, ...] = ()
