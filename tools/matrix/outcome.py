"""What became of one file of the matrix, and what was predicted of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One file, what plain Keras did with it, and what was predicted.

    Attributes:
        path: The file.
        written_by: The label of the environment that wrote it, `tf2.10` or `keras3.6`.
        version: The version of Keras in there.
        format: What it was asked for: `h5`, `keras`, `savedmodel` or `folder`.
        loads: `load_model(path, compile=False)` gave a model.
        error: What it raised instead.
        loads_compiled: `load_model(path)` gave a model.
        error_compiled: What that raised instead.
        predicts: The model answered its inputs; None where it did not load or has no inputs.
        error_predict: What it raised instead.
        difference: Largest difference to the outputs in the version that wrote it, as a share of
            the largest output; None where that cannot be said.
        predicted: `saveguard.check` holds it for loadable; None where it was not asked.
        predicted_compiled: The check says nothing against `load_model(path)` either.
        cause: The code of the rule that says why it will not load.
        told: What the check found, one `code certainty: message` each.
    """

    path: str
    written_by: str
    version: str
    architecture: str
    format: str
    loads: bool = False
    error: str = ""
    loads_compiled: bool = False
    error_compiled: str = ""
    predicts: bool | None = None
    error_predict: str = ""
    difference: float | None = None
    predicted: bool | None = None
    predicted_compiled: bool | None = None
    cause: str = ""
    told: tuple[str, ...] = ()

    @property
    def compiled(self) -> bool:
        """The file tells how the model was compiled."""
        return self.architecture.startswith("compiled")

    @property
    def right(self) -> bool:
        """The prediction says what happened."""
        return self.predicted == self.loads

    @property
    def right_compiled(self) -> bool:
        """So does the one about a load that compiles, too."""
        return self.predicted_compiled == self.loads_compiled


class NotWritten(msgspec.Struct, frozen=True, kw_only=True):
    """An architecture that a version did not build (`format` is empty) or did not save."""

    written_by: str
    version: str
    architecture: str
    format: str
    error: str


class Matrix(msgspec.Struct, frozen=True):
    """Everything that is known about the matrix."""

    outcomes: tuple[Outcome, ...] = ()
    not_written: tuple[NotWritten, ...] = ()


def read(path: Path) -> Matrix:
    """The matrix as it was written there, or an empty one."""
    if not path.exists():
        return Matrix()
    return msgspec.json.decode(path.read_bytes(), type=Matrix)


def write(path: Path, matrix: Matrix) -> None:
    """Write it in a form that a person can read."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(matrix), indent=1))


def records(folder: Path) -> tuple[list[Outcome], list[NotWritten]]:
    """What the writer's records in one version's folder tell: files, and what is none."""
    found: list[Outcome] = []
    failed: list[NotWritten] = []
    for path in sorted(folder.glob("records*.json")):
        written = msgspec.json.decode(path.read_bytes())
        for one in written["records"]:
            about = {
                "written_by": folder.name,
                "version": written["version"],
                "architecture": one["architecture"],
                "format": one["format"],
            }
            if "error" in one:
                failed.append(NotWritten(**about, error=one["error"]))
            else:
                found.append(Outcome(**about, path=str(folder / one["file"])))
    return found, list(dict.fromkeys(failed))


def missed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those of which the prediction is wrong."""
    return [one for one in outcomes if not one.right]
