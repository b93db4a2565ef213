"""Findings that are known already, in a file: each with a reason, and some with a last day."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from saveguard.examine.settings import Refused
from saveguard.finding import Finding, Report

NAME = "saveguard-baseline.json"
SCHEMA_VERSION = 1
REASON = "known when the baseline was written"


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One finding that is known.

    Attributes:
        file: Relative to the baseline's folder, with `/`.
        code, where: As in the finding, for people.
        fingerprint: The finding's, which with `file` tells that it is the same.
        reason: Why it may stay.
        expires: The last day on which it is left out; None for ever.
    """

    file: str
    code: str
    where: str
    fingerprint: str
    reason: str = REASON
    expires: datetime.date | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What tells that a finding is this one."""
        return self.file, self.fingerprint


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The findings that are known."""

    schema_version: int = SCHEMA_VERSION
    findings: tuple[Known, ...] = ()


class Applied(NamedTuple):
    """A report without what is known; and, of the baseline, what is over and what is gone."""

    report: Report
    expired: tuple[Known, ...]
    gone: tuple[Known, ...]


def load(path: str) -> Baseline:
    """The baseline in the file at `path`.

    Raises:
        Refused: If it cannot be read or is none, with what is wrong and where.
    """
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(), type=Baseline)
    except OSError as error:
        told = f"{path} cannot be read: {error.strerror}; --write-baseline writes it"
        raise Refused(told) from None
    except ValueError as error:
        raise Refused(f"{path} is no baseline: {error}") from None


def apply(
    report: Report, baseline: Baseline, folder: str, *, today: datetime.date | None = None
) -> Applied:
    """Leave out of a report what the baseline of `folder` knows.

    Args:
        today: The day that `expires` is held against; by default the present one in UTC.
    """
    now = today or datetime.datetime.now(datetime.UTC).date()
    expired = tuple(k for k in baseline.findings if k.expires is not None and k.expires < now)
    known = {k.key for k in baseline.findings} - {k.key for k in expired}
    keys = [(_inside(finding, folder), finding.fingerprint) for finding in report.findings]
    new = tuple(f for f, key in zip(report.findings, keys, strict=True) if key not in known)
    looked_at = {_relative(file.path, folder) for file in report.files}
    gone = tuple(k for k in baseline.findings if k.file in looked_at and k.key not in set(keys))
    told = msgspec.structs.replace(report, findings=new, suppressed=len(report.findings) - len(new))
    return Applied(told, expired, gone)


def write(path: str, findings: Iterable[Finding], old: Baseline, *, reason: str = "") -> int:
    """Write the findings as known to `path`; gives their number.

    What `old` says of one that is still there is kept, unless it has expired meanwhile.
    """
    folder = os.path.dirname(path)
    now = datetime.datetime.now(datetime.UTC).date()
    before = {k.key: k for k in old.findings if k.expires is None or k.expires >= now}
    entries = (
        Known(_inside(f, folder), f.code, f.where, f.fingerprint, reason or REASON)
        for f in findings
    )
    known = {entry.key: before.get(entry.key, entry) for entry in entries}
    ordered = sorted(known.values(), key=lambda entry: (entry.file, entry.code, entry.where))
    text = msgspec.json.format(msgspec.json.encode(Baseline(findings=tuple(ordered))), indent=2)
    with open(path, "wb") as file:
        file.write(text + b"\n")
    return len(ordered)


def _inside(finding: Finding, folder: str) -> str:
    return _relative(finding.file, folder)


def _relative(path: str, folder: str) -> str:
    return os.path.relpath(path or ".", folder or ".").replace(os.sep, "/")
