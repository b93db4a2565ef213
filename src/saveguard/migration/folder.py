"""Every old archive of a folder, in processes of their own: one bad file stops nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from queue import SimpleQueue
from typing import Any, Literal

import msgspec

from saveguard.errors import SaveguardError
from saveguard.examine import find
from saveguard.finding import Report
from saveguard.migration.proof.lines import Gone, Process
from saveguard.receipt import Receipt

Verdict = Literal["equal", "not proven", "differs", "not migrated"]
_NAMED = (".h5", ".hdf5", ".keras")
# Each holds a model, and so does the process that reloads what it writes.
_PROCESSES = max(1, (os.cpu_count() or 1) // 2)
_LIMIT = 3600.0


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one archive.

    Attributes:
        old, new: The archive, and the file that was to be written.
        verdict: `equal` and `not proven` have a new file, the others none.
        told: What is known of the outputs, or why there is no new file.
        report: The findings, and what was not compared.
        receipt: What was written, or None.
    """

    old: str
    new: str
    verdict: Verdict
    told: str
    report: Report
    receipt: Receipt | None = None


def pairs(old: str, new: str) -> list[tuple[str, str]]:
    """The archives below a folder, each with its new file at the same place below another."""
    found = (one.path for one in find.archives([old]))
    return [(path, os.path.join(new, _renamed(os.path.relpath(path, old)))) for path in found]


def migrated(
    archives: Sequence[tuple[str, str]], options: Mapping[str, Any], processes: int = _PROCESSES
) -> Iterator[Done]:
    """Migrate each, as they are done.

    Args:
        archives: Old archives with their new files.
        options: Of `saveguard.migrate`, in plain values.
        processes: How many are migrated at a time.
    """
    free: SimpleQueue[Process] = SimpleQueue()
    started = [_process() for _ in range(min(processes, len(archives)))]
    for process in started:
        free.put(process)

    def one(old: str, new: str) -> Done:
        process = free.get()
        try:
            return _asked(process, old, new, options)
        finally:
            free.put(process)

    with ThreadPoolExecutor(max(1, len(started))) as pool:
        tasks = [pool.submit(one, *archive) for archive in archives]
        for task in as_completed(tasks):
            yield task.result()
    for process in started:
        process.close()


def done(old: str, new: str, options: Mapping[str, Any]) -> Done:
    """Migrate one archive in this process; whatever stops it is told."""
    from saveguard.diagnosis.diagnose import diagnose
    from saveguard.migration.whole import migrate

    try:
        receipt = migrate(old, new, **options)
    except SaveguardError as error:
        verdict: Verdict = "differs" if "SG440" in error.codes else "not migrated"
        return _stopped(old, new, error.report, verdict)
    except Exception as error:  # noqa: BLE001  told in the report of this file
        found = diagnose(error, "load", old)
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        report = msgspec.structs.replace(found, not_read=(*found.not_read, told))
        return _stopped(old, new, report, "not migrated")
    assert receipt.migration is not None
    return Done(
        old=old,
        new=new,
        verdict="equal" if receipt.ok else "not proven",
        told=receipt.migration.headline,
        report=receipt.report,
        receipt=receipt,
    )


def _stopped(old: str, new: str, report: Report, verdict: Verdict) -> Done:
    told = [f"{found.code} {found.message}" for found in report.findings]
    told += [*report.not_read, *report.read, "it was not told why"]
    return Done(old=old, new=new, verdict=verdict, told=told[0], report=report)


def _process() -> Process:
    command = [sys.executable, "-m", "saveguard.migration.worker"]
    return Process(command, {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}, limit=_LIMIT)


def _asked(process: Process, old: str, new: str, options: Mapping[str, Any]) -> Done:
    os.makedirs(os.path.dirname(new) or ".", exist_ok=True)
    try:
        answer = process.ask({"old": old, "new": new, "options": options})
    except Gone as error:
        return _stopped(old, new, Report(subject=old, not_read=(str(error),)), "not migrated")
    return msgspec.convert(answer, Done)


def _renamed(relative: str) -> str:
    stem, ending = os.path.splitext(relative)
    return f"{stem if ending.lower() in _NAMED else relative}.keras"
