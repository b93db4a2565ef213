"""What a migration takes from an old archive: its configuration, and each layer's arrays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from saveguard import known
from saveguard.archive.read import read
from saveguard.errors import SaveguardError
from saveguard.facts import ArchiveFacts, Frozen, StoredArray
from saveguard.finding import Report
from saveguard.migration import stored
from saveguard.rules import registry

LAYOUTS = ("h5", "keras", "folder")


class Source(Frozen, frozen=True):
    """The configuration of an old archive, and its arrays by layer.

    Attributes:
        path: The archive.
        layout: `h5`, `keras`, `folder` or `savedmodel`.
        model: The model's dictionary as it is in the file: `class_name`, `config`, ...
        training: How it was compiled, as in the file: Keras 2's `training_config`, or
            `compile_config` of Keras 3; None where it was not.
        keras: The release that wrote it, as recorded; empty where none is.
        backend: The backend that wrote it; empty where none is recorded.
        arrays: The arrays of every layer that is no model, by its path in the configuration, in
            the order of the file.
        told: What of the file cannot be carried over, in words.
        facts: All that was read of the archive.
    """

    path: str
    layout: str
    model: Mapping[str, Any]
    training: Mapping[str, Any] | None
    keras: str
    backend: str
    arrays: Mapping[str, tuple[StoredArray, ...]]
    facts: ArchiveFacts
    told: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The release that wrote it as numbers; (1, 0) where none is recorded, as Keras 1 did."""
        return known.numbers(self.keras) or ((1, 0) if self.layout == "h5" else (2, 0))


def source_of(path: str | os.PathLike[str]) -> Source:
    """What the archive at `path` holds.

    Raises:
        SaveguardError: If it is damaged, or holds no model's configuration.
        OSError: If it cannot be opened.
    """
    return source_from(read(path))


def source_from(facts: ArchiveFacts) -> Source:
    """The same of an archive that was read already.

    Raises:
        SaveguardError: As `source_of`.
    """
    if facts.layout == "savedmodel":
        from saveguard.migration import savedmodel  # it makes a Source itself

        return savedmodel.source(facts)
    document = facts.documents.get("@model_config" if facts.layout == "h5" else "config.json")
    if facts.layout not in LAYOUTS or not isinstance(document, dict) or facts.damage:
        raise SaveguardError(_unreadable(facts))
    training = document.get("compile_config")
    if facts.layout == "h5":
        training = facts.documents.get("@training_config")
    return Source(
        path=facts.path,
        layout=facts.layout,
        model=document,
        # Keras 3 writes an empty one of a model that was not compiled.
        training=training if isinstance(training, dict) and training else None,
        keras=facts.versions.get("keras", ""),
        backend=facts.versions.get("backend", ""),
        arrays=stored.by_layer(facts, document),
        facts=facts,
    )


def _unreadable(facts: ArchiveFacts) -> Report:
    """Why there is nothing to migrate."""
    asked = msgspec.structs.replace(facts, keras=known.LATEST)
    alone = registry.module("SG240")
    if facts.layout in alone.LAYOUTS and not facts.damage:
        return Report(subject=facts.path, findings=(alone.refused(facts),))
    found = registry.notice("archive", asked)
    told = () if found else (f"{facts.path}: no configuration of a model",)
    return Report(subject=facts.path, findings=found, not_read=told)
