"""The version that saved a model, asked for its answers in an environment where it runs."""

from __future__ import annotations

import atexit
import functools
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from saveguard.child import answer
from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.migration.proof import golden
from saveguard.migration.proof.golden import Array, Golden
from saveguard.migration.proof.lines import Gone, Process
from saveguard.rules import registry

# Seconds for one file: the first import of an old TensorFlow takes a minute on a slow disk.
LIMIT = 600.0
# Variables that would have another environment's packages, or another Keras, be imported, or that
# this process's TensorFlow sets for those that it starts.
_NOT_THEIRS = (
    "KERAS_HOME", "PYTHONHOME", "PYTHONPATH", "TF2_BEHAVIOR", "TF_KERAS", "TF_USE_LEGACY_KERAS",
    "VIRTUAL_ENV",
)  # fmt: skip


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an old interpreter is asked for one file.

    Attributes:
        path: The old archive.
        layout: `h5`, `keras`, `folder` or `savedmodel`.
        version: The release of Keras that wrote it, as it tells.
        inputs: What to call it on, by place; the first that it takes.
        names: Of the model's inputs.
        custom: `module:attribute` of the classes that it needs, by name.
    """

    path: str
    layout: str
    version: str
    inputs: tuple[Mapping[str, Array], ...]
    names: tuple[str, ...] = ()
    custom: Mapping[str, str] = msgspec.field(default_factory=dict)


class Reference:
    """An interpreter that answers for one file after the other."""

    def __init__(self, python: str | os.PathLike[str], *, limit: float = LIMIT) -> None:
        self.python = os.fspath(python)
        self._process = Process([self.python, answer.__file__], _environment(), limit=limit)

    def golden(self, asked: Asked) -> Golden:
        """What the old version answers to the first inputs that it takes.

        Raises:
            SaveguardError: SG442, if it gives no answer, with what it said.
        """
        with tempfile.TemporaryDirectory(prefix="saveguard-") as folder:
            try:
                found = self._process.ask(_request(asked, folder))
            except Gone as error:
                raise self._refused(asked, str(error)) from error
            if "failed" in found:
                raise self._refused(asked, str(found["failed"]))
            held = golden.read(os.path.join(folder, "answer.npz"))
        return Golden(
            inputs=held.inputs,
            outputs=held.outputs,
            source=_named(found["versions"], found["by"]),
            random=tuple(found["random"]),
        )

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def _refused(self, asked: Asked, why: str) -> SaveguardError:
        found = registry.module("SG442").refused(asked.path, self.python, why)
        return SaveguardError(Report(subject=asked.path, findings=(found,)))


@functools.cache
def reference(python: str) -> Reference:
    """The interpreter, kept until this process ends: its first answer takes seconds."""
    found = Reference(python)
    atexit.register(found.close)
    return found


def _request(asked: Asked, folder: str) -> dict[str, Any]:
    return {
        "path": os.path.abspath(asked.path),
        "layout": asked.layout,
        "version": asked.version,
        "custom": dict(asked.custom),
        "names": list(asked.names),
        "paths": [os.getcwd()] if asked.custom else [],
        "inputs": list(_written(asked.inputs, Path(folder))),
        "out": os.path.join(folder, "answer.npz"),
    }


def _written(every: Iterable[Mapping[str, Array]], folder: Path) -> Iterable[str]:
    for number, inputs in enumerate(every):
        path = folder / f"inputs-{number}.npz"
        golden.write(str(path), inputs)
        yield str(path)


def _named(versions: Mapping[str, str], by: str) -> str:
    """`TensorFlow 2.4.4 with Keras 2.4.0 on Python 3.8.18`."""
    parts = [f"TensorFlow {versions['tensorflow']}"] if versions.get("tensorflow") else []
    parts += [f"Keras {versions['keras']}"] if versions.get("keras") else []
    told = f"{' with '.join(parts)} on Python {versions.get('python')}"
    return f"{told}, by the graph of its signature" if by == "signature" else told


def _environment() -> dict[str, str]:
    """Its environment variables: the CPU, TensorFlow, and packages of its own alone."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_THEIRS}
    own = {
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
        "PYTHONIOENCODING": "utf-8",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    return kept | own
