"""Environments in which an old release runs, made with uv and kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.rules import registry

AUTO = "auto"
_NUMBERS = re.compile(r"\d+")
_PACKAGE = re.compile(r"[\w.-]+")
Release = tuple[int, ...]


class Recipe(NamedTuple):
    """What runs a release: the version of Python, and what must stand beside it.

    Attributes:
        until: It is for releases before this one.
    """

    until: Release
    python: str
    beside: tuple[str, ...] = ()


# What the releases asked of their neighbours turned out too little as those went on: protobuf 3.21
# refuses their generated code, h5py 3 gives them bytes for text, NumPy took names away.
_OLD = ("protobuf<3.21", "h5py<3", "numpy<1.19")
_TENSORFLOW = (
    Recipe((1, 13), "3.6", _OLD),
    Recipe((2, 2), "3.7", _OLD),
    Recipe((2, 4), "3.8", _OLD),
    Recipe((2, 5), "3.8", ("protobuf<3.21",)),
    Recipe((2, 6), "3.9", ("protobuf<3.21",)),
    Recipe((2, 7), "3.9", ("keras==2.6.*", "protobuf<3.21", "numpy<1.20")),
    Recipe((2, 10), "3.9", ("protobuf<3.21", "numpy<1.24")),
    Recipe((2, 13), "3.10", ("numpy<1.24",)),
    Recipe((2, 14), "3.10", ("numpy<1.25",)),
    Recipe((2, 18), "3.11", ("numpy<2",)),
    Recipe((99,), "3.11"),
)
_KERAS = (
    Recipe((2, 4), "3.7", ("tensorflow==1.15.*", *_OLD)),
    Recipe((3, 0), "3.9", ("tensorflow-cpu=={0}.{1}.*", "protobuf<3.21", "numpy<1.24")),
    Recipe((3, 4), "3.11", ("tensorflow-cpu==2.16.*", "numpy<2")),
    Recipe((99,), "3.11", ("tensorflow-cpu==2.18.*",)),
)
_TF_KERAS = (Recipe((99,), "3.11", ("tensorflow-cpu=={0}.{1}.*",)),)
_RECIPES = {
    "tensorflow": _TENSORFLOW,
    "tensorflow-cpu": _TENSORFLOW,
    "keras": _KERAS,
    "tf-keras": _TF_KERAS,
}
# The Keras of a TensorFlow before both were numbered alike.
_TF_OF_KERAS: dict[Release, str] = {(2, 0): "1.5", (2, 1): "1.12", (2, 2): "2.1", (2, 3): "2.2"}


def suggested(version: str, tensorflow: str = "") -> str:
    """The requirement for the release that wrote a file.

    Args:
        version: Of Keras, as the file tells: `2.2.4`, `2.2.4-tf`, `3.3.3`; empty of Keras 1.
        tensorflow: The release of TensorFlow, where the file tells that, too.
    """
    release = _release(version)
    if release >= (3,):
        return f"keras=={release[0]}.{release[1]}.*"
    if tensorflow and (2,) <= _release(tensorflow) < (2, 16):
        return "tensorflow-cpu=={}.{}.*".format(*_release(tensorflow))
    if not release:
        return "keras==1.2.2"
    if release < (2, 4) and not version.endswith("tf"):
        return f"keras=={version}"
    if release >= (2, 16):
        return f"tf_keras=={release[0]}.{release[1]}.*"
    found = _TF_OF_KERAS.get(release[:2], f"{release[0]}.{release[1]}")
    package = "tensorflow" if _release(found) < (2, 1) else "tensorflow-cpu"
    return f"{package}=={found}.*"


def recipe(requirement: str) -> tuple[str, tuple[str, ...]]:
    """The Python that a requirement, `tensorflow==2.4.*`, needs, and all that is to be installed.

    Raises:
        ValueError: If it names no release of Keras or TensorFlow.
    """
    name = _PACKAGE.match(requirement)
    package = name[0].lower().replace("_", "-") if name else ""
    release = _release(requirement[name.end() :] if name else "")
    if package not in _RECIPES or not release:
        known = ", ".join(_RECIPES)
        raise ValueError(f"{requirement!r} names no release: give PACKAGE==RELEASE, of {known}")
    found = next(one for one in _RECIPES[package] if release < one.until)
    minor = (*release, 0)[:2]
    return found.python, (requirement, *(one.format(*minor) for one in found.beside))


def interpreter(requirement: str) -> Path:
    """The interpreter of an environment with what is required, made first where it is missing.

    Raises:
        SaveguardError: SG442, if there is no such release, no uv, or it cannot be installed.
    """
    try:
        python, wanted = recipe(requirement)
    except ValueError as error:
        raise _refused(requirement, str(error)) from None
    told = "\n".join((python, *wanted))
    place = cache() / f"{_slug(requirement)}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
    found = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not found.exists():
        _make(requirement, place, python, wanted)
    return found


def cache() -> Path:
    """Where the environments are kept: below the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "saveguard" / "releases"


def _make(requirement: str, place: Path, python: str, wanted: Iterable[str]) -> None:
    """Make an environment under another name first, so that a half-made one is never found."""
    uv = shutil.which("uv")
    if uv is None:
        raise _refused(requirement, "uv is not installed (pip install uv)")
    made = place.with_name(f"{place.name}.{os.getpid()}")
    shutil.rmtree(made, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    inside = made / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    try:
        _run(requirement, [uv, "venv", "--quiet", "--python", python, made])
        _run(requirement, [uv, "pip", "install", "--quiet", "--python", inside, *wanted])
        made.rename(place)
    except OSError:
        if not place.exists():  # another process may have been quicker
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _run(requirement: str, command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        raise _refused(
            requirement, f"{Path(command[0]).name} {command[1]}: {' '.join(lines)[:500]}"
        )


def _refused(requirement: str, why: str) -> SaveguardError:
    found = registry.module("SG442").not_made(requirement, why)
    return SaveguardError(Report(subject=requirement, findings=(found,)))


def _release(text: str) -> Release:
    return tuple(int(part) for part in _NUMBERS.findall(text.split("-")[0])[:3])


def _slug(requirement: str) -> str:
    return re.sub(r"[^\w.]+", "-", requirement).strip("-.")
