"""Pages of a real audit, a check of several files and a receipt, on wide and small screens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from browser import Browser, browser, programs

import saveguard
from saveguard.finding import Examined, Finding, Report
from saveguard.receipt import Proof, Receipt
from saveguard.report import html, html_receipt

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
needs_chromium = pytest.mark.skipif(programs() is None, reason="no Chromium with its driver here")
LINE = "tokens: int32[batch, time<=64] vocabulary=100 pad=0 side=post"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as found:
        yield found


def audited(folder: Path) -> Report:
    rows = [[1 + n % 99] * (1 + n % 40) for n in range(400)]
    rows[7], rows[11] = [500, 0, 3], [2] * 90
    for name, some in (("train", rows), ("test", rows[:20])):
        pq.write_table(pa.table({"tokens": some}), folder / f"{name}.parquet")
    return saveguard.audit(folder / "train.parquet", LINE, test=folder / "test.parquet")


@needs_chromium
def test_a_data_set_is_seen_with_its_rows_lengths_and_test_data(
    window: Browser, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text(audited(tmp_path).to_html(), encoding="utf-8")
    window.size(1200)
    window.open(tmp_path / "page.html")
    titles = "return [...document.querySelectorAll('.card h3')].map(one => one.innerText)"
    assert window.run(titles) == [
        *("Worst rows", "tokens"),
        *("Worst rows, test data", "tokens, test data"),
    ]
    assert "train.parquet[7]" in window.text(".card tbody tr")
    figure = window.text("figure")
    assert "1 is longer than the model takes." in figure and "saveguard.bucket makes 16" in figure
    window.click(".chip")
    assert window.run("return document.activeElement.tagName") == "SUMMARY"
    assert window.log() == []


@needs_chromium
@pytest.mark.parametrize("width", [1200, 500])
def test_nothing_reaches_out_of_the_window_or_is_too_small(
    width: int, window: Browser, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text(audited(tmp_path).to_html(), encoding="utf-8")
    window.size(width)
    window.open(tmp_path / "page.html")
    fits = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert window.run(fits)
    letters = (
        "return Math.min(...[...document.querySelectorAll('svg text')]"
        ".map(one => one.getBoundingClientRect().height))"
    )
    assert window.run(letters) >= 9
    window.size(1200)


@needs_chromium
def test_of_several_files_a_closed_finding_says_which(window: Browser, tmp_path: Path) -> None:
    files = tuple(Examined(path=f"models/{n}.keras", layout="keras") for n in range(9))
    found = tuple(
        Finding(
            code="SG210",
            name="argument-refused",
            where="$.config",
            message="the layer `lstm` has `time_major`",
            why="It was taken until Keras 2.15.",
            fix="leave it out",
            file=one.path,
        )
        for one in files
    )
    report = Report(subject="models", findings=found, files=files)
    (tmp_path / "page.html").write_text(html.render(report), encoding="utf-8")
    window.open(tmp_path / "page.html")
    last = ".finding:nth-of-type(9)"
    assert "8.keras" in window.text(f"{last} summary")
    assert window.text(f"{last} code") == "lstm"
    window.click(f"{last} summary")
    assert "models/8.keras: $.config" in window.text(f"{last} dd")


@pytest.mark.parametrize(
    ("proof", "state", "badge"),
    [
        (Proof(verdict="proven", not_compared=("1 seed state",)), "good", "proven"),
        (Proof(verdict="not proven"), "bad", "not proven"),
        (None, "part", "not proven"),
    ],
)
def test_a_receipt_says_whether_it_is_proven(proof: Proof | None, state: str, badge: str) -> None:
    receipt = Receipt(
        path="m.keras", layout="keras", digests={}, contract=None, golden=None, environment={}
    )
    page = html_receipt.render(msgspec.structs.replace(receipt, proof=proof))
    assert f'<body class="{state}">' in page and f'<p class="badge">{badge}</p>' in page
    assert "What was read" not in page
