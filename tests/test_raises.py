"""The table of every raise of Keras: consistent, and true of what explaining says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TOOL = Path(__file__).parent.parent / "tools" / "raises"
SOURCE = """
ROOT = "Model {name} has no weights yet."

class Model:
    def save(self, path):
        error = "The file at %s is a folder, not a file. "
        error += "Received: path={}".format(path)
        if self.built:
            raise ValueError(ROOT.format(name=self.name))
        if path:
            raise OSError("A folder is at %s, for a model of %d layers" % (path, len(self.layers)))
        raise errors.InvalidError(f"{path!r} " f"holds {{}}") from None

    def call(self):
        raise NotImplementedError

    def again(self):
        try:
            self.call()
        except TypeError as e:
            raise e
"""


@pytest.fixture(scope="module")
def tool() -> Iterator[None]:
    """The tool's modules by their own names, as it imports them."""
    names = {path.stem for path in TOOL.glob("*.py")}
    kept = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(TOOL))
    yield
    sys.path.remove(str(TOOL))
    for name in names:
        sys.modules.pop(name, None)
    sys.modules.update(kept)


@pytest.mark.usefixtures("tool")
def test_every_row_has_a_code_or_a_reason_and_is_explained_so() -> None:
    import check
    import table

    assert list(check.faults(table.rows())) == []


@pytest.mark.usefixtures("tool")
def test_codes_reasons_and_places_are_known() -> None:
    import table
    from reasons import REASONS
    from releases import RELEASES
    from scope import area

    from saveguard.codes import CODES

    rows = table.rows()
    assert {row.code for row in rows if row.code} <= set(CODES)
    assert {row.why for row in rows if row.why} <= set(REASONS)
    assert len({row.key for row in rows}) == len(rows)
    places = [place for row in rows for place in row.places]
    assert {release for release, *_ in places} <= set(RELEASES)
    assert all(area(module) for _, module, _, _ in places)


@pytest.mark.usefixtures("tool")
def test_a_row_that_is_explained_otherwise_is_told() -> None:
    import check
    import table

    right = next(row for row in table.rows() if row.code == "SG510")
    wrong = table.Row(right.kind, right.says, right.within, right.first, right.last, "SG101")
    neither = table.Row(right.kind, right.says, right.within, right.first, right.last)
    assert list(check.faults([right])) == []
    assert [line.split(":")[0] for line in check.faults([wrong])] == ["SG101, explained SG510"]
    assert "neither a code nor a reason" in next(check.faults([neither]))


@pytest.mark.usefixtures("tool")
def test_messages_are_read_out_of_every_form_that_makes_them() -> None:
    import extract

    found = [extract.finished(one) for one in extract.raises("m.py", SOURCE)]
    assert [(one.function, one.kind, one.says) for one in found] == [
        ("Model.save", "ValueError", "Model {self.name} has no weights yet."),
        (
            "Model.save",
            "OSError",
            "A folder is at {path}, for a model of {len(self.layers)} layers",
        ),
        ("Model.save", "InvalidError", "{path} holds {{}}"),
        ("Model.call", "NotImplementedError", ""),
        ("Model.again", "", ""),
    ]


@pytest.mark.usefixtures("tool")
def test_releases_that_follow_one_another_are_one_span() -> None:
    import table
    from extract import Raise

    def at(line: int) -> Raise:
        return Raise("engine/training.py", "Model.fit", line, "ValueError", "No {x} here.")

    known = [table.Row("ValueError", "No {y} here.", "tf2.0", "a.py:1 f", code="SG602")]
    found = {"tf2.0": [at(1)], "tf2.1": [at(5)], "keras3.0": [at(9)]}
    (row,) = table.merged(found, known)
    assert row.within == "tf2.0..tf2.1 keras3.0"
    assert (row.first, row.last) == (
        "engine/training.py:1 Model.fit",
        "engine/training.py:9 Model.fit",
    )
    assert row.code == "SG602"
