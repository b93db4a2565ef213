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

from pathlib import Path

from saveguard.rule import Call, Rule, Signature

rule = Rule("SG701", "disk-full", since="0.1")

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
    )
)
