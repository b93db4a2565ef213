"""Files that say by their names what is wrong with them, for tests of what is made of it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from saveguard.cli.main import main
from saveguard.examine import judge
from saveguard.facts import ArchiveFacts, Unread
from saveguard.finding import Finding
from saveguard.rule import Rule

RULES = (Rule("SG101", "file-damaged", since="0.1"), Rule("SG103", "file-changed", since="0.1"))


def _damaged(facts: ArchiveFacts) -> Iterator[Finding]:
    told = {"where": "config.json $.a", "why": "it is so", "fix": "mend it"}
    if "bad" in facts.path:
        yield RULES[0].finding(message=f"{facts.path} is bad", **told)
    if "odd" in facts.path:
        yield RULES[1].finding(message="odd", certainty="likely", **told)
    if "breaks" in facts.path:
        raise KeyError("a rule's own mistake")
    if "crashes" in facts.path and not facts.unread:
        os.kill(os.getpid(), signal.SIGKILL)
    if "release" in facts.path:
        yield RULES[1].finding(message=facts.keras, **told)


RULES[0].in_archive(_damaged)


def _read(path: str, *, digests: bool) -> ArchiveFacts:
    if "forbidden" in path:
        raise PermissionError(13, "Permission denied", path)
    if "unreadable" in path:
        raise ValueError("not\neven")
    unread = (Unread("config.json", "too deep", "budget"),) if "partly" in path else ()
    layout = "" if "no-model" in path else "keras"
    return ArchiveFacts(path=path, layout=layout, content="zip", size=7, unread=unread)


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the reader and the rules go by the names, and work in `folder`."""
    import saveguard.archive.read as reading

    monkeypatch.setattr(reading, "read", _read)
    monkeypatch.setattr(judge.registry, "sensing", lambda sense: (RULES[0],))
    monkeypatch.chdir(folder)


def files(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b"PK\x03\x04")


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(
        main, ["check", *arguments], prog_name="saveguard", env={"CI": "", **environment}
    )


def held(*arguments: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(run(*arguments, "--format", "json").stdout)
    return read
