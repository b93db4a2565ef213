"""The memory that a process holds, as Linux tells it."""

from __future__ import annotations

import re
from pathlib import Path


def bytes_of(name: str, process: int | str = "self") -> int:
    """A line of /proc/PROCESS/status, such as VmRSS, in bytes.

    Raises:
        OSError: There is no such process any more.
        LookupError: It tells no such line, as one that is ending does not.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    if found is None:
        raise LookupError(f"{name} of process {process}")
    return int(found[1]) * 1024


def forget_peak() -> None:
    """Let VmHWM of this process begin anew."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
