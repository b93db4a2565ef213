"""Another process, or this one, holds the file open that is to be written.

## What happens

The save or the checkpoint stops; the file may be left half-written by whoever holds it.

## Why

HDF5 locks a file that it opens for writing. Two workers write one checkpoint, a notebook still
holds the file from an earlier cell, or a file system without locks, such as NFS, refuses.

## Fix

Let one process write, or give each worker a path of its own:

    ModelCheckpoint(f"m-{rank}.keras")

Close what is open: `file.close()`, or restart the notebook's kernel. `lsof FILE` says who holds it.

## Seen in

- h5py: "OSError: Unable to create file (unable to lock file, errno = 11, error message = 'Resource
  temporarily unavailable')"; "BlockingIOError: [Errno 11] Unable to synchronously create file"
- h5py, one process: "OSError: Unable to synchronously create file (unable to truncate a file which
  is already open)"

## References

- https://github.com/keras-team/keras/issues/11101
- https://github.com/keras-team/keras/issues/20463
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG269", "file-locked", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("OSError",),
        pattern=r"unable to (?P<what>lock file|truncate a file which is already open)",
        message="{where} is open elsewhere: unable to {what}",
        why="HDF5 locks a file that is open for writing, and another process or an earlier "
        "cell holds this one.",
        fix="let one process write it, or give each worker its own path; `lsof {where}` says"
        " who holds it",
        alone=r".",
    )
)


def bad(_tmp: Path) -> Call:
    """Two workers, one path."""
    return Call(
        "explain",
        (
            pasted(
                "OSError: Unable to create file (unable to lock file, errno = 11, error "
                "message = 'Resource temporarily unavailable')",
                'train.py:<module>:model.save("m.h5")',
                "keras/src/legacy/saving/legacy_h5_format.py:save_model_to_hdf5",
                "h5py/_hl/files.py:make_fid",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A file of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "OSError: Unable to create file (unable to lock file, errno = 11, error "
                "message = 'Resource temporarily unavailable')",
                'convert.py:<module>:h5py.File("images.h5", "w")',
                "h5py/_hl/files.py:make_fid",
            ),
        ),
    )
