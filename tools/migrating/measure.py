"""Migrate every file of one version's folder, and hold each against what that version answered.

    python measure.py FOLDER OUT.json [--formats h5,keras,savedmodel] [--whole]

Models are built and compared in this process; with `--whole` they are written and reloaded, too.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import logging
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

import msgspec

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "matrix")]

import outcome  # noqa: E402

KINDS = ("equal", "not compared", "needs a class", "not in the file", "differs", "refused")


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file.

    Attributes:
        verdict: One of `KINDS`.
        told: The steps that were taken, or why there is no equal model.
        needs: The classes that only their author has.
        layers: The classes of its layers.
    """

    path: str
    written_by: str
    version: str
    architecture: str
    format: str
    verdict: str
    difference: float | None = None
    steps: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    told: str = ""
    seconds: float = 0.0


def main() -> None:
    """All of them, one after the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--formats", default="h5,keras,savedmodel")
    parser.add_argument("--only", default="", help="part of an architecture's name")
    parser.add_argument("--whole", action="store_true", help="write and reload the new files, too")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    found = outcome.records(options.folder)[0]
    chosen = [
        one
        for one in found
        if one.format in options.formats.split(",") and options.only in one.architecture
    ]
    measured = []
    for number, one in enumerate(chosen, 1):
        with contextlib.redirect_stdout(io.StringIO()):
            measured.append(tried(one, whole=options.whole))
        if number % 50 == 0:
            gc.collect()
    options.out.write_bytes(msgspec.json.encode(measured))


def tried(one: outcome.Outcome, *, whole: bool) -> Measured:
    """One file, migrated and compared."""
    import keras

    from saveguard.errors import SaveguardError

    keras.backend.clear_session(free_memory=False)
    about = {
        name: getattr(one, name)
        for name in ("path", "written_by", "version", "architecture", "format")
    }
    start = time.monotonic()
    try:
        seen = (written if whole else compared)(Path(one.path))
    except SaveguardError as error:
        seen = refused(error)
    except Exception as error:  # noqa: BLE001  whatever is raised is what is measured
        seen = {"verdict": "refused", "told": f"{type(error).__name__}: {error}"[:600]}
    return Measured(**about, **seen, seconds=time.monotonic() - start)


def golden_of(path: Path) -> Path:
    """Where the version's writer put inputs and outputs."""
    stem = path.name.split(".")[0]
    kept = path.parent / f"{stem}.golden.npz"
    return kept if kept.exists() else path.parent / f"{stem}.npz"


def compared(path: Path) -> dict:
    """Build the model, and compare it."""
    from saveguard.migration import plan
    from saveguard.migration.proof import compare, golden
    from saveguard.migration.run import build
    from saveguard.model import contract

    planned = plan(path)
    seen = {
        "steps": tuple(dict.fromkeys(one.step for one in planned.applied)),
        "needs": tuple(one.name for one in planned.needs),
        "layers": tuple(layers(planned.source.model)),
    }
    if planned.needs:
        return {**seen, "verdict": "needs a class", "told": ", ".join(seen["needs"])}
    graph = planned.source.layout == "savedmodel"  # which has everything, in a form not read
    if planned.stopped:
        told = "; ".join(planned.stopped)
        return {**seen, "verdict": "refused" if graph else "not in the file", "told": told}
    model = build(planned)
    if not golden_of(path).exists():
        return {**seen, "verdict": "not compared", "told": "the version gave no outputs"}
    found = compare.compared(model, golden.read(golden_of(path)), contract.read(model))
    gap = [f"{found.where}: {found.expected} became {found.got}"] if found.where else []
    told = "; ".join([*gap, *found.told, *(planned.told if gap else ())])
    verdict = {"equal": "equal", "differs": "differs"}.get(found.verdict, "not compared")
    if verdict == "differs" and not graph and planned.told != planned.source.told:
        verdict = "not in the file"  # and the migration says so
    if verdict == "not compared" and (found.difference or 0) <= found.limit:
        verdict = "equal"  # a model that answers every input alike was compared all the same
    return {**seen, "verdict": verdict, "difference": found.difference, "told": told}


def written(path: Path) -> dict:
    """Migrate the file as a user does."""
    from saveguard.migration.whole import migrate

    golden = golden_of(path)
    with tempfile.TemporaryDirectory() as folder:
        new = os.path.join(folder, "new.keras")
        receipt = migrate(path, new, golden=golden if golden.exists() else None)
    assert receipt.migration is not None
    return {
        "verdict": "equal" if receipt.migration.equal else "not compared",
        "difference": receipt.migration.difference,
        "steps": tuple(dict.fromkeys(one.step for one in receipt.migration.steps)),
        "told": receipt.migration.headline,
    }


def refused(error) -> dict:
    """Why there is no new model."""
    told = [*(f"{one.code} {one.message}" for one in error.report.findings), *error.report.not_read]
    verdict = "needs a class" if "SG443" in error.codes else "refused"
    return {"verdict": verdict, "told": "; ".join(told)[:600]}


def layers(part) -> set[str]:
    """The classes of the layers that a configuration names, nested ones too."""
    if isinstance(part, list):
        return set().union(*map(layers, part)) if part else set()
    if not isinstance(part, dict):
        return set()
    own = {part["class_name"]} if "class_name" in part and "inbound_nodes" in part else set()
    own |= {one.get("class_name") for one in part.get("layers", ()) if isinstance(one, dict)}
    wrapped = part.get("layer")
    own |= {wrapped.get("class_name")} if isinstance(wrapped, dict) else set()
    return own.union(*map(layers, part.values())) - {None}


if __name__ == "__main__":
    main()
