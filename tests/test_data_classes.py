"""Folders of images are the classes that Keras makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import saveguard
from saveguard.data.source import Part
from saveguard.data.sources import source


def test_a_folder_without_images_is_a_class_as_keras_counts(tmp_path: Path) -> None:
    keras, image = pytest.importorskip("keras"), pytest.importorskip("PIL.Image")
    for name, count in (("ape", 2), ("bat", 0), ("cat", 1), (".hidden", 0)):
        (tmp_path / name).mkdir()
        for number in range(count):
            pixels = np.zeros((4, 4, 3), np.uint8)
            image.fromarray(pixels).save(tmp_path / name / f"{number}.png")
    held = source(tmp_path)
    (part,) = (one for one in held.parts() if isinstance(one, Part))
    labels = [label for batch in held.read(part, None) for label in batch["label"].to_pylist()]  # type: ignore[union-attr]
    of_keras = keras.utils.image_dataset_from_directory(
        tmp_path, image_size=(4, 4), batch_size=3, shuffle=False, verbose=False
    )
    assert of_keras.class_names == ["ape", "bat", "cat"]
    assert labels == next(iter(of_keras))[1].numpy().tolist() == [0, 0, 2]
    assert saveguard.audit(tmp_path, labels="label", classes=3).codes == ("SG580",)


def test_a_class_that_comes_or_goes_is_read_anew(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    data, kept = tmp_path / "data", tmp_path / "kept.jsonl"
    for name in ("ape", "cat"):
        (data / name).mkdir(parents=True)
        image.new("RGB", (4, 4)).save(data / name / "0.png")

    def highest() -> object:
        report = saveguard.audit(data, labels="label", classes=3, resume=kept)
        assert report.to_json() == saveguard.audit(data, labels="label", classes=3).to_json()
        return report.summary.columns["label"].maximum

    assert highest() == 1
    (data / "bat").mkdir()
    assert highest() == 2
    (data / "bat").rmdir()
    assert highest() == 1
    image.new("RGB", (8, 8)).save(data / "cat" / "1.png")
    assert saveguard.audit(data, resume=kept).summary.rows == 3


def test_images_that_were_mended_are_held_against_what_they_are_now(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    for size, codes in ((4, ("SG588",)), (8, ())):
        for number in range(3):
            image.new("RGB", (size, size)).save(tmp_path / f"{number}.png")
        image.new("RGB", (8, 8)).save(tmp_path / "3.png")
        assert saveguard.audit(tmp_path).codes == codes
