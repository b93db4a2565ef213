"""Whoever does the work, the JSON is the same to the byte; what ends a worker costs its part."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import saveguard
from saveguard.data.source import Part

LINE = "{ids: int32[batch, time<=6] vocabulary=40 pad=0; x: float32[batch, 3] pad=-1}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six files of three row groups, with something of everything."""
    folder = tmp_path_factory.mktemp("train")
    for number in range(6):
        random = np.random.default_rng(number)
        rows = [random.integers(0, 42, random.integers(0, 8)).tolist() for _ in range(90)]
        rows[number] = None
        x = random.normal(size=(90, 3)).round(1)
        x[number, 1], x[number + 1, 2] = np.nan, np.inf
        table = pa.table(
            {
                "ids": pa.array(rows, pa.list_(pa.int64())),
                "x": pa.FixedSizeListArray.from_arrays(pa.array(x.ravel()), 3),
                "label": random.integers(0, 3, 90),
            }
        )
        pq.write_table(table, folder / f"{number}.parquet", row_group_size=30)
    return folder


def told(folder: Path, **options: Any) -> str:
    return saveguard.audit(folder, LINE, labels="label", classes=2, **options).to_json()


@pytest.fixture(scope="module")
def alone(folder: Path) -> str:
    return told(folder, workers=1)


def test_the_audit_of_the_folder_finds_what_is_in_it(folder: Path) -> None:
    report = saveguard.audit(folder, LINE, labels="label", classes=2)
    assert {"SG503", "SG508", "SG542", "SG543", "SG560", "SG604", "SG621"} <= set(report.codes)
    assert report.summary.rows == 540 and report.summary.parts == 18


@pytest.mark.parametrize("workers", [2, 5])
def test_threads_give_the_same_bytes(folder: Path, alone: str, workers: int) -> None:
    assert told(folder, workers=workers) == alone


def test_processes_give_the_same_bytes(folder: Path, alone: str) -> None:
    assert told(folder, engine="processes", workers=2) == alone


PEAK = """
import sys
import pyarrow as pa
import saveguard

report = saveguard.audit(sys.argv[1], "x: float32[batch, 8]", workers=2)
print(report.summary.rows, pa.default_memory_pool().max_memory())
"""


