"""Several archives looked at with the same settings, in processes of their own where that pays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from saveguard.errors import SaveguardError
from saveguard.examine.find import Found
from saveguard.examine.judge import judge, judged, refused, unread
from saveguard.examine.settings import Settings
from saveguard.facts import ArchiveFacts, Unread
from saveguard.finding import Report
from saveguard.remote.address import is_remote
from saveguard.remote.near import near, said_of
from saveguard.rules import registry


def looked_at(found: Sequence[Found], settings: Settings) -> Iterator[Report]:
    """The report on each archive, in their order, as far as the settings want to know.

    Where the system has no `fork`, they are looked at in this process.
    """
    if not hasattr(os, "fork"):
        yield from (look(one, settings) for one in found)
        return
    # What every process needs is imported before there are several.
    registry.sensing("archive")
    local = _by_team([one for one in found if not is_remote(one.path)], settings)
    for one in found:
        # A fork cannot use its parent's connections: what is far is fetched before there is one.
        yield look(one, settings, _judged_apart) if is_remote(one.path) else next(local)


def look(found: Found, settings: Settings, judging: Callable[..., Report] = judge) -> Report:
    """The report on one archive, or the reason why it cannot be looked into.

    Args:
        judging: `judge`, or what does the same elsewhere.
    """
    if found.unread:
        return unread(found.path, found.unread)
    release = settings.keras_for(found.path)
    try:
        with near(found.path) as name:
            report = said_of(judging(name, keras=release, sure=found.sure), name, found.path)
    except SaveguardError as error:
        report = refused(found.path, error.report)
    return _wanted(report, settings)


def _by_team(found: Sequence[Found], settings: Settings) -> Iterator[Report]:
    """The reports on files of this machine, in their order, by processes on every core."""
    from saveguard.examine import workers

    def failed(number: int, why: str) -> Report:
        return _wanted(_unreadable(found[number].path, why), settings)

    processes = workers.cores([_size(one.path) for one in found])
    answers = workers.reports(
        len(found), lambda number: look(found[number], settings), failed, processes=processes
    )
    come: dict[int, Report] = {}
    for number in range(len(found)):
        while number not in come:
            answered, report = next(answers)
            come[answered] = report
        yield come.pop(number)


def _judged_apart(name: str, **given: Any) -> Report:
    """What `judge` gives, from another process."""
    from saveguard.examine import workers

    answers = workers.reports(
        1,
        lambda _: judge(name, **given),
        lambda _, why: _unreadable(name, why),
        processes=1,
    )
    ((_, report),) = answers
    return report


def _unreadable(path: str, why: str) -> Report:
    part = Unread(what="the file", why=why, kind="damage")
    return judged(ArchiveFacts(path=path, unread=(part,)))


def _wanted(report: Report, settings: Settings) -> Report:
    kept = tuple(f for f in report.findings if settings.wanted(f.code, f.file))
    return report if kept == report.findings else msgspec.structs.replace(report, findings=kept)


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0
