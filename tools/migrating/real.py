"""Try files of other projects: plain Keras, the check, and the migration, file by file.

    python real.py FOLDER OUT.json [--environments FOLDER] [--part 1/4]

The folder has a `manifest.json`, a list of `{"file": ..., "project": ...}`. What the version that
saved a file answers is asked once, of the nearest release among the environments, and is kept
beside the file as `NAME.golden.npz`; so is what plain Keras did, as `NAME.plain.json`.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

import msgspec
import nearest
from measure import golden_of, refused

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "matrix")]

import load  # noqa: E402


class Plain(msgspec.Struct, frozen=True, kw_only=True):
    """What Keras without Saveguard does with a file.

    Attributes:
        did: `refused`; `raised`, when called; `otherwise`, answered other numbers than the version
            that saved it; `equal`; or `ran`, where nobody knows the numbers.
        told: What it raised, or how far off it is.
    """

    did: str
    told: str = ""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file.

    Attributes:
        verdict: `equal`, `differs`, `not compared` (it runs, and nobody answered for the old
            version), `needs a class`, `no model` (weights alone, a pointer, damage) or `refused`.
        loads: Whether the check says that plain Keras loads it.
        warned: The codes of what the check says about it.
        moved: How far the new model's own answer moves when its inputs are rounded once, as a share
            of the answer; only where it differs.
        by: Who answered for the version that saved it.
    """

    file: str
    project: str
    version: str
    format: str
    verdict: str
    told: str
    plain: Plain
    loads: bool
    warned: tuple[str, ...] = ()
    moved: float | None = None
    by: str = ""
    needs: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


def main() -> None:
    """All of a part, one after the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--environments", type=Path, help="a folder of old releases")
    parser.add_argument("--part", default="1/1", help="of the files, to run several at a time")
    parser.add_argument("--only", default="", help="names of files, with commas")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    part, parts = map(int, options.part.split("/"))
    rows = msgspec.json.decode((options.folder / "manifest.json").read_bytes())
    rows = rows[len(rows) * (part - 1) // parts : len(rows) * part // parts]
    chosen = [row for row in rows if not options.only or row["file"] in options.only.split(",")]
    found = []
    for row in chosen:
        with contextlib.redirect_stdout(io.StringIO()):
            found.append(tried(options.folder, row, options.environments))
    options.out.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))


def tried(folder: Path, row: dict[str, Any], environments: Path | None) -> Tried:
    """One file."""
    import saveguard
    from saveguard.errors import SaveguardError
    from saveguard.examine.loadable import loadable

    path = folder / row["file"]
    about = {"version": "", "format": ""}
    try:
        seen = migrated(path, environments, about)
    except SaveguardError as error:
        seen = refused(error)
        if seen["verdict"] == "refused" and not about["format"]:
            seen["verdict"] = "no model"
    except Exception as error:  # noqa: BLE001  whatever is raised is what is measured
        seen = {"verdict": "refused", "told": load.complaint(error)}
    checked = saveguard.check(path)
    return Tried(
        file=row["file"],
        project=row.get("project") or row.get("repo", ""),
        plain=plain(path),
        loads=loadable(checked).loads,
        warned=tuple(sorted({one.code for one in checked.findings})),
        **about,
        **seen,
    )


def migrated(path: Path, environments: Path | None, about: dict[str, str]) -> dict[str, Any]:
    """Plan, build, and compare with what the old version answers."""
    import keras

    from saveguard.migration import plan
    from saveguard.migration.proof import compare
    from saveguard.migration.run import build
    from saveguard.model import contract

    keras.backend.clear_session(free_memory=False)
    planned = plan(path)
    about |= {"version": planned.source.keras, "format": planned.source.layout}
    seen: dict[str, Any] = {"steps": tuple(dict.fromkeys(one.step for one in planned.applied))}
    if planned.needs:
        needs = tuple(one.name for one in planned.needs)
        return {**seen, "verdict": "needs a class", "needs": needs, "told": ", ".join(needs)}
    model = build(planned)
    takes = contract.read(model)
    known, why = answers(path, planned.source, takes, environments)
    if known is None:
        model(load.declared(model))
        return {**seen, "verdict": "not compared", "told": why}
    found = compare.compared(model, known, takes)
    gap = (
        [f"{found.where}: {found.expected} became {found.got}"] if found.verdict != "equal" else []
    )
    told = "; ".join([*gap, *found.told, *planned.told])
    if found.verdict == "differs":
        seen["moved"] = moved(model, known, takes)
    verdict = "not compared" if found.verdict == "not proven" else found.verdict
    return {**seen, "verdict": verdict, "told": told, "by": known.source}


def moved(model: Any, known: Any, takes: Any) -> float | None:
    """How far the model's answer moves when each input becomes the next number of its dtype."""
    import numpy as np

    from saveguard.migration.proof import compare

    def nudged(value: Any) -> Any:
        return np.nextafter(value, np.inf) if value.dtype.kind == "f" else value

    own = compare.answered(model, known, takes)
    inputs = {place: nudged(value) for place, value in known.inputs.items()}
    asked = msgspec.structs.replace(known, inputs=inputs, outputs=own)
    return compare.compared(model, asked, takes).difference


def answers(path: Path, source: Any, takes: Any, environments: Path | None) -> tuple[Any, str]:
    """The old version's outputs, or None and why nobody knows them."""
    import numpy as np

    from saveguard.errors import SaveguardError
    from saveguard.migration.proof import asking, golden
    from saveguard.migration.proof.reference import reference

    kept = golden_of(path)
    if kept.exists():
        return golden.read(kept), ""
    python = nearest.interpreter(environments, source) if environments else None
    if python is None:
        return None, "no such release here"
    try:
        asking.refuse_code(source)
        found = asking.by(reference(str(python)), source, {})(takes)
    except SaveguardError as error:
        return None, refused(error)["told"]
    arrays = {f"in:{key}": value for key, value in found.inputs.items()}
    arrays |= {f"out:{key}": value for key, value in found.outputs.items()}
    if found.random:
        return found, ""
    np.savez(path.parent / f"{path.name.split('.')[0]}.golden.npz", **arrays)
    return found, ""


def plain(path: Path) -> Plain:
    """What plain Keras does with it: kept, as it does not change."""
    kept = path.parent / f"{path.name.split('.')[0]}.plain.json"
    known = golden_of(path).exists()
    if kept.exists():
        found = msgspec.json.decode(kept.read_bytes(), type=Plain)
        if found.did != "ran" or not known:
            return found
    model, error = load.attempt(str(path), compile=False)
    found = Plain(did="refused", told=error) if error else called(model, path)
    kept.write_bytes(msgspec.json.encode(found))
    return found


def called(model: Any, path: Path) -> Plain:
    """Its answers beside those of the version that saved it."""
    from saveguard.migration.proof import compare, golden
    from saveguard.model import contract

    try:
        if not golden_of(path).exists():
            model.predict(load.declared(model), verbose=0)
            return Plain(did="ran")
        known = golden.read(golden_of(path))
        found = compare.compared(model, known, contract.read(model))
    except Exception as error:  # noqa: BLE001  whatever is raised is the outcome
        return Plain(did="raised", told=load.complaint(error))
    if found.verdict == "differs":
        return Plain(did="otherwise", told=f"{found.expected} became {found.got}")
    return Plain(did="equal")


if __name__ == "__main__":
    main()
