"""Train a small model on each data set, audit the data against it, and write docs/audits.md.

python -m tools.audits.run
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import saveguard
from tools.audits.sets import SETS, Set

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "audits.md"
EPOCHS, STEPS = 15, 200
HEAD = """\
# Real data, audited

Data sets that packages ship, each audited in full against a small model that was trained on it,
saved, and read from its file; a fifth of the rows, at random, stands apart as the test data, among
which no row should be found again. The accuracy is that of the training, on all rows: it says
how far the model learned. The lines are those of `saveguard audit`: what was read, then each
column; "Nothing found" means no finding of any certainty. `make audits` trains, audits and writes
this page; Keras {keras} on {backend}.

"""


def main() -> None:
    """Write the page."""
    about = HEAD.format(keras=keras.__version__, backend=keras.backend.backend())
    rows, told = [], []
    with tempfile.TemporaryDirectory() as folder:
        for make in SETS:
            keras.utils.set_random_seed(0)
            row, text = one(make(), Path(folder))
            rows.append(row)
            told.append(text)
    head = "| data | shipped by | rows | accuracy | certain | likely | possible |\n"
    head += "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
    PAGE.write_text(about + head + "\n".join(rows) + "\n\n" + "\n".join(told), encoding="utf-8")


def one(held: Set, folder: Path) -> tuple[str, str]:
    """The table's row and the section of one data set."""
    held.model.fit(
        held.inputs,
        held.labels,
        epochs=max(EPOCHS, STEPS * 32 // len(held.labels)),
        batch_size=32,
        verbose=0,
    )
    accuracy = held.model.evaluate(held.inputs, held.labels, verbose=0)[1]
    name = held.name.lower().replace(" ", "-")
    model, data = folder / f"{name}.keras", folder / f"{name}.parquet"
    saveguard.save(held.model, model, example=(held.inputs, held.labels), prove=False)
    columns = {key: pa.array([_plain(row) for row in some]) for key, some in held.columns.items()}
    table = pa.table({**columns, "label": pa.array(held.labels)})
    order = np.random.default_rng(0).permutation(len(table))
    test, train = (table.take(part) for part in np.split(order, [len(table) // 5]))
    pq.write_table(train, data)
    pq.write_table(test, data.with_suffix(".test.parquet"))
    report = saveguard.audit(
        str(data), model, test=data.with_suffix(".test.parquet"), labels="label", columns=held.map
    )
    counts = [
        sum(f.certainty == kind for f in report.findings)
        for kind in ("certain", "likely", "possible")
    ]
    cells = [
        held.name,
        held.source,
        f"{len(table):,}",
        f"{accuracy:.0%}",
        *map(str, counts),
    ]
    lines = "\n".join(_section(held, report, str(folder)))
    return "| " + " | ".join(cells) + " |", lines


def _plain(row: Any) -> Any:
    return row.tolist() if hasattr(row, "tolist") else row


def _section(held: Set, report: Any, folder: str) -> Iterator[str]:
    yield f"## {held.name}\n"
    yield f"`{report.contract}`\n"
    for line in report.read[:6]:
        told = line.replace(folder + "/", "")
        yield f"- {told}"
    if len(report.read) > 6:
        yield f"- and {len(report.read) - 6} lines more: other columns, and the test data"
    yield ""
    for finding in report.findings:
        yield f"**{finding.code}** ({finding.certainty}): {finding.message}".replace(
            folder + "/", ""
        )
        yield f"\n{finding.why}\n".replace(folder + "/", "")
    if not report.findings:
        yield "Nothing found.\n"


if __name__ == "__main__":
    main()
