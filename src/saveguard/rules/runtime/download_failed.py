"""Weights or data that Keras fetches cannot be fetched, or arrive damaged.

## What happens

`get_file` stops, and with it the application or data set that asked for the file.

## Why

The host cannot be reached from here, or what is in the cache was cut short by an earlier,
interrupted download and has another checksum.

## Fix

Delete the file from `~/.keras` and try again; without a network, fetch the file elsewhere and
give its path: `weights="resnet50.h5"`.

## Seen in

- Keras 3, TF 1.15 to 2.15: "Exception: URL fetch failure on https://...: None -- [Errno -2] Name
  or service not known"
- Keras 3, TF 2.9 to 2.15: "ValueError: Incomplete or corrupted file detected. The auto file hash
  does not match the provided value of ..."

## References

- https://keras.io/api/utils/python_utils/#get_file-function
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG720", "download-failed", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("Exception", "ValueError"),
        pattern=r"URL fetch failure on (?P<url>\S+?):? "
        r"|Incomplete or corrupted file detected\. The (?P<kind>\w+) file hash",
        message="a file that Keras fetches did not arrive whole: {url}",
        why="The host cannot be reached, or an earlier download was cut short and left a "
        "part in the cache.",
        fix="delete the file from ~/.keras and try again; without a network, give the path "
        'of a copy: weights="..."',
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "Exception: URL fetch failure on https://example.org/w.h5: None -- [Errno -2] "
                "Name or service not known",
                "train.py:<module>:keras.applications.ResNet50()",
                "keras/src/utils/file_utils.py:get_file",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "Exception: URL is long.",
                "train.py:<module>:main()",
            ),
        ),
    )
