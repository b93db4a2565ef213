"""A library that one of Saveguard's extras brings is not installed.

## What happens

What needs the library is not done, and nothing else is tried in its place.

## Why

Reading data needs Arrow, images need Pillow, addresses need fsspec, a cluster needs Ray. None of
them is installed with Saveguard itself, which many want for models alone.

## Fix

    pip install 'saveguard[data]'       # Parquet, Arrow, TFRecord, CSV, JSON, NumPy
    pip install 'saveguard[images]'     # folders of images
    pip install 'saveguard[remote]'     # s3://, gs://, https://
    pip install 'saveguard[ray]'        # a cluster

## Seen in

- Python: "ModuleNotFoundError: No module named 'pyarrow'".

## References

- https://packaging.python.org/en/latest/specifications/dependency-specifiers/#extras
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, NotHere, Rule
from saveguard.rules import troubles

rule = Rule("SG741", "extra-missing", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file} was not read: {first.what}{troubles.more(held)}",
            why="What needs the library is not done, and nothing else is tried in its place.",
            fix="install the extra that the line above names",
            **troubles.told(held),
        )


def found(library: str, extra: str, purpose: str) -> Finding:
    """The finding for a library that is not installed.

    Args:
        library: `pyarrow`.
        extra: The extra of Saveguard that brings it: `data`.
        purpose: What it is needed for: `to read Parquet`.
    """
    command = f"pip install 'saveguard[{extra}]'"
    return rule.finding(
        where=library,
        message=f"{library} is needed {purpose}, and is not installed: {command}",
        why="What needs the library is not done, and nothing else is tried in its place.",
        fix=command,
    )


def driver(library: str, address: str) -> Finding:
    """The finding for an address whose file system comes with a library that is not installed.

    Args:
        library: `s3fs`, or what fsspec says of it.
        address: `s3://bucket/m.keras`.
    """
    return rule.finding(
        where=library,
        message=f"{library} is needed to reach {address}, and is not installed",
        why="What needs the library is not done, and nothing else is tried in its place.",
        fix=f"pip install {library}",
    )


def bad(_: Path) -> Call:
    """An address of a file system whose library is not installed."""
    import importlib.util

    if importlib.util.find_spec("s3fs"):
        raise NotHere("needs an environment without s3fs")
    return Call("audit", ("s3://bucket/train.csv",))


def good(tmp: Path) -> Call:
    """A file of this machine."""
    (tmp / "train.csv").write_text("x\n0.5\n0.25\n")
    return Call("audit", (tmp / "train.csv", "x: float32[batch, 1]"))
