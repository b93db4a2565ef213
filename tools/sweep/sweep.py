"""Sweep one configuration: save it, let the oracle decide what is true, and plant differences."""

from __future__ import annotations

import contextlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from unittest import mock

import contents
import msgspec
import oracle
import planting
import rest
from building import NotBuilt, Subject, build, complaint
from configuration import Configuration

import saveguard
from saveguard.errors import SaveguardError, report_of
from saveguard.finding import Report

Verdict = Literal[
    "comes back", "true finding", "false alarm", "missed", "not comparable", "refused", "not built"
]
LIMIT = 120.0


class Plant(msgspec.Struct, frozen=True):
    """One planted difference, and whether Saveguard reported it."""

    what: str
    caught: bool


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one configuration.

    Attributes:
        reported: What Saveguard is certain of, one `code: message` each.
        true: What the oracle found.
        plants: The differences planted into the file that was proven.
        unlike: What is not in the file as plain Keras writes it.
    """

    name: str
    kind: str
    verdict: Verdict
    reported: tuple[str, ...] = ()
    true: tuple[str, ...] = ()
    plants: tuple[Plant, ...] = ()
    unlike: tuple[str, ...] = ()


def sweep(configuration: Configuration, folder: Path) -> Outcome:
    """Save one configuration with Saveguard in an empty folder, and hold it to the truth."""
    name, kind = configuration.name, configuration.kind
    try:
        subject = build(configuration)
    except NotBuilt as error:
        return Outcome(name=name, kind=kind, verdict="not built", true=(str(error),))
    path = folder / "model.keras"
    reported, proven = _save(subject, path)
    if reported and all(line.startswith(("SG5", "SG6")) for line in reported):
        return Outcome(name=name, kind=kind, verdict="refused", reported=reported)
    written = path if proven else path.with_suffix(".unproven.keras")
    unlike: tuple[str, ...] = ()
    if written.exists():
        subject.model.save(folder / "plain.keras")
        unlike = (
            *contents.unlike(written, folder / "plain.keras"),
            *rest.unlike(subject.model, folder),
        )
        true = tuple(oracle.differences(subject, written, configuration.arguments))
    else:
        true = tuple(oracle.cannot_be_saved(subject.model, folder / "plain.keras"))
    verdict = _verdict(bool(reported), bool(true), proven and oracle.is_random(subject))
    plants = tuple(_plants(subject, path, configuration)) if verdict == "comes back" else ()
    return Outcome(
        name=name,
        kind=kind,
        verdict=verdict,
        reported=reported,
        true=true,
        plants=plants,
        unlike=unlike,
    )


def certain(action: Callable[[], Any]) -> tuple[str, ...]:
    """What Saveguard is certain of after a save or a verification, or what it raised."""
    try:
        report = action()
    except Exception as error:  # noqa: BLE001  a save that Keras refuses raises Keras's exception
        found = report_of(error)
        lines = _lines(found) if found else ()
        return lines if isinstance(error, SaveguardError) else (complaint(error), *lines)
    return _lines(report if isinstance(report, Report) else report.report)


def _lines(report: Report) -> tuple[str, ...]:
    return tuple(f"{one.code}: {one.message}" for one in report.certain)


def _save(subject: Subject, path: Path) -> tuple[tuple[str, ...], bool]:
    def save() -> Any:
        return saveguard.save(subject.model, path, example=subject.example, limit=LIMIT)

    reported = certain(save)
    return tuple(_without_places(line, path) for line in reported), path.exists()


def _without_places(line: str, path: Path) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x…", line.replace(f"{path.parent}/", ""))


def _verdict(reported: bool, true: bool, random: bool) -> Verdict:
    if reported:
        return "true finding" if true else "false alarm"
    if true:
        return "missed"
    return "not comparable" if random else "comes back"


def _plants(subject: Subject, path: Path, configuration: Configuration) -> Iterator[Plant]:
    """One plant of each sort, those left out that change nothing that the oracle can see."""
    choice = zlib.crc32(configuration.name.encode())
    planted = path.with_name("planted.keras")
    for plant in (planting.change_value, planting.swap_arrays):
        told = plant(path, planted, choice)
        if told and oracle.differences(subject, planted, configuration.arguments):
            yield Plant(told, bool(certain(lambda: saveguard.verify(planted, limit=LIMIT))))
    setting = path.with_name("setting.keras")
    with _erring_keras(choice) as erred:
        reported, proven = _save(subject, setting)
    written = setting if proven else setting.with_suffix(".unproven.keras")
    there = bool(erred) and written.exists()
    if there and oracle.differences(subject, written, configuration.arguments):
        yield Plant(erred[0], bool(reported))


@contextlib.contextmanager
def _erring_keras(choice: int) -> Iterator[list[str]]:
    """While the block runs, Keras writes one setting with another value; says which."""
    from keras.src.saving import saving_lib

    original = saving_lib._serialize_model_as_json
    erred: list[str] = []

    def erring(model: Any) -> tuple[str, str]:
        text, metadata = original(model)
        config = json.loads(text)
        found = planting.settings(config)
        if not found:
            return text, metadata
        place, value, other = found[choice % len(found)]
        erred.append(f"{place[-1]} written as {other} instead of {_short(value)}")
        return json.dumps(planting.replaced(config, place, other)), metadata

    with mock.patch.object(saving_lib, "_serialize_model_as_json", erring):
        yield erred


def _short(value: Any) -> str:
    return str(value["class_name"]) if isinstance(value, dict) else str(value)
