"""What of a data set could not be read."""

from __future__ import annotations

from saveguard.facts.frozen import Frozen


class Trouble(Frozen, frozen=True):
    """Something that could not be read.

    Attributes:
        code: The rule that explains it; its `data` sense makes the finding.
        file: The path or address as the user would write it.
        what: What is wrong there, in a few words, without the file's name.
        place: Where in the file, for a person: `row group 3`, `line 17`.
        row: The row in the file, counted from 0; -1 where it is about none.
        rows: How many rows are lost by it; 0 where nobody can tell.
        column: The column, where it is about one.
        fix: What mends it, where that is another thing for each file.
    """

    code: str
    file: str
    what: str
    place: str = ""
    row: int = -1
    rows: int = 0
    column: str = ""
    fix: str = ""


class Troubles(Frozen, frozen=True):
    """All troubles of one code in a data set.

    Attributes:
        count: How many there are.
        rows: How many rows are lost by them, as far as anybody can tell.
        first: The first few, in the order of the data.
    """

    code: str
    count: int
    rows: int
    first: tuple[Trouble, ...]
