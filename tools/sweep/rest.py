"""The other layouts of a model, `.weights.h5` and `.h5`, held against those of plain Keras."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import contents

from saveguard.persist.hdf5 import HDF5File
from saveguard.persist.writer.legacy import compiling_kept


def unlike(model: Any, folder: Path) -> Iterator[str]:
    """Every difference, in one line each; what Keras does not write, ours does not either."""
    for ending in (".weights.h5", ".h5"):
        ours, plain = folder / f"ours{ending}", folder / f"plain{ending}"
        by_keras = _raised(lambda plain=plain: _saved(model, plain))
        by_ours = _raised(lambda ours=ours: HDF5File(ours, lambda _file: None).write(model))
        if by_keras != by_ours:
            yield f"{ending}: {by_ours or 'written'}, by Keras {by_keras or 'written'}"
        elif not by_keras:
            yield from (f"{ending}: {told}" for told in contents.unlike_weights(ours, plain))


def _saved(model: Any, path: Path) -> None:
    if path.name.endswith(".weights.h5"):
        model.save_weights(path)
        return
    with compiling_kept(model), contextlib.redirect_stderr(io.StringIO()):
        model.save(path)


def _raised(action: Callable[[], Any]) -> str:
    """The name of what is raised; empty where nothing is."""
    try:
        action()
    except Exception as error:  # noqa: BLE001  held against what the other writer raises
        return type(error).__name__
    return ""
