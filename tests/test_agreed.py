"""Without a receipt libhdf5 must see the same arrays; else it is Keras's reader that goes on."""

from __future__ import annotations

import importlib
from pathlib import Path
from unittest import mock

import keras
import msgspec
import pytest
from written import MODELS

import saveguard
from saveguard.archive.read import read
from saveguard.persist import reader
from saveguard.persist.agreed import agreed


def test_without_a_receipt_libhdf5_must_see_the_same_arrays(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    MODELS["large"]().save(path)
    facts = read(path)
    assert reader.reads(facts) and agreed(facts)
    array = next(one for one in facts.arrays if one.count)
    moved = msgspec.structs.replace(array, offset=array.offset + 4)
    for others in [(), (*facts.arrays, moved), (*(a for a in facts.arrays if a != array), moved)]:
        assert not agreed(msgspec.structs.replace(facts, arrays=others))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert not agreed(facts)


def test_keras_goes_on_where_libhdf5_sees_others(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    MODELS["large"]().save(path)
    module = importlib.import_module("saveguard.persist.load")
    with (
        mock.patch.object(module, "agreed", return_value=False),
        mock.patch.object(reader, "load") as ours,
    ):
        assert saveguard.load(path).count_params() > 0
    assert not ours.called


@pytest.mark.parametrize("name", ["w.weights.h5", "w.weights.json"])
def test_the_same_holds_for_weights_alone(name: str, tmp_path: Path) -> None:
    model = MODELS["large"]()
    if name.endswith(".json"):
        model.save_weights(tmp_path / name, max_shard_size=model.count_params() * 4 / 1e9)
    else:
        model.save_weights(tmp_path / name)
    facts = read(tmp_path / name)
    assert agreed(facts)
    moved = msgspec.structs.replace(facts.arrays[-1], offset=facts.arrays[-1].offset + 4)
    others = msgspec.structs.replace(facts, arrays=(*facts.arrays[:-1], moved))
    assert not agreed(others)
    module = importlib.import_module("saveguard.persist.weights")
    with (
        mock.patch.object(module, "opened", return_value=others),
        mock.patch.object(keras.Model, "load_weights") as by_keras,
    ):
        saveguard.load_weights(model, tmp_path / name)
    assert by_keras.called
