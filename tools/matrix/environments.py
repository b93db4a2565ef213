"""The versions that write the matrix's files, each in an environment of its own, made with uv."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Environment(NamedTuple):
    """What one version needs.

    Attributes:
        python: The version of Python; empty for this very interpreter.
        requirements: What to install.
        keras: The package that is Keras there, where that is not the obvious one.
    """

    python: str
    requirements: tuple[str, ...] = ()
    keras: str = ""


_OLD = ("protobuf<3.21", "h5py<3", "numpy<1.19")

ENVIRONMENTS = {
    "tf1.15": Environment("3.7", ("tensorflow==1.15.5", *_OLD)),
    "tf2.3": Environment("3.8", ("tensorflow-cpu==2.3.4", *_OLD)),
    "tf2.6": Environment(
        "3.9", ("tensorflow-cpu==2.6.5", "keras==2.6.0", "protobuf<3.21", "numpy<1.20")
    ),
    "tf2.10": Environment("3.10", ("tensorflow-cpu==2.10.1", "numpy<1.24")),
    "tf2.15": Environment("3.11", ("tensorflow-cpu==2.15.1", "numpy<2")),
    "keras3.0": Environment("3.11", ("tensorflow-cpu==2.16.2", "keras==3.0.5", "numpy<2")),
    "keras3.3": Environment("3.11", ("tensorflow-cpu==2.16.2", "keras==3.3.3", "numpy<2")),
    "keras3.6": Environment("3.11", ("tensorflow-cpu==2.18.1", "keras==3.6.0")),
    "keras3.9": Environment("3.11", ("tensorflow-cpu==2.18.1", "keras==3.9.2")),
    "keras3.12": Environment("3.11", ("tensorflow-cpu==2.18.1", "keras==3.12.4")),
    "keras3.15": Environment(""),
}

# Their files were first looked at when the rules about loading were written.
HELD_OUT = {
    "keras2.2": Environment("3.7", ("keras==2.2.4", "tensorflow==1.15.5", *_OLD), "keras"),
    "keras2.3": Environment("3.7", ("keras==2.3.1", "tensorflow==1.15.5", *_OLD), "keras"),
    "tf2.1": Environment("3.7", ("tensorflow-cpu==2.1.4", *_OLD)),
    "tf2.4": Environment("3.8", ("tensorflow-cpu==2.4.4", "protobuf<3.21")),
    "tf2.8": Environment("3.9", ("tensorflow-cpu==2.8.4", "protobuf<3.21", "numpy<1.24")),
    "tf2.12": Environment("3.10", ("tensorflow-cpu==2.12.1", "numpy<1.24")),
    "tf2.13": Environment("3.10", ("tensorflow-cpu==2.13.1", "numpy<1.25")),
    "tf_keras2.18": Environment("3.11", ("tensorflow-cpu==2.18.1", "tf_keras==2.18.0"), "tf_keras"),
    "keras3.1": Environment("3.11", ("tensorflow-cpu==2.16.2", "keras==3.1.1", "numpy<2")),
    "keras3.5": Environment("3.11", ("tensorflow-cpu==2.18.1", "keras==3.5.0")),
    "keras3.8": Environment("3.11", ("tensorflow-cpu==2.18.1", "keras==3.8.0")),
    "keras3.11": Environment("3.11", ("tensorflow-cpu==2.18.1", "keras==3.11.3")),
    "keras3.14": Environment("3.11", ("tensorflow-cpu==2.18.1", "keras==3.14.1")),
}
EVERY = {**ENVIRONMENTS, **HELD_OUT}


def interpreter(label: str, folder: Path) -> Path:
    """The interpreter of an environment below `folder`, made first where it is missing."""
    wanted = EVERY[label]
    if not wanted.python:
        return Path(sys.executable)
    place = folder / label
    found = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not found.exists():
        subprocess.run(["uv", "venv", "--quiet", "--python", wanted.python, place], check=True)
        install = ["uv", "pip", "install", "--quiet", "--python", found, *wanted.requirements]
        subprocess.run(install, check=True)
    return found


def cache() -> Path:
    """Where environments are kept unless another folder is given: the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "saveguard" / "matrix"


def variables(label: str = "") -> dict[str, str]:
    """The environment variables of a writer: quiet, on no accelerator, on TensorFlow."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    own = {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MATRIX_KERAS": EVERY[label].keras if label else "",
    }
    return kept | own
