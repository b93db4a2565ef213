"""The disk is full, so the file cannot be written whole.

## What happens

`model.save` stops in the middle with an `OSError` of the operating system or of HDF5. Plain Keras
has by then destroyed the previous file: it opens the target for writing first.

## Why

No block is left on the device, or a quota is used up. Some network file systems say so only when
the file is flushed, after `model.save` has returned.

## Fix

Free some space, or save to another disk. `saveguard.save` has left the previous file as it was
and removed what it had begun; the model is still in memory, so the call can be made again.

## Seen in

- Python: "OSError: [Errno 28] No space left on device".
- h5py 3: "OSError: Can't write data (file write failed: ..., errno = 28, ...)".

## References

- https://man7.org/linux/man-pages/man2/write.2.html (ENOSPC, EDQUOT)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, NotHere, Rule, Signature

rule = Rule("SG701", "disk-full", since="0.1")

_OWN_MOUNTS = 0x00020000  # CLONE_NEWNS of unshare(2)


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    if facts.free is None or facts.size <= facts.free:
        return
    size, free = (f"{number / 1e6:,.1f} MB" for number in (facts.size, facts.free))
    yield rule.finding(
        where=facts.target,
        message=f"the file needs {size} or more, and {free} are free",
        why=f"That is what the model's {len(facts.variables)} variables take, with those of its"
        " optimizer. The old file stays until the new one is whole: both must have room.",
        fix="free some space, or save to another disk, before the training begins",
    )


rule.in_traceback(
    Signature(
        exceptions=("OSError", "RuntimeError"),
        pattern=r"No space left on device|[Ee]rrno(?: =)? ?(?:28|122)\b|Disk quota exceeded",
        stages=("save",),
        message="no space is left on the device of {where}",
        why="The file could not be written whole. What {where} held before is untouched, and"
        " nothing of the new file was left behind.",
        fix="free some space or give another path, then call saveguard.save again: the model is"
        " still in memory",
        alone=r"\.(?:keras|h5|hdf5)\b|file write failed"
        r"|[Uu]nable to (?:synchronously )?create file",
    )
)


def bad(tmp: Path) -> Call:
    """A disk of 64 KiB, for a model of 1 MiB."""
    return Call("save", (_model(512), mounted(tmp / "disk", "size=64k") / "m.keras"))


def good(tmp: Path) -> Call:
    """The same disk, for a model that fits."""
    path = mounted(tmp / "disk", "size=64k") / "m.keras"
    return Call("save", (_model(4), path), {"prove": False})


def mounted(folder: Path, options: str) -> Path:
    """A file system in memory at `folder`: only this process sees it, and it ends with it.

    Raises:
        NotHere: Unless this is Linux, and the process may mount.
    """
    import ctypes
    import subprocess

    folder.mkdir(exist_ok=True)
    commands = (
        ["mount", "--make-rprivate", "/"],
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
    )
    try:
        if ctypes.CDLL(None, use_errno=True).unshare(_OWN_MOUNTS):
            raise PermissionError(ctypes.get_errno(), "unshare")
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
    except (AttributeError, TypeError, OSError, subprocess.CalledProcessError) as error:
        raise NotHere(f"needs a small tmpfs: {error}") from error
    return folder


def _model(units: int) -> Any:
    import keras

    return keras.Sequential([keras.Input((512,)), keras.layers.Dense(units)])
