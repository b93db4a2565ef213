"""Files are looked at in processes, and there is a verdict whatever happens to these."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from saveguard.examine import workers
from saveguard.finding import Report


def look(number: int) -> Report:
    return Report(subject=f"{number}")


def failed(number: int, why: str) -> Report:
    return Report(subject=f"{number}", not_read=(why,))


def told(count: int, looking: workers.Look, **options: float) -> list[Report]:
    settings = {"processes": 2, **options}
    found = dict(workers.reports(count, looking, failed, **settings))  # type: ignore[arg-type]
    assert sorted(found) == list(range(count))
    return [found[number] for number in range(count)]


def test_every_file_has_its_report() -> None:
    assert told(50, look) == [look(number) for number in range(50)]
    assert told(0, look) == []


def test_a_report_may_be_long() -> None:
    def long(number: int) -> Report:
        return Report(subject=f"{number}", read=("x" * 300_000,))

    assert told(5, long) == [long(number) for number in range(5)]


def test_a_process_that_dies_costs_its_file_alone() -> None:
    def dies(number: int) -> Report:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 7:
            os._exit(3)
        return look(number)

    found = told(20, dies)
    assert found[3].not_read == ("the process that read it was ended by SIGKILL",)
    assert found[7].not_read == ("the process that read it exited with 3",)
    assert [r for n, r in enumerate(found) if n not in (3, 7)] == [
        look(n) for n in range(20) if n not in (3, 7)
    ]


def test_an_exception_there_is_no_exception_here() -> None:
    def raises(number: int) -> Report:
        raise ValueError(number)

    assert told(2, raises)[1].not_read == ("the process that read it exited with 1",)


def test_a_file_that_takes_too_long_is_given_up() -> None:
    def hangs(number: int) -> Report:
        if number == 1:
            time.sleep(1e6)
        return look(number)

    found = told(6, hangs, limit=3.0)
    assert found[1].not_read == ("it took longer than 3 s to read",)
    assert found[0] == look(0) and found[5] == look(5)


@pytest.mark.skipif(sys.platform != "linux", reason="the bound is Linux's")
def test_memory_is_bounded() -> None:
    def takes(number: int) -> Report:
        try:
            bytearray(2 << 30)
        except MemoryError:
            return Report(subject=f"{number}", not_read=("MemoryError",))
        return look(number)

    assert told(1, takes)[0].not_read == ("MemoryError",)


def test_a_process_ends_by_itself_when_its_parent_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers._Worker, "trouble", _only_if_ended)

    def hangs(number: int) -> Report:
        time.sleep(1e6)
        return look(number)

    assert told(1, hangs, limit=0.1)[0].not_read == (
        "the process that read it was ended by SIGALRM",
    )


def _only_if_ended(worker: workers._Worker, _limit: float) -> str:
    return f"the process that read it {workers._ending(worker.end())}" if worker.ended else ""


def test_no_process_and_no_file_stays_open_behind() -> None:
    before = os.listdir("/proc/self/fd") if Path("/proc/self/fd").exists() else []
    children = psutil.Process().children()
    answers = workers.reports(100, look, failed, processes=2)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert os.listdir("/proc/self/fd") == before
    assert psutil.Process().children() == children


def test_more_processes_only_where_they_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(4), raising=False)
    assert workers.cores([1000]) == 1
    assert workers.cores([1000] * 50) == 1
    assert workers.cores([1000] * 100) == 2
    assert workers.cores([1000] * 1000) == 4
    assert workers.cores([1 << 30, 1 << 30]) == 2
    assert workers.cores([]) == 1
