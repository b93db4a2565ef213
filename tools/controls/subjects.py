"""What is saved as a control: Keras's layers in real configurations, and its applications."""

from __future__ import annotations

import gc
import inspect
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from trial import Trial, reloads, trials

sys.path.append(str(Path(__file__).resolve().parents[1] / "sweep"))

# The smallest side that each architecture with its top takes; 32 unless named here.
SIDES = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71}
FIXED = {"NASNetLarge": 331, "NASNetMobile": 224}


def layers(pattern: str, part: int, parts: int, most: int) -> Iterator[Trial]:
    """Every configuration of every layer, fresh from its initializers; at most `most` a layer."""
    import keras
    from building import NotBuilt, build
    from harvest import harvest

    seen: dict[str, int] = {}
    chosen = []
    for one in harvest(pattern):
        seen[one.kind] = seen.get(one.kind, 0) + 1
        if seen[one.kind] <= most:
            chosen.append(one)
    for one in chosen[part::parts]:
        with mock.patch("building.randomise"):
            try:
                subject = build(one)
            except NotBuilt:
                continue
        if not one.finished and _holds_a_tests_class(subject):
            continue
        with tempfile.TemporaryDirectory() as folder:
            yield from trials(
                subject.model,
                Path(folder),
                one.name,
                one.kind,
                lambda path, form, subject=subject, one=one: _truth(path, form, subject, one),
            )
        keras.backend.clear_session(free_memory=False)


def _holds_a_tests_class(subject: Any) -> bool:
    """Whether a test defines a class in it: tests lie in Keras's package, so Keras imports them."""
    return re.search(r"'module': 'keras\.[\w.]+_test'", str(subject.model.get_config())) is not None


def _truth(path: Path, form: str, subject: Any, configuration: Any) -> list[str]:
    """What a fresh process says; and, of a whole model that loads, what came back otherwise."""
    import oracle

    lost = reloads(path, subject.model, form)
    if lost or form == "weights":
        return lost
    return oracle.differences(subject, path, configuration.arguments)


def applications(pattern: str, part: int, parts: int) -> Iterator[Trial]:
    """Every architecture of `keras.applications`, without weights to download."""
    import keras

    found = {
        name: item
        for name, item in sorted(vars(keras.applications).items())
        if inspect.isfunction(item) and pattern.lower() in name.lower()
    }
    for name, make in list(found.items())[part::parts]:
        side = FIXED.get(name) or SIDES.get(name, 32)
        model = make(weights=None, input_shape=(side, side, 3), classes=10)
        with tempfile.TemporaryDirectory() as folder:
            yield from trials(
                model, Path(folder), name, "", lambda path, form, it=model: reloads(path, it, form)
            )
        del model
        keras.backend.clear_session()
        gc.collect()