def test_memory_does_not_grow_with_a_row_group(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random(1 << 24, np.float32)
    column = pa.FixedSizeListArray.from_arrays(pa.array(values), 8)
    file = tmp_path / "one.parquet"
    pq.write_table(pa.table({"x": column}), file, row_group_size=1 << 21)
    order = [sys.executable, "-c", PEAK, str(file)]
    done = subprocess.run(order, capture_output=True, text=True, check=True)
    rows, peak = map(int, done.stdout.split())
    assert rows == 1 << 21
    assert peak < values.nbytes / 2


class Deadly:
    """A source whose worker is killed whenever it reads a certain part."""

    name, movable = "deadly", True

    def __init__(self, deadly: int, once: str = "") -> None:
        self.deadly, self.once, self.parent = deadly, once, os.getpid()

    def parts(self) -> list[Part]:
        return [Part(file=f"{number}.bin", start=number, rows=2) for number in range(6)]

    def read(self, part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        first = not (self.once and os.path.exists(self.once))
        if part.start == self.deadly and os.getpid() != self.parent and first:
            if self.once:
                Path(self.once).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield pa.record_batch({"x": [part.start, part.start + 1]})


def test_a_worker_that_is_killed_costs_its_part_alone() -> None:
    report = saveguard.audit(Deadly(3), engine="processes", workers=2)
    assert report.codes == ("SG740",)
    assert report.findings[0].message == (
        "a part was not read, 2 rows: the process that read it died, twice"
    )
    assert report.summary.rows == 10 and report.summary.parts == 5
    assert report.not_read == ("3.bin: the process that read it died, twice",)


def test_a_worker_that_is_killed_once_costs_nothing(tmp_path: Path) -> None:
    report = saveguard.audit(Deadly(3, str(tmp_path / "done")), engine="processes", workers=2)
    assert report.findings == () and report.summary.rows == 12


def script(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """A user's script, run as such; without `if __name__ == "__main__":`."""
    path = folder / "script.py"
    path.write_text(text)
    return subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)


BARE = """
import saveguard

print("run")
report = saveguard.audit({folder!r}, {line!r}, labels="label", classes=2, engine="processes")
print(report.to_json())
"""


def test_processes_do_not_run_the_users_script_again(
    folder: Path, alone: str, tmp_path: Path
) -> None:
    done = script(tmp_path, BARE.format(folder=str(folder), line=LINE))
    assert done.stderr == ""
    assert done.stdout == f"run\n{alone}\n"


OWN = """
import saveguard
import pyarrow as pa
from saveguard.data.source import Part

class Own:
    name, movable = "own", True

    def parts(self):
        return [Part(file="a.bin")]

    def read(self, part, columns):
        yield pa.record_batch({"x": [1]})

saveguard.audit(Own(), engine="processes")
"""


def test_a_source_that_no_process_can_import_is_told_with_what_to_do(tmp_path: Path) -> None:
    done = script(tmp_path, OWN)
    assert done.stderr.splitlines()[-1] == (
        "TypeError: no other process can take this source: AttributeError: Can't get attribute"
        " 'Own' on <module '__main__' (built-in)>; define its class in a module that can be"
        " imported, not in the script itself, or use engine='local'"
    )


class Failing(Deadly):
    """A source that prints, and raises where it reads its fourth part."""

    def read(self, part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        print("no answer")
        if part.start == self.deadly and os.getpid() != self.parent:
            raise ZeroDivisionError(part.start)
        yield from super().read(part, columns)


def test_what_a_source_raises_in_a_process_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError) as error:
        saveguard.audit(Failing(3), engine="processes", workers=2)
    assert "In the process that read 3.bin:" in error.value.__notes__[0]


def test_a_process_that_cannot_begin_is_told_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(ChildProcessError, match="false ended with 1 before it could read any data"):
        told(folder, engine="processes")


@pytest.mark.parametrize("engine", ["processes", "ray"])
def test_batches_are_read_where_they_are_whatever_the_engine(engine: str) -> None:
    batches = ({"x": np.full(4, number)} for number in range(3))
    assert saveguard.audit(batches, engine=engine).summary.rows == 12


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A cluster of two CPUs on this machine."""
    ray = pytest.importorskip("ray")
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        # Where `Deadly` is found by the workers.
        runtime_env={"env_vars": {"PYTHONPATH": str(Path(__file__).parent)}},
    )
    yield
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_ray_gives_the_same_bytes(folder: Path, alone: str) -> None:
    assert told(folder, engine="ray", workers=2) == alone


LATE = 8


@pytest.fixture
def changing(tmp_path: Path) -> Path:
    """Twelve files, one of which has columns that the others lack."""
    for number in range(12):
        rows = [{"x": [number, row]} for row in range(5)]
        if number == LATE:
            rows = [row | {"z": 9 + at, "label": at % 3} for at, row in enumerate(rows)]
        (tmp_path / f"{number:02}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("line", "labels", "codes"),
    [
        ("x: float32[batch, 2]", None, {"SG575"}),
        (
            "{x: float32[batch, 2]; z: int32[batch] range=0..12}",
            "label",
            {"SG501", "SG508", "SG542"},
        ),
        (None, None, set[str]()),
    ],
)
def test_ray_tells_the_same_bytes_of_columns_that_come_late(
    line: str | None, labels: str | None, codes: set[str], changing: Path
) -> None:
    options: dict[str, Any] = {"labels": labels, "classes": labels and 2}
    near = saveguard.audit(changing, line, workers=1, **options)
    far = saveguard.audit(changing, line, engine="ray", workers=2, **options)
    assert codes <= set(near.codes)
    assert far.to_json() == near.to_json()


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_ray_worker_that_is_killed_costs_its_part_alone() -> None:
    report = saveguard.audit(Deadly(3), engine="ray", workers=2)
    assert report.codes == ("SG740",) and report.summary.rows == 10
    assert "the Ray worker that read it died, twice" in report.findings[0].message


def test_without_ray_the_finding_names_the_extra(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(saveguard.SaveguardError) as error:
        told(folder, engine="ray")
    assert error.value.codes == ("SG741",)
