"""What stops a reader, as a trouble with its code; what was read before it stays."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Any

from saveguard.data.source import Part, Trouble
from saveguard.data.sources.arrays import NoColumn
from saveguard.data.sources.forms import OtherForm
from saveguard.errors import SaveguardError
from saveguard.remote.address import is_remote

MISSING, DAMAGED, UNKNOWN, MIXED, MALFORMED = "SG580", "SG581", "SG582", "SG583", "SG584"
UNREADABLE, ENDLESS, LENGTHS, FORM = "SG591", "SG592", "SG504", "SG577"
UNREACHABLE, EXTRA, PICKLED, DENIED = "SG589", "SG741", "SG311", "SG702"

_LFS = b"version https://git-lfs"
_NO_WAY = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT}
_DENIED = {errno.EACCES, errno.EPERM}
# Whose exceptions mean that the way to the file is broken, not its bytes.
_CARRIERS = {"aiohttp", "asyncio", "botocore", "fsspec", "gcsfs", "s3fs", "socket"}

# What fsspec says of `s3x://`.
_NO_SYSTEM = "Protocol not known"


def guarded(found: Iterator[Any], file: str, part: Part | None = None) -> Iterator[Any]:
    """What an iterator gives, and what stops it as a trouble of that file."""
    read = 0
    try:
        for one in found:
            read += one.rows if isinstance(one, Trouble) else getattr(one, "num_rows", 0)
            yield one
    except Exception as error:  # noqa: BLE001  told as a trouble of the file, with a code
        yield stop(error, file, part, read)


def stop(error: BaseException, file: str, part: Part | None = None, read: int = 0) -> Trouble:
    """The trouble of an exception that a reader was stopped by, after `read` rows of the part."""
    code, what = _told(error, file)
    fix = error.fix if isinstance(error, OtherForm) else ""
    if part is None:
        return Trouble(code=code, file=file, what=what, fix=fix)
    row = part.first_row + read if part.first_row >= 0 else -1
    lost = max(part.rows - read, 0)
    return Trouble(code=code, file=file, what=what, place=part.at, row=row, rows=lost, fix=fix)


def _told(error: BaseException, file: str) -> tuple[str, str]:
    if isinstance(error, SaveguardError):
        return error.report.findings[0].code, error.report.findings[0].message
    if isinstance(error, OtherForm):
        return FORM, str(error)
    if isinstance(error, NoColumn):
        return UNKNOWN, str(error)
    if isinstance(error, ImportError):  # fsspec asks for the library of one more file system
        return EXTRA, " ".join(str(error).split())
    if isinstance(error, FileNotFoundError):
        return MISSING, "it does not exist"
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, PermissionError) or number in _DENIED:
        return DENIED, "this process may not read it"
    if is_remote(file) and (
        isinstance(error, (ConnectionError, TimeoutError))
        or number in _NO_WAY
        or type(error).__module__.partition(".")[0] in _CARRIERS
        or str(error).startswith(_NO_SYSTEM)
    ):
        return UNREACHABLE, line(error)
    return DAMAGED, _pointer(file) or line(error)


def _pointer(path: str) -> str:
    """What to say of a file that only stands for one."""
    try:
        with open(path, "rb") as file:
            is_pointer = file.read(len(_LFS)) == _LFS
    except OSError:
        return ""
    return "it is a pointer of Git LFS; `git lfs pull` brings the file" if is_pointer else ""


def line(error: BaseException) -> str:
    """An exception as one line: its class, if it is not one of ours, and what it says."""
    text = " ".join(str(error).split())[:200].rstrip(".")
    if text and type(error).__module__.startswith("saveguard."):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
