"""The store behind an address is not reached, refuses, or does not keep what it is given.

## What happens

A load, a check or a verification ends before anything is read. A save has its file, proven, on
this machine, and could not bring it to its address; what the address held is still there.

## Why

The server is down, a name is not resolved, a token has run out or lacks a right, the bucket does
not exist, or the connection broke in the middle. The model and its file are well.

## Fix

Try the store by itself, then save again, or send the file that was kept:

    python -c "import fsspec; print(fsspec.url_to_fs('s3://bucket/m.keras')[0].ls('bucket'))"
    python -c "import fsspec; fsspec.url_to_fs('s3://')[0].put_file('KEPT', 'bucket/m.keras')"

What a broken upload in parts left in a bucket is not shown there, but counted: a lifecycle rule
that ends incomplete uploads removes it.

## Seen in

- aiohttp: "ClientConnectorError: Cannot connect to host ..."
- botocore: "EndpointConnectionError: Could not connect to the endpoint URL"; "NoCredentialsError:
  Unable to locate credentials"
- s3fs: "FileNotFoundError: The specified bucket does not exist"; "PermissionError: Access Denied"

## References

- https://filesystem-spec.readthedocs.io/en/latest/
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG742", "store-unreachable", since="0.1")


def unreached(address: str, error: Exception) -> Finding:
    """The finding for an address from which nothing could be read."""
    return rule.finding(
        where=address,
        message=f"{address} was not read: {_line(error)}",
        why="The way to the file is broken, or closed to this process; the file may be well.",
        fix="try the store by itself, and then again",
    )


def unsent(address: str, error: Exception, kept: str) -> Finding:
    """The finding for a file that could not be brought to its address.

    Args:
        kept: Where the file is on this machine.
    """
    return rule.finding(
        where=address,
        message=f"{address} was not written: {_line(error)}",
        why="The store did not take all of it, so that what the address held is still there."
        f" The new file is whole, and kept as {kept}.",
        fix=f"save again, or send {kept} to {address}",
    )


def differs(address: str, error: Exception, kept: str) -> Finding:
    """The finding for a store that holds something else than it was given."""
    return rule.finding(
        where=address,
        message=f"{address} is not what was sent: {_line(error)}",
        why="The store, or somebody else who writes to the same address, has put other bytes"
        f" there. The new file is whole, and kept as {kept}.",
        fix=f"let one process write to {address}, and save again, or send {kept}",
    )


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())[:200].rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def bad(_: Path) -> Call:
    """An address at which nobody listens."""
    return Call("load", ("http://127.0.0.1:9/m.keras",))


def good(_: Path) -> Call:
    """A file system that is reached."""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    return Call("save", (model, "memory://reached/m.keras"), {"prove": False})
