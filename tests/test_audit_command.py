"""`saveguard audit`, as it is called: what it prints, its exit codes, Ctrl-C."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from saveguard.cli.audit import command
from saveguard.cli.rate import Rate, duration, line
from saveguard.data.reading import Step


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.parquet"
    table = pa.table({"ids": [[1, 2], [3, 9]], "label": [0, 1]})
    pq.write_table(table, path)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_clean_data_exit_with_0_and_their_facts(file: Path) -> None:
    done = run(file, "--contract", "ids: int64[batch, 2]", "--labels", "label")
    assert done.exit_code == 0
    assert f"{file}: `ids` is lists of int64, 2 rows, axis 1 has 2 values" in done.stdout
    assert done.stdout.endswith(f"{file}: nothing found\n") and done.stderr == ""


def test_what_is_certain_exits_with_1(file: Path) -> None:
    done = run(file, "--contract", "x: int64[batch, 2] vocabulary=9", "--map", "x=ids", "-q")
    assert done.exit_code == 1
    assert "error[SG542] 9 in row 1 of `ids`" in done.stdout


def test_a_contract_s_typo_exits_with_2_and_its_place(file: Path) -> None:
    done = run(file, "--contract", "ids: itn64[batch, 2]")
    assert done.exit_code == 2
    assert "error[SG540] the contract's line has 'itn64' at character 6" in done.stdout


def test_nothing_read_exits_with_2(tmp_path: Path) -> None:
    done = run(tmp_path / "*.parquet")
    assert done.exit_code == 2
    assert "not read" in done.stdout


def test_a_sample_is_not_all_which_strict_minds(tmp_path: Path) -> None:
    for name in "ab":
        pq.write_table(pa.table({"x": [1.0, 2.0]}), tmp_path / f"{name}.parquet")
    assert run(tmp_path, "--sample", "50%").exit_code == 0
    done = run(tmp_path, "--sample", "50%", "--strict")
    assert done.exit_code == 3
    assert "not read: 1 of 2 parts" in done.stdout


@pytest.mark.parametrize(
    "option, told",
    [
        (["--sample", "2"], "'2' is no share of the data, such as 0.1 or 10%"),
        (["--sample", "half"], "'half' is no share"),
        (["--map", "ids"], "'ids' is not INPUT=COLUMN"),
        (["--engine", "spark"], "'spark' is not one of"),
    ],
)
def test_a_wrong_option_is_refused(file: Path, option: list[str], told: str) -> None:
    done = run(file, *option)
    assert done.exit_code == 2 and told in done.stderr


def test_json_is_the_report_with_its_summary(file: Path) -> None:
    told = json.loads(run(file, "--format", "json").stdout)
    assert told["summary"]["rows"] == 2 and told["subject"] == str(file)


def test_what_a_library_prints_is_no_part_of_the_report(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from saveguard.data import scan, work

    def loudly(*given: object) -> object:
        print("(raylet) A worker died")
        return scan.scan(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "scan", loudly)
    done = run(file, "--format", "json")
    assert json.loads(done.stdout)["summary"]["rows"] == 2
    assert "A worker died" in done.stderr


def test_what_a_cut_file_lacks_is_not_read(tmp_path: Path) -> None:
    for number in range(8):
        np.save(tmp_path / f"{number}.npy", np.ones(100, "float32"))
        data = (tmp_path / f"{number}.npy").read_bytes()
        (tmp_path / f"{number}.npy").write_bytes(data[:-200])
    done = run(tmp_path, "--strict")
    lines = [one.partition("not read: ")[2] for one in done.stdout.splitlines()]
    told = [one for one in lines if one]
    assert done.exit_code == 1 and len(told) == 6
    assert told[0].startswith(f"{tmp_path}/0.npy, row 50") and told[5].startswith("3 more of ")


def test_a_column_that_is_mistyped_is_told_with_the_nearest(file: Path) -> None:
    done = run(file, "--contract", "ids: int64[batch, 2]", "--labels", "lable")
    assert done.exit_code == 1
    assert "fix  write `label`, if that was meant" in done.stdout


# The fifth part is being read, and what was read before it is counted, when the first line is out.
SLOW = """
import signal, sys, threading
from saveguard.cli.main import main
from saveguard.data.engines import threads
from saveguard.data.sources import files

stopped, whole, wait = threading.Event(), files.Files.read, threads.wait

def slowly(self, part, columns):
    if columns is not None and part.start > 3:
        stopped.wait()
    yield from whole(self, part, columns)

def waiting(running, **options):
    if {number for number, _ in running.values()} == {4, 5}:
        print("waiting", file=sys.__stdout__, flush=True)
    return wait(running, **options)

def stop(*_):
    stopped.set()
    raise KeyboardInterrupt

files.Files.read, threads.wait = slowly, waiting
signal.signal(signal.SIGINT, stop)
main(sys.argv[1:], prog_name="saveguard")
"""


def test_ctrl_c_keeps_what_was_read_and_says_so(tmp_path: Path) -> None:
    data, kept = tmp_path / "a.parquet", tmp_path / "kept.jsonl"
    pq.write_table(pa.table({"x": np.arange(6.0)}), data, row_group_size=1)
    order = [sys.executable, "-c", SLOW, "audit", str(data), "--contract", "x: float64[batch, 1]"]
    order += ["--workers", "1", "--resume", str(kept)]
    with subprocess.Popen(
        order, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        assert child.stdout.readline() == "waiting\n"
        os.kill(child.pid, signal.SIGINT)
        told, complaints = child.stdout.read(), child.stderr.read()
    assert (child.wait(timeout=30), complaints) == (130, "")
    assert f"4 of 6 parts of {data}, 4 rows" in told
    assert f"not read: 2 of 6 parts of {data}: the audit was stopped (Ctrl-C)" in told
    done = run(data, "--contract", "x: float64[batch, 1]", "--resume", kept)
    assert f"6 of 6 parts of {data}, 6 rows" in done.stdout
    assert len(kept.read_text().splitlines()) == 7


def step(parts: int, size: int) -> Step:
    return Step(parts=parts, all_parts=24, bytes=size, all_bytes=2_000_000_000, rows=parts * 1000)


def test_the_rate_counts_what_this_run_read() -> None:
    told = line(step(13, 1_200_000_000), step(1, 200_000_000), 2.0)
    assert told == "13 of 24 parts, 13,000 rows, 500 MB/s, 2 s left"
    assert line(step(1, 0), step(1, 0), 2.0) == "1 of 24 parts, 1,000 rows"
    assert [duration(one) for one in (8.2, 125, 4200)] == ["8 s", "2 min 5 s", "1 h 10 min"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_for_a_terminal_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    now = iter([0.0, 0.5, 2.0, 2.05, 9.0, 19.0])
    monkeypatch.setattr("saveguard.cli.rate.time.monotonic", lambda: next(now))
    with Rate(terminal := Terminal()) as rate:
        for size in (1, 2, 3):
            rate.show(step(size, size * 10**8))
    assert terminal.getvalue() == "\r\x1b[K2 of 24 parts, 2,000 rows, 50 MB/s, 36 s left\r\x1b[K"
    with Rate(elsewhere := io.StringIO()) as rate:
        rate.show(step(1, 1))
    assert elsewhere.getvalue() == ""
