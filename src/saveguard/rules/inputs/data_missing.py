"""No data are where they were looked for.

## What happens

The loader stops, or, worse, gives an empty data set, over which `fit` says nothing at all.

## Why

The path is misspelt or starts at another working directory, the glob matches no file, or the folder
is empty: a download that failed, a volume that is not mounted, another machine.

## Fix

Look at what is there, and give an absolute path:

    ls -d /data/train*

## Seen in

- Keras 3.15.1, `image_dataset_from_directory`: "ValueError: No images found in directory ...".
- TF 2.21, `list_files`: "InvalidArgumentError: Expected 'tf.Tensor(False, shape=(), dtype=bool)' to
  be true. Summarized data: b'No files matched pattern: ...'".
- Python: "FileNotFoundError: [Errno 2] No such file or directory: ...".

## References

- https://keras.io/api/data_loading/image/
- https://www.tensorflow.org/api_docs/python/tf/data/Dataset#list_files
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG580", "data-missing", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}{troubles.more(held)}",
            why="There is nothing to look at. A loader that finds nothing may give an empty data"
            " set, over which Keras 3.15 trains without a word.",
            fix=_look(first.file),
            **troubles.told(held),
        )


def _look(file: str) -> str:
    """How to see what is there: in the last folder before a glob begins."""
    folder = re.split(r"[*?\[]", file, maxsplit=1)[0].rpartition("/")[0]
    if "://" in file:
        return (
            "look at what is there: python -c 'import fsspec;"
            f' fs, path = fsspec.url_to_fs("{folder}"); print(fs.ls(path))\''
        )
    return f"look at what is there, and give an absolute path: ls {folder or '.'}"


def bad(tmp: Path) -> Call:
    """A glob that matches nothing."""
    return _audit(tmp, "*.csv")


def good(tmp: Path) -> Call:
    """One that does."""
    return _audit(tmp, "*.jsonl")


def _audit(tmp: Path, pattern: str) -> Call:
    (tmp / "train.jsonl").write_text('{"x": 0.5}\n{"x": 0.25}\n')
    return Call("audit", (str(tmp / pattern),))
