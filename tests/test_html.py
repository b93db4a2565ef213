"""A report as a page: what is in it, and what a person sees and clicks in a headless Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser, programs

from saveguard.contract import Contract
from saveguard.facts import Bar, Card, Chart, Mark
from saveguard.finding import Examined, Finding, Report
from saveguard.receipt import Golden, Proof, Receipt
from saveguard.report import html, html_cards, html_receipt

HOSTILE = (
    "<script>document.title='owned'</script>\"'><img src=x onerror=\"document.title='owned'\">"
)
NAMES = {"certain": "SG503", "likely": "SG543", "possible": "SG621"}


def finding(
    certainty: str, message: str = "94 rows are too long", where: str = "tokens"
) -> Finding:
    return Finding(
        code=NAMES[certainty],
        name="some-name",
        where=where,
        message=message,
        why="The model takes 128 steps.",
        fix="cut them:\n  saveguard.pad(tokens, max_length=128)",
        certainty=certainty,  # type: ignore[arg-type]
        evidence=("train.parquet[211]: 150", "train.parquet[219]: 256"),
    )


class Pictured(Report, frozen=True, kw_only=True):
    """A report with a card, as an audit is one."""

    def cards(self) -> tuple[Card, ...]:
        bars = tuple(
            Bar(low=n, high=n + 1, count=n * n, kind="out" if n > 6 else "") for n in range(9)
        )
        marks = (Mark(value=7, label="model takes 7"), Mark(value=0, label="padding 0", kind="pad"))
        chart = Chart(title="Lengths", axis="steps", bars=bars, marks=marks, told="62% is padding.")
        rows = (("empty sequences", "20", "train.parquet[0]"),)
        return (
            Card(
                title="tokens",
                told="int32[batch, time<=7]",
                facts=(("rows", "5,000"),),
                charts=(chart,),
                header=("what was seen", "rows", "first places"),
                rows=rows,
                codes=("SG543",),
            ),
        )


REPORT = Pictured(
    subject="train/*.parquet",
    findings=(
        finding("certain"),
        finding("likely", "row 30 holds nan"),
        finding("possible", HOSTILE, HOSTILE),
    ),
    read=("24 of 24 parts",),
    not_read=("b.parquet: cut short",),
)


def test_a_page_loads_nothing_and_escapes_everything() -> None:
    page = html.render(REPORT)
    assert HOSTILE not in page and "<img" not in page
    assert page.count("<script>") == 1
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "http" not in re.sub(r"http-equiv|sha256-[^']+", "", page)
    assert "default-src 'none'" in page


def test_what_does_not_fit_is_counted() -> None:
    many = tuple(finding("likely", f"row {row}") for row in range(html.FINDINGS + 7))
    files = tuple(Examined(path=f"{n}.keras", layout="keras") for n in range(html.FILES + 3))
    page = html.render(Report(subject="models/", findings=many, files=files))
    assert "7 more findings are not on this page" in page and "3 more files" in page


def test_a_notebook_gets_the_findings_in_a_style_of_their_own() -> None:
    told = REPORT._repr_html_()
    assert "SG503" in told and "<script" not in told and HOSTILE not in told
    assert told.startswith("<style>.sg {") and "\nbody" not in told


def test_a_chart_of_one_value_and_of_none() -> None:
    one = Chart(title="Values", axis="value", bars=(Bar(low=3, high=3, count=5),))
    assert "NaN" not in html_cards.chart(one) and "<rect" in html_cards.chart(one)
    assert html_cards.chart(Chart(title="Values", axis="value", bars=())) == ""


def test_a_receipt_as_a_page() -> None:
    receipt = Receipt(
        path="m.keras",
        layout="keras",
        digests={},
        contract=Contract.parse("tokens: int32[batch, time<=128] pad=0 side=post"),
        golden=Golden(inputs="inputs", outputs="output", kinds={"output": "dense float32"}, rows=8),
        environment={"keras": "3.15.1", "python": "3.11.7"},
        proof=Proof(verdict="proven", compared=("3 variables",), environment={"keras": "3.15.1"}),
        seconds={"proof": 0.8},
    )
    page = html_receipt.render(receipt)
    for told in ("proven", "tokens: int32[batch, time&lt;=128]", "0.80 s", "proven by", "3.15.1"):
        assert told in page
    assert receipt.to_html() == page and "m.keras" in receipt._repr_html_()


needs_chromium = pytest.mark.skipif(programs() is None, reason="no Chromium with its driver here")


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture
def shown(window: Browser, tmp_path: Path) -> Browser:
    page = tmp_path / "report.html"
    page.write_text(REPORT.to_html(), encoding="utf-8")
    window.open(page)
    return window


def visible(shown: Browser) -> list[str]:
    """The codes of the findings that are on the screen."""
    script = (
        "return [...document.querySelectorAll('.finding')]"
        ".filter(f => f.getBoundingClientRect().height > 0).map(f => f.dataset.code)"
    )
    return list(shown.run(script))


@needs_chromium
def test_what_a_person_sees(shown: Browser) -> None:
    assert shown.text("h1") == "train/*.parquet"
    assert shown.text(".badge") == "found" and shown.text(".filter.certain") == "1 certain"
    assert visible(shown) == ["SG503", "SG543", "SG621"]
    assert "saveguard.pad(tokens, max_length=128)" in shown.text(".finding.certain dl")
    assert shown.text("figcaption") == "Lengths" and "62% is padding." in shown.text("figure")
    labels = "return [...document.querySelectorAll('svg .label')].map(one => one.textContent)"
    assert shown.run(labels) == ["model takes 7", "padding 0"]
    assert "b.parquet: cut short" in shown.text("#left")
    assert shown.run("return document.title") == "train/*.parquet: 1 certain, 1 likely, 1 possible"
    wide = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert shown.run(wide), "nothing reaches out of the window"
    assert shown.log() == []


@needs_chromium
def test_what_a_person_clicks(shown: Browser) -> None:
    shown.click(".filter.likely")
    assert visible(shown) == ["SG503", "SG621"]
    shown.click(".filter.likely")
    shown.type("#search", "holds NAN")
    assert visible(shown) == ["SG543"]
    shown.type("#search", "nothing like this")
    assert visible(shown) == [] and shown.text("#none") == "Nothing to show here."
    shown.click(".chip")
    assert visible(shown) == ["SG543"]
    assert shown.run("return document.activeElement.tagName") == "SUMMARY"
    shown.click(".finding.likely summary")
    assert shown.run("return document.querySelector('.finding.likely').open") is False


@needs_chromium
def test_light_and_dark(shown: Browser, tmp_path: Path) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    ink = "return getComputedStyle(document.body).color"
    light = shown.run(ground), shown.run(ink)
    first = shown.picture(tmp_path / "light.png")
    assert shown.text("#theme") == "Dark"
    shown.click("#theme")
    dark = shown.run(ground), shown.run(ink)
    assert shown.text("#theme") == "Light"
    assert (
        shown.run("return document.getElementById('theme').getAttribute('aria-pressed')") == "true"
    )
    assert first != shown.picture(tmp_path / "dark.png")
    for (back, text), darker in ((light, False), (dark, True)):
        assert (_luminance(back) < _luminance(text)) is darker
        assert _contrast(back, text) > 7
    assert shown.log() == []


def _luminance(color: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, two: str) -> float:
    low, high = sorted((_luminance(one), _luminance(two)))
    return (high + 0.05) / (low + 0.05)
