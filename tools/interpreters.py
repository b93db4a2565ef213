"""The releases of Keras that the tools try, each in an environment of its own, made with uv.

`tools/matrix`, `tools/claims` and `make lab` take theirs from here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Environment(NamedTuple):
    """What one release needs.

    Attributes:
        python: The version of Python; empty for this very interpreter.
        requirements: What to install.
        keras: The package that is Keras there, where that is not the obvious one.
        backend: What Keras 3 runs on there.
    """

    python: str
    requirements: tuple[str, ...] = ()
    keras: str = ""
    backend: str = "tensorflow"


_OLD = ("protobuf<3.21", "h5py<3", "numpy<1.19")
_TF_216 = ("tensorflow-cpu==2.16.2", "numpy<2")
_TF_218 = ("tensorflow-cpu==2.18.1",)
# The newest that the release of Keras still works with.
_JAX = {"3.0": "0.4.30", "3.3": "0.4.30", "3.6": "0.4.38", "3.9": "0.4.38", "3.12": "0.10.2"}
# Keras 3.0 and 3.3 import packaging, which TensorFlow brings along, without asking for it.
_BESIDE = {"3.0": ("numpy<2", "packaging"), "3.3": ("numpy<2", "packaging")}
_TORCH = "torch==2.13.0"
_PATCH = {"3.0": "3.0.5", "3.3": "3.3.3", "3.6": "3.6.0", "3.9": "3.9.2", "3.12": "3.12.4"}

KERAS_2 = {
    "keras2.2": Environment("3.7", ("keras==2.2.4", "tensorflow==1.15.5", *_OLD), "keras"),
    "keras2.3": Environment("3.7", ("keras==2.3.1", "tensorflow==1.15.5", *_OLD), "keras"),
    "tf1.14": Environment("3.7", ("tensorflow==1.14.0", *_OLD)),
    "tf1.15": Environment("3.7", ("tensorflow==1.15.5", *_OLD)),
    "tf2.0": Environment("3.7", ("tensorflow==2.0.4", *_OLD)),
    "tf2.1": Environment("3.7", ("tensorflow-cpu==2.1.4", *_OLD)),
    "tf2.3": Environment("3.8", ("tensorflow-cpu==2.3.4", *_OLD)),
    "tf2.4": Environment("3.8", ("tensorflow-cpu==2.4.4", "protobuf<3.21")),
    "tf2.6": Environment(
        "3.9", ("tensorflow-cpu==2.6.5", "keras==2.6.0", "protobuf<3.21", "numpy<1.20")
    ),
    "tf2.8": Environment("3.9", ("tensorflow-cpu==2.8.4", "protobuf<3.21", "numpy<1.24")),
    "tf2.10": Environment("3.10", ("tensorflow-cpu==2.10.1", "numpy<1.24")),
    "tf2.12": Environment("3.10", ("tensorflow-cpu==2.12.1", "numpy<1.24")),
    "tf2.13": Environment("3.10", ("tensorflow-cpu==2.13.1", "numpy<1.25")),
    "tf2.15": Environment("3.11", ("tensorflow-cpu==2.15.1", "numpy<2")),
    "tf_keras2.18": Environment("3.11", (*_TF_218, "tf_keras==2.18.0"), "tf_keras"),
}
KERAS_3 = {
    "keras3.0": Environment("3.11", (*_TF_216, "keras==3.0.5")),
    "keras3.1": Environment("3.11", (*_TF_216, "keras==3.1.1")),
    "keras3.3": Environment("3.11", (*_TF_216, "keras==3.3.3")),
    "keras3.5": Environment("3.11", (*_TF_218, "keras==3.5.0")),
    "keras3.6": Environment("3.11", (*_TF_218, "keras==3.6.0")),
    "keras3.8": Environment("3.11", (*_TF_218, "keras==3.8.0")),
    "keras3.9": Environment("3.11", (*_TF_218, "keras==3.9.2")),
    "keras3.11": Environment("3.11", (*_TF_218, "keras==3.11.3")),
    "keras3.12": Environment("3.11", (*_TF_218, "keras==3.12.4")),
    "keras3.14": Environment("3.11", (*_TF_218, "keras==3.14.1")),
    "keras3.15": Environment(""),
}
OTHER_BACKENDS = {
    **{
        f"keras{short}-jax": Environment(
            "3.11",
            (f"keras=={_PATCH[short]}", f"jax=={jax}", *_BESIDE.get(short, ())),
            backend="jax",
        )
        for short, jax in _JAX.items()
    },
    "keras3.15-jax": Environment("", backend="jax"),
    **{
        f"keras{short}-torch": Environment(
            "3.11",
            (f"keras=={full}", _TORCH, *_BESIDE.get(short, ())),
            backend="torch",
        )
        for short, full in {**_PATCH, "3.15": "3.15.1"}.items()
    },
}
EVERY = {**KERAS_2, **KERAS_3, **OTHER_BACKENDS}


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


def variables(label: str = "") -> dict[str, str]:
    """The environment variables of a run there: quiet, on no accelerator, on its backend."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    own = {
        "KERAS_BACKEND": EVERY[label].backend if label else "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if label and EVERY[label].keras == "tf_keras":
        own |= {"LAB_KERAS": "tf_keras", "TF_USE_LEGACY_KERAS": "1"}
    return kept | own


def cache(tool: str) -> Path:
    """Where a tool keeps its work unless another folder is given: the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "saveguard" / tool
