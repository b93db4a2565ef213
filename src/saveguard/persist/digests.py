"""Every byte of a file held against its checksums, as it is read or beside that."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

from saveguard.archive import checksums
from saveguard.archive.budget import BUDGET
from saveguard.archive.read import WEIGHTS
from saveguard.errors import SaveguardError
from saveguard.facts import ArchiveFacts
from saveguard.finding import Report
from saveguard.persist.verify import opened
from saveguard.rules import registry

When = Literal["now", "background", "never"]


def require(facts: ArchiveFacts) -> None:
    """Hold a file's facts against the rules.

    Raises:
        SaveguardError: If anything certain is found.
    """
    findings = registry.notice("archive", facts)
    if any(finding.certainty == "certain" for finding in findings):
        raise SaveguardError(Report(subject=facts.path, findings=findings))


def is_summed(facts: ArchiveFacts) -> bool:
    """Whether nothing of a `.keras` file but the sum of its weights was left unchecked.

    True where `reader.load` makes that sum while it reads them, and a receipt has no other digest.
    """
    size = {one.name: one.size for one in facts.members}
    weights = next((one for one in facts.members if one.name == WEIGHTS), None)
    if weights is None or weights.crc is None or len(size) < len(facts.members):
        return False
    known = checksums.recorded(facts.receipt).get(WEIGHTS, "crc32")
    left = BUDGET.checked - sum(size.values()) + weights.size
    small = weights.size <= BUDGET.checked
    return known.startswith("crc32") and left >= (weights.size if small else 0)


@contextlib.contextmanager
def checked_beside(name: str, when: When) -> Iterator[None]:
    """While the block runs, another thread reads the whole file; see `saveguard.load`.

    Raises:
        SaveguardError: With `now`, if the file is not what its checksums say; also in place of
            what the block raises, which may come of that.
    """
    if when == "never":
        yield
        return
    thread = ThreadPoolExecutor(1, "saveguard-digests")
    found = thread.submit(_require, name)
    try:
        yield
    finally:
        thread.shutdown(wait=False)
        if when == "now":
            found.result()
        else:
            found.add_done_callback(_warn)


def _require(name: str) -> None:
    require(opened(name))


def _warn(found: Future[None]) -> None:
    error = found.exception()
    if error is not None:
        warnings.warn(f"the model was loaded before this was found: {error}", RuntimeWarning, 2)
