"""The way to remote data is broken.

## What happens

The loader waits, tries again and stops, in the middle of an epoch where the connection is lost
there. What was read until then counts.

## Why

The server is down or refuses, a name is not resolved, a token has run out, or a proxy stands
between. The data themselves may be well.

## Fix

Try the address by itself, then run the audit again; with `--resume` what was read is kept:

    python -c "import fsspec; print(fsspec.open('s3://bucket/train.parquet').open().read(4))"

## Seen in

- aiohttp: "ClientConnectorError: Cannot connect to host ..."; "ClientResponseError: 503".
- Python: "ConnectionRefusedError: [Errno 111] Connection refused".

## References

- https://filesystem-spec.readthedocs.io/en/latest/
- https://docs.aiohttp.org/en/stable/client_reference.html#client-exceptions
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG589", "data-unreachable", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file} cannot be reached: {first.what}{troubles.more(held)}",
            why="The connection failed, not the data. What was read before it is in this report,"
            " the rest is not.",
            fix="try the address by itself, and run the audit again with resume=",
            **troubles.told(held),
        )


def bad(_: Path) -> Call:
    """An address at which nobody listens."""
    return Call("audit", ("http://127.0.0.1:9/train.csv",))


def good(_: Path) -> Call:
    """A file system that is reached."""
    import fsspec

    with fsspec.open("memory://reached/train.csv", "w") as file:
        file.write("x\n0.5\n0.25\n")
    return Call("audit", ("memory://reached/train.csv", "x: float32[batch, 1]"))
