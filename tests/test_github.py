"""GitHub's annotations and summary: the worst first, within its limits, and nothing injected."""

from __future__ import annotations

import msgspec

from saveguard.finding import Finding, Report
from saveguard.report import concise, github

BAD = Finding(
    code="SG101",
    name="file-damaged",
    where="config.json $.a",
    message="100 % wrong\nand more",
    why="because",
    fix="mend it",
    file="a:b,c.keras",
)


def some(count: int, certainty: str) -> tuple[Finding, ...]:
    return tuple(
        msgspec.structs.replace(BAD, where=f"{number:03}", certainty=certainty)
        for number in range(count)
    )


def test_an_annotation_in_full() -> None:
    first, last = github.render(Report(subject="m", findings=(BAD,))).splitlines()
    assert first == (
        "::error file=a%3Ab%2Cc.keras,title=SG101 file-damaged::100 %25 wrong%0Aand more"
        "%0Aa:b,c.keras: config.json $.a%0Abecause%0Afix: mend it"
    )
    assert last == "::notice title=saveguard::m: 1 certain"


def test_the_worst_ten_of_each_level_then_the_count() -> None:
    findings = some(3, "possible") + some(12, "likely") + some(30, "certain")
    lines = github.render(
        Report(subject="m", findings=findings, not_read=tuple(map(str, range(12))))
    ).splitlines()
    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["::warning"] * 10 + [
        "::notice"
    ]
    assert "30 certain, 12 likely, 3 possible%0A25 of them are not annotated" in lines[-1]
    assert lines[-1].endswith("not read: 9%0Aand 2 more were not read")


def test_names_cannot_add_commands() -> None:
    name = "\n::error::\r\n::set-output name=x::y"
    finding = msgspec.structs.replace(BAD, message=name, file=name, where=name, evidence=(name,))
    lines = github.render(Report(subject=name, findings=(finding,), not_read=(name,))).splitlines()
    assert [line.split()[0] for line in lines] == ["::error", "::notice"]


def test_the_summary_is_a_table_without_anyone_s_markup() -> None:
    finding = msgspec.structs.replace(BAD, message="<b>|`x` @me", file="m.keras")
    text = github.summary(Report(subject="m", findings=(finding,), not_read=("loss",)))
    assert text.splitlines() == [
        "## saveguard: m",
        "",
        "1 certain",
        "",
        "| finding | where | what | fix |",
        "| --- | --- | --- | --- |",
        "| error SG101 | m.keras: config.json $.a |"
        " &#60;b&#62;&#124;&#96;x&#96; &#64;me | mend it |",
        "",
        "- not read: loss",
    ]


def test_the_summary_ends_where_the_service_cuts() -> None:
    report = Report(subject="m", findings=some(500, "certain"), not_read=("é",) * 50)
    text = github.summary(report, limit=5_000)
    assert 4_000 < len(text.encode()) <= 5_000
    assert text.endswith(" lines more\n")
    assert len(github.summary(report).encode()) < github.SUMMARY_BYTES


def test_concise_is_one_line_a_finding() -> None:
    whole = msgspec.structs.replace(BAD, file="m.keras", where="m.keras", certainty="likely")
    bare = msgspec.structs.replace(BAD, file="", where="loss")
    report = Report(subject="m", findings=(whole, bare), not_read=("x",))
    assert concise.render(report).splitlines() == [
        "m: error[SG101] 100 % wrong and more (loss)",
        "m.keras: warning[SG101] 100 % wrong and more",
        "m: not read: x",
        "m: 1 certain, 1 likely",
    ]
