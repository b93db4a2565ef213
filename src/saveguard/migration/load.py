"""`saveguard.load`: a file of today is loaded as it is, an old one by the steps of a migration."""

from __future__ import annotations

import os
from typing import Any, Literal

from saveguard.archive.read import read
from saveguard.errors import SaveguardError
from saveguard.facts import ArchiveFacts
from saveguard.finding import Report
from saveguard.known import numbers
from saveguard.migration import training
from saveguard.migration.plan import plan
from saveguard.migration.run import build
from saveguard.migration.source import source_from
from saveguard.persist import load as current
from saveguard.persist.verify import opened
from saveguard.remote.near import near
from saveguard.rules import registry

_MIGRATED = ("h5", "keras", "folder", "savedmodel")
# Families of findings that stop a load whatever the release: damage, danger, what was not read.
_STOPPING = ("SG1", "SG3", "SG9")


def load(
    path: str | os.PathLike[str],
    *,
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    compare: bool = False,
    preprocessing: Any = None,
    verify_digests: Literal["now", "background", "never"] = "now",
) -> Any:
    """Load a Keras model of any release, checked before anything of the file is executed.

    The file's structure and its configuration are checked first; Keras's safe mode is on. The
    arrays of a current `.keras` file are read straight into the model, and held against their
    checksums and the digests in the receipt meanwhile. What Keras 1, 2 or tf.keras saved is
    rewritten in memory by the steps of `saveguard.migrate`; the file is left alone.

    Args:
        path: A `.keras` or `.h5` file, the folder that a `.keras` file unpacks to, or a SavedModel
            with Keras's configuration; or the address of one, `s3://bucket/m.keras`, whose bytes
            are always checked first.
        custom_objects: Classes and functions by name, as Keras takes them.
        compile: Compile the model as it was when it was saved.
        compare: Call the model on the golden in the file, and raise unless it gives the same.
        preprocessing: What to hold against the preprocessing that the file records (see
            docs/preprocessing.md); None for what its path leads to; False for nothing.
        verify_digests: Whether the model is given back once all bytes are checked (`now`), or
            before, and what is found afterwards becomes a `RuntimeWarning` (`background`); with
            `never`, large arrays are not checked.

    Raises:
        SaveguardError: If the file is missing, damaged, changed since it was saved, needs classes
            that are not given, or, with `compare`, gives other outputs than at the save.
        Exception: Whatever Keras raises, with the diagnosis as a note.
    """
    with near(path) as name:
        facts = opened(name, digests=False) if os.path.exists(name) else None
        if facts is not None and is_old(facts):
            return _by_steps(read(name), custom_objects, compile, compare)
        return current.load(
            name,
            custom_objects=custom_objects,
            compile=compile,
            compare=compare,
            preprocessing=preprocessing,
            verify_digests=verify_digests if name == os.fspath(path) else "now",
            facts=facts,
        )


def _by_steps(
    facts: ArchiveFacts, custom_objects: dict[str, Any] | None, compile: bool, compare: bool
) -> Any:
    findings = tuple(one for one in registry.notice("archive", facts) if _stops(one.code))
    if any(one.certainty == "certain" for one in findings):
        raise SaveguardError(Report(subject=facts.path, findings=findings))
    if compare:
        told = "outputs: an old file holds no golden; saveguard.migrate proves what it writes"
        raise SaveguardError(Report(subject=facts.path, not_read=(told,)))
    given = dict(custom_objects or {})
    planned = plan(source_from(facts), custom=given)
    model = build(planned, custom=given)
    if compile:
        training.restore(model, planned, given)
    return model


def is_old(facts: ArchiveFacts) -> bool:
    """Whether an archive is of a release before Keras 3, and so goes by the steps."""
    if facts.layout == "savedmodel":
        return True
    release = numbers(facts.versions.get("keras", ""))
    holds = "@model_config" in facts.documents or "config.json" in facts.documents
    return facts.layout in _MIGRATED and holds and release < (3,)


def _stops(code: str) -> bool:
    return code.startswith(_STOPPING)
