"""Several archives looked at with the same settings, in processes of their own where that pays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import msgspec

from saveguard.errors import SaveguardError
from saveguard.examine.find import Found
from saveguard.examine.judge import judge, judged, refused, unread
from saveguard.examine.settings import Settings
from saveguard.facts import ArchiveFacts, Unread
from saveguard.finding import Report
from saveguard.remote.near import near, said_of
from saveguard.rules import registry


def looked_at(found: Sequence[Found], settings: Settings) -> Iterator[Report]:
    """The report on each archive, in their order, as far as the settings want to know.

    Where the system has no `fork`, they are looked at in this process.
    """
    if not hasattr(os, "fork"):
        yield from (look(one, settings) for one in found)
        return
    from saveguard.examine import workers

    def failed(number: int, why: str) -> Report:
        part = Unread(what="the file", why=why, kind="damage")
        facts = ArchiveFacts(path=found[number].path, unread=(part,))
        return _wanted(judged(facts), settings)

    # What every process needs is imported before there are several.
    registry.sensing("archive")
    come: dict[int, Report] = {}
    processes = workers.cores([_size(one.path) for one in found])
    answers = workers.reports(
        len(found), lambda number: look(found[number], settings), failed, processes=processes
    )
    for number in range(len(found)):
        while number not in come:
            answered, report = next(answers)
            come[answered] = report
        yield come.pop(number)


def look(found: Found, settings: Settings) -> Report:
    """The report on one archive, or the reason why it cannot be looked into."""
    if found.unread:
        return unread(found.path, found.unread)
    release = settings.keras_for(found.path)
    try:
        with near(found.path) as name:
            report = said_of(judge(name, keras=release, sure=found.sure), name, found.path)
    except SaveguardError as error:
        report = refused(found.path, error.report)
    return _wanted(report, settings)


def _wanted(report: Report, settings: Settings) -> Report:
    kept = tuple(f for f in report.findings if settings.wanted(f.code, f.file))
    return report if kept == report.findings else msgspec.structs.replace(report, findings=kept)


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0
