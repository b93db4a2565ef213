"""`saveguard.migrate`: an old archive as a file of today's Keras, proven where it can be."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from saveguard.migration import alone, target, written
from saveguard.migration import custom as customs
from saveguard.migration.plan import plan
from saveguard.migration.proof import asking
from saveguard.migration.source import Source, source_of
from saveguard.persist import proof
from saveguard.receipt import Receipt

Path = str | os.PathLike[str]


def migrate(
    old: Path,
    new: Path,
    *,
    custom: Mapping[str, Any] | Iterable[str] = (),
    golden: Path | None = None,
    python: Path | None = None,
    with_uv: str | None = None,
    model: Any = None,
    overwrite: bool = False,
    limit: float = proof.LIMIT,
) -> Receipt:
    """Write the model in an old archive as a file that today's Keras loads, proven where it can be.

    The old archive is only read, and nothing in it is executed here. Its outputs are those of the
    version that saved it: recorded in a file (`golden`), or asked of that version (`python`,
    `with_uv`). The new model must give the same for the same inputs. Without any of the three
    nobody knows them, and the receipt says "not proven".

    Args:
        old: `.h5` of Keras 1, 2 or tf.keras, `.keras` of any release, or a SavedModel folder with
            Keras's configuration.
        new: The `.keras` file to write; `.weights.h5`, given a model.
        custom: Classes and functions of the model's author, by the names that the file has for
            them; or texts, `module:Class`.
        golden: An `.npz` with `in_00`, ... and `out_00`, ... in the model's order.
        python: The interpreter of an environment with the version that saved the model; Python
            3.6 and newer; Saveguard is not needed there.
        with_uv: What to make such an environment of with uv, kept in the user's cache:
            `tensorflow==2.4.*`; `auto` for the release that the file names.
        model: For a file of weights alone, the model that they belong to. It is given them.
        overwrite: Replace `new` where it exists.
        limit: Seconds that the proof of the new file may take.

    Returns:
        What was written. Its `migration` has the old file's digest, the steps, and whether the
        outputs are equal.

    Raises:
        SaveguardError: If the file cannot be rebuilt (all classes that are missing are named), or
            answers otherwise (SG440): it is then kept as `NAME.unproven.keras`. `new` is as it
            was.
    """
    source, path = os.fspath(old), os.fspath(new)
    target.refuse(source, path, overwrite=overwrite)
    if model is not None:
        return alone.migrate(source, path, model, golden=golden, limit=limit)
    given = customs.given(custom)
    read: Source = source_of(source)
    ask = asking.asked(read, golden=golden, python=python, with_uv=with_uv, custom=given)
    return written.write(plan(read, custom=given), path, given, ask, limit)
