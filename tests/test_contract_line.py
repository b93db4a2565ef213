"""A contract's line: printed, read back, refused with the place; and what a change breaks."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saveguard import Contract, SaveguardError
from saveguard.contract import Axis, Input, grammar, number

SCRIPT = Path(__file__).parent.parent / "tools/schema.py"
names = st.sampled_from(["x", "ids", "x['left']", "a/b.c", "none", "any"]) | st.text(max_size=5)
sizes = st.integers(0, 10**6)
axes = st.one_of(
    st.builds(Axis, name=names, size=st.none() | sizes),
    st.builds(Axis, name=names, maximum=sizes),
    st.builds(Axis, name=names, minimum=sizes),
    st.builds(
        lambda name, low, more: Axis(name, minimum=low, maximum=low + more), names, sizes, sizes
    ),
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
ranges = st.tuples(numbers, numbers).map(sorted) | st.tuples(st.none(), numbers)


@st.composite
def inputs(draw: Any, named: st.SearchStrategy[str] = names) -> Input:
    low, high = draw(ranges | st.just((None, None)) | st.tuples(numbers, st.none()))
    return Input(
        name=draw(named),
        axes=draw(st.none() | st.lists(axes, max_size=4).map(tuple)),
        dtype=draw(st.sampled_from([d for d in grammar.DTYPES if d != "any"] + [""])),
        pad=draw(st.none() | numbers),
        pad_source=draw(st.sampled_from(["", "masking (Masking)", "a/b-1 (Own)"]) | st.text()),
        side=draw(st.sampled_from(["", "pre", "post"])),
        vocabulary=draw(st.none() | sizes),
        minimum=low,
        maximum=high,
        optional=draw(st.booleans()),
    )


structures = st.recursive(
    st.just(0) | st.none(),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=4) | names, part, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def contracts(draw: Any) -> Contract:
    order: list[int] = []
    structure = grammar._numbered(draw(structures), order)
    found = tuple(draw(inputs()) for _ in order)
    return Contract(inputs=found, structure=structure, source="line")


@given(contracts())
def test_a_line_is_read_back(contract: Contract) -> None:
    line = str(contract)
    assert Contract.parse(line) == contract
    assert str(Contract.parse(line)) == line
    assert Contract.from_json(contract.to_json()) == contract


@given(st.text(max_size=40) | contracts().map(str).map(lambda line: line[: len(line) // 2]))
def test_whatever_is_given_is_read_or_refused_with_a_place(line: str) -> None:
    at = 0
    try:
        grammar.read(line)
    except grammar.Typo as typo:
        at = typo.at
    assert 0 <= at <= len(line)


@pytest.mark.parametrize(
    "line",
    [
        "tokens: int32[batch, time<=128] pad=0 side=post",
        "image: uint8[batch, 224, 224, 3] range=0..255; weight?: float32[batch]",
        "{left: float32[batch, 4]; right=[ids: int32[2<=any<=9]; none]}",
        '"two words": string[...]',
        "x: any[batch=8, time>=2] vocabulary=20 range=..0.5 pad=-1 side=pre mask=m(Masking)",
        "[x: bool[]]",
    ],
)
def test_the_same_line_is_printed_back(line: str) -> None:
    assert str(Contract.parse(line)) == line


@pytest.mark.parametrize(
    ("line", "at", "told"),
    [
        ("tokens: int23[batch]", 8, "a dtype expected at character 9; did you mean 'int32'?"),
        ("t: int32[batch, time<128]", 20, "',' or ']' expected at character 21"),
        ("t: int32[batch] pda=0", 16, "an option expected at character 17; did you mean 'pad'?"),
        ("t: int32[batch] side=rihgt", 21, "'pre' or 'post' expected at character 22"),
        ("t: int32[batch] pad=0 pad=1", 22, "an option other than 'pad', which is there already"),
        ("t: int32[batch] range=3..1", 22, "a range as 0..255, 0.. or ..1"),
        ("t: int32[5<=time<=3]", 18, "a bound of at least 5"),
        ("{a: bool[]; a: bool[]}", 12, "a key other than 'a', which is there already"),
        ("{a: bool[]", 10, "';' or '}'"),
        ('"\\x": bool[]', 0, "in quotes as JSON has them"),
        ("t: int32[batch], u: bool[]", 15, "an option"),
        ("", 0, "the name of an input"),
        ("[" * 40, 33, "at most 32 structures"),
    ],
)
def test_a_typo_has_a_place(line: str, at: int, told: str) -> None:
    with pytest.raises(grammar.Typo, match=re.escape(told)) as caught:
        grammar.read(line)
    assert caught.value.at == at


def test_a_typo_is_a_finding() -> None:
    with pytest.raises(SaveguardError) as caught:
        Contract.parse("tokens: int32[batch] pad=none")
    (finding,) = caught.value.report.findings
    assert finding.code == "SG540"
    assert finding.message.endswith("has 'none' at character 26, where a number is expected")
    assert finding.evidence == ("tokens: int32[batch] pad=none", " " * 25 + "^")


def test_where_it_was_read_makes_no_difference() -> None:
    line = Contract.parse("x: float32[batch, 3]")
    other = msgspec.structs.replace(line, source="model")
    assert line == other and hash(line) == hash(other)
    assert line != Contract.parse("x: float32[batch, 4]") and line != 3


@given(numbers)
def test_numbers_are_exact(value: float) -> None:
    assert float(number(value)) == value


@pytest.mark.parametrize(
    ("older", "newer", "told"),
    [
        ("x: float32[batch, 3]", "x: float32[batch, any] range=..", ""),
        ("x: int32[batch, 3]", "x: int64[batch, time<=9]", ""),
        ("x: float32[batch, 3]", "{x: float32[batch, 3]}", "no longer an input"),
        ("{a: bool[]}", "{a: bool[]; b: bool[]}", "`x['b']`: b: bool[] is a new input"),
        ("{a: bool[]}", "{a: bool[]; b?: bool[]}", ""),
        ("x?: bool[]", "x: bool[]", "optional and is needed"),
        ("x: int64[batch]", "x: int32[batch]", "its dtype was int64 and is int32"),
        ("x: int32[batch]", "x: float32[batch]", "its dtype was int32 and is float32"),
        ("x: uint8[batch]", "x: float16[batch]", ""),
        ("x: string[batch]", "x: int32[batch]", "its dtype was string and is int32"),
        ("x: bool[batch]", "x: bool[batch, 1]", "it had 1 axis and has 2"),
        ("x: bool[batch, 3]", "x: bool[batch, 4]", "axis 1 was `3` and is `4`"),
        ("x: bool[batch, t<=9]", "x: bool[batch, t<=8]", "axis 1 was `t<=9` and is `t<=8`"),
        ("x: bool[batch, t>=2]", "x: bool[batch, 3<=t]", "axis 1 was `t>=2` and is `t>=3`"),
        ("x: int32[b]", "x: int32[b] vocabulary=9", "ids were without a bound and are below 9"),
        ("x: int32[b] vocabulary=9", "x: int32[b] vocabulary=99", ""),
        ("x: int32[b] range=0..9", "x: int32[b] range=0..5", "in 0..9 and are in 0..5"),
        ("x: int32[b] pad=0", "x: int32[b]", "0 marked padded steps, and nothing does now"),
        ("x: int32[b]", "x: int32[b] pad=0", "0 marks padded steps now"),
        ("x: int32[b] pad=0", "x: int32[b] pad=-1", "padding value was 0 and is -1"),
        ("x: int32[b] side=pre", "x: int32[b] side=post", "was pre and is post"),
    ],
)
def test_what_a_change_breaks(older: str, newer: str, told: str) -> None:
    newer = newer.replace(" range=..", "").replace("3<=t]", "t>=3]")
    report = Contract.parse(older).compare(Contract.parse(newer))
    assert bool(report.findings) == bool(told)
    assert not told or any(told in finding.message for finding in report.findings)
    assert set(report.codes) <= {"SG544"}


@given(contracts())
def test_the_same_contract_breaks_nothing(contract: Contract) -> None:
    assert contract.compare(contract).findings == ()


def test_the_published_schema_is_that_of_contracts() -> None:
    tool = runpy.run_path(str(SCRIPT))
    assert tool["CONTRACT"].read_text(encoding="utf-8") == tool["contract"]()
    schema = json.loads(tool["contract"]())
    whole = Contract.parse("x: any[2<=t<=3] vocabulary=2 range=0..1 pad=0 side=pre mask=m")
    held = json.loads(whole.to_json())
    for name, value in (("Contract", held), ("Input", held["inputs"][0])):
        assert set(value) <= set(schema["$defs"][name]["properties"])
    for part in schema["$defs"].values():
        assert all(key["description"] for key in part["properties"].values())
