"""What the file does not say is told, and a vocabulary that is not there stops the migration."""

from __future__ import annotations

from typing import Any

from saveguard.migration import unwritten
from saveguard.migration.parts import made
from saveguard.migration.step import Old


def told(layer: dict[str, Any], numbers: tuple[int, ...], **about: Any) -> tuple[str, ...]:
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}}
    return unwritten.told(model, Old(numbers=numbers, **about))


def test_kernels_of_keras_1_may_be_those_of_theano() -> None:
    layer = made("Conv2D", "edges", filters=2, kernel_size=[3, 3])
    (line,) = told(layer, (1, 2, 0))
    assert "Theano" in line and "edges" in line
    assert not told(layer, (2, 2, 4), backend="theano")


def test_an_argument_that_the_release_left_out() -> None:
    layer = made("Conv2DTranspose", "up", filters=2, kernel_size=[3, 3])
    (line,) = told(layer, (3, 6, 0), layout="keras", backend="tensorflow")
    assert "`up`: `output_padding`" in line
    written = made("Conv2DTranspose", "up", filters=2, output_padding=None)
    assert not told(written, (3, 15, 0), layout="keras", backend="tensorflow")


def test_a_vocabulary_is_an_asset_of_a_keras_file_alone() -> None:
    layer = made("StringLookup", "words", vocabulary=None)
    (line,) = told(layer, (3, 6, 0), backend="tensorflow")
    assert "`words`: its vocabulary" in line
    assert not told(layer, (3, 6, 0), layout="keras", backend="tensorflow")
    assert not told(made("StringLookup", "words", vocabulary=["a"]), (3, 6, 0), backend="x")
