"""The releases whose sources are read, and where their modules come from.

Wheels are kept in a folder of the caller's, and downloaded with pip where it lacks them. TensorFlow
to 2.5 holds Keras in its own wheel of some 400 MB; of such a wheel only Keras's modules are kept,
as a small zip beside it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

# How a release is called in the table, its package on the index, its version, its Python, and
# where Keras is in the wheel.
TENSORFLOW = {
    "tf1.15": ("tensorflow", "1.15.5", "37", "tensorflow_core/python/keras/"),
    "tf2.0": ("tensorflow", "2.0.4", "37", "tensorflow_core/python/keras/"),
    "tf2.1": ("tensorflow_cpu", "2.1.4", "37", "tensorflow_core/python/keras/"),
    "tf2.3": ("tensorflow_cpu", "2.3.4", "38", "tensorflow/python/keras/"),
}
KERAS = {
    "tf2.6": ("keras", "2.6.0", "", "keras/"),
    "tf2.10": ("keras", "2.10.0", "", "keras/"),
    "tf2.13": ("keras", "2.13.1", "", "keras/src/"),
    "tf2.15": ("keras", "2.15.0", "", "keras/src/"),
    "tf_keras2.16": ("tf_keras", "2.16.0", "", "tf_keras/src/"),
    "tf_keras2.21": ("tf_keras", "2.21.0", "", "tf_keras/src/"),
    "keras3.0": ("keras", "3.0.5", "", "keras/src/"),
    "keras3.3": ("keras", "3.3.3", "", "keras/src/"),
    "keras3.6": ("keras", "3.6.0", "", "keras/src/"),
    "keras3.9": ("keras", "3.9.2", "", "keras/src/"),
    "keras3.12": ("keras", "3.12.4", "", "keras/src/"),
    "keras3.15": ("keras", "3.15.1", "", "keras/src/"),
}
RELEASES = {**TENSORFLOW, **KERAS}


def modules(release: str, wheels: Path) -> Iterator[tuple[str, str]]:
    """(path below Keras's own folder, source) of each module of a release."""
    prefix = RELEASES[release][3]
    with zipfile.ZipFile(_archive(release, wheels)) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith(prefix) and name.endswith(".py"):
                yield name.removeprefix(prefix), archive.read(name).decode("utf-8")


def installed(release: str, path: str) -> str:
    """Where a module of a release lies in an environment, as a traceback tells it."""
    return f"/env/lib/python3/site-packages/{RELEASES[release][3]}{path}"


def _archive(release: str, wheels: Path) -> Path:
    """The wheel of a release, or what was kept of it."""
    package, version, _, prefix = RELEASES[release]
    kept = wheels / f"{package}-{version}-keras.zip"
    found = [kept] if kept.exists() else list(wheels.glob(f"{package}-{version}-*.whl"))
    if found:
        return found[0]
    if release in KERAS:
        _download(release, wheels)
        return _archive(release, wheels)
    with tempfile.TemporaryDirectory() as folder:
        _download(release, Path(folder))
        (wheel,) = Path(folder).glob("*.whl")
        with (
            zipfile.ZipFile(wheel) as whole,
            zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as part,
        ):
            for name in whole.namelist():
                if name.startswith(prefix) and name.endswith(".py"):
                    part.writestr(name, whole.read(name))
    return kept


def _keep(wheel: Path, kept: Path, prefix: str) -> None:
    """Only Keras's own modules of a wheel."""
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as part:
        for name in whole.namelist():
            if name.startswith(prefix) and name.endswith(".py"):
                part.writestr(name, whole.read(name))


def _download(release: str, folder: Path) -> None:
    package, version, python, _ = RELEASES[release]
    call = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    call += ["--only-binary", ":all:"]
    if python:
        call += ["--python-version", python, "--platform", "manylinux2010_x86_64"]
    subprocess.run([*call, f"{package}=={version}"], check=True)
