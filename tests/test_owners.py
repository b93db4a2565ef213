"""Arrays held against the configuration of their file, and values read from it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import msgspec
import numpy as np
import pytest

import saveguard
from saveguard.archive.owners import owners, unowned
from saveguard.archive.read import read
from saveguard.archive.shapes import arrays_of
from saveguard.examine.loadable import loadable

L = keras.layers
LAYERS: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "Dense": (lambda: L.Dense(3), (4,)),
    "Dense without bias": (lambda: L.Dense(3, use_bias=False), (4,)),
    "Embedding": (lambda: L.Embedding(5, 3), (4,)),
    "Conv1D": (lambda: L.Conv1D(4, 2, groups=2), (6, 4)),
    "Conv2D": (lambda: L.Conv2D(3, (2, 3)), (5, 5, 2)),
    "Conv2DTranspose": (lambda: L.Conv2DTranspose(3, 2), (5, 5, 2)),
    "DepthwiseConv2D": (lambda: L.DepthwiseConv2D(2, depth_multiplier=2), (5, 5, 2)),
    "SeparableConv1D": (lambda: L.SeparableConv1D(3, 2, depth_multiplier=2), (6, 4)),
    "BatchNormalization": (lambda: L.BatchNormalization(scale=False), (4,)),
    "LSTM": (lambda: L.LSTM(3), (4, 2)),
    "GRU": (lambda: L.GRU(3), (4, 2)),
    "GRU before TF 2.0": (lambda: L.GRU(3, reset_after=False), (4, 2)),
    "SimpleRNN": (lambda: L.SimpleRNN(3, use_bias=False), (4, 2)),
}


def nested() -> Any:
    """A model with another in it, two layers of one class, and a wrapper."""
    inner = keras.Sequential([keras.Input((3,)), L.Dense(2), L.Dense(2)], name="inner")
    inputs = keras.Input((4, 3))
    hidden = L.TimeDistributed(L.Dense(3))(inputs)
    hidden = L.Bidirectional(L.LSTM(2))(hidden)
    hidden = L.Dense(3, name="last")(L.Dense(3, name="first")(hidden))
    return keras.Model(inputs, inner(hidden))


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("extension", ["keras", "h5"])
def test_a_configuration_tells_the_shapes_of_a_layer_s_arrays(
    kind: str, extension: str, tmp_path: Path
) -> None:
    make, shape = LAYERS[kind]
    model = keras.Sequential([keras.Input(shape), make()])
    model.save(tmp_path / f"m.{extension}")
    (owner,) = (one for one in owners(read(tmp_path / f"m.{extension}")) if one.arrays)
    expected = arrays_of(owner.layer)
    assert expected is not None
    true = [tuple(weight.shape) for weight in model.get_weights()]
    for (_, told), found in zip(expected, true, strict=True):
        assert len(told) == len(found)
        assert all(n in (None, m) for n, m in zip(told, found, strict=True))
    known = [None not in told for _, told in expected]
    assert all(known) == (extension == "keras") or kind == "Embedding"


@pytest.mark.parametrize("extension", ["keras", "h5"])
def test_every_array_of_a_nested_model_has_an_owner(extension: str, tmp_path: Path) -> None:
    nested().save(tmp_path / f"m.{extension}")
    facts = read(tmp_path / f"m.{extension}")
    found = owners(facts)
    assert unowned(facts, found) == ()
    held = {owner.layer.name: len(owner.arrays) for owner in found}
    assert held["first"] == held["last"] == 2
    assert sum(held.values()) == len(facts.arrays) == 16
    assert saveguard.check(tmp_path / f"m.{extension}").findings == ()


def test_a_subclassed_model_tells_nothing(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), L.Dense(2)])
    model.save(tmp_path / "m.keras")
    edit(tmp_path / "m.keras", config=lambda config: config.update(class_name="Mine"))
    assert owners(read(tmp_path / "m.keras")) == ()


def test_a_layer_without_arrays_is_found_as_keras_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    nested().save(path)
    edit(path, weights=lambda file: file.__delitem__("layers/dense_1/vars"))
    report = saveguard.check(path)
    assert report.codes == ("SG405",)
    assert "`last` (Dense): kernel, bias" in report.findings[0].message
    with pytest.raises(ValueError, match="expected 2 variables, but received 0"):
        keras.saving.load_model(path)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_model_that_was_never_built_lacks_no_arrays(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"m{ending}"
    keras.Sequential([L.Dense(2), L.Dense(1)]).save(path)
    assert saveguard.check(path).codes == ()
    assert keras.saving.load_model(path).variables == []


def test_arrays_of_lora_that_the_configuration_does_not_tell_of(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, name="d")])
    model.layers[0].enable_lora(2)
    model.save(path)
    with h5py.File(path, "r+") as file:  # as Keras 3.0 wrote it
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"][1]["config"].pop("lora_rank")
        file.attrs["model_config"] = json.dumps(config)
    told = [one.message for one in saveguard.check(path).findings if one.code == "SG405"]
    assert told == ["the file holds 4 arrays for the layer `d` (Dense), which has 2: kernel, bias"]
    with pytest.raises(ValueError, match="Layer expects 2 weight"):
        keras.saving.load_model(path, compile=False)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_biases_of_several_rows_begin_at_zero(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"m{ending}"
    keras.Sequential([keras.Input((5, 2)), L.GRU(3)]).save(path)
    assert saveguard.check(path).codes == ()


def test_the_optimizer_of_a_model_inside_is_no_weight(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    judge = keras.Sequential([keras.Input((3,)), L.Dense(1)])
    judge.compile(loss="binary_crossentropy", optimizer="adam")
    keras.Sequential([keras.Input((2,)), L.Dense(3), judge]).save(path)
    assert saveguard.check(path).codes == ()
    keras.saving.load_model(path)


def test_an_array_of_another_shape_is_found_as_keras_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    nested().save(path)

    def widen(file: h5py.File) -> None:
        del file["layers/sequential/layers/dense/vars/1"]
        file["layers/sequential/layers/dense/vars/1"] = np.zeros(5, "float32")

    edit(path, weights=widen)
    (finding,) = saveguard.check(path).findings
    assert finding.code == "SG415"
    assert "has the shape [5] in the file; the configuration makes it [2]" in finding.message
    with pytest.raises(ValueError, match="could not be loaded"):
        keras.saving.load_model(path)


def test_an_array_that_belongs_to_nobody_is_passed_over_by_keras(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    nested().save(path)
    edit(path, weights=lambda file: file.__setitem__("layers/dense_9/vars/0", np.ones(3)))
    (finding,) = saveguard.check(path).findings
    assert (finding.code, finding.where) == ("SG404", "model.weights.h5 layers/dense_9/vars/0")
    keras.saving.load_model(path)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_values_that_are_not_finite_are_counted(dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    model = keras.Sequential([keras.Input((3,)), L.Dense(2, dtype=dtype)])
    model.set_weights([np.array([[1, np.nan], [np.inf, 2], [-np.inf, 3]]), np.zeros(2)])
    model.save(path)
    report = saveguard.check(path)
    assert report.codes == ("SG408",)
    assert "(1 NaN, 2 infinite)" in report.findings[0].message


def test_a_sum_that_overflows_is_no_infinite_value(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), L.Dense(2)])
    model.set_weights([np.full((3, 2), 3e38), np.zeros(2)])
    model.save(tmp_path / "m.keras")
    assert saveguard.check(tmp_path / "m.keras").findings == ()


def test_a_claim_of_another_keras_does_not_make_the_rules_guess(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), L.Dense(2, activation="hard_sigmoid")])
    model.save(tmp_path / "m.keras")
    facts = msgspec.structs.replace(read(tmp_path / "m.keras"), versions={})
    from saveguard.rules import registry

    told = list(registry.rule("SG417").notice("archive", facts))
    assert told == []  # nobody asked for a release of Keras
    asked = msgspec.structs.replace(facts, keras="3.15.1")
    (finding,) = registry.rule("SG417").notice("archive", asked)
    assert finding.certainty == "likely"
    assert 'get_layer("dense' in finding.fix


def edit(
    path: Path,
    *,
    config: Callable[[dict[str, Any]], object] = lambda _: None,
    weights: Callable[[h5py.File], object] = lambda _: None,
) -> None:
    """Change the configuration and the weights of a `.keras` file."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(members["config.json"])
    config(document)
    held = io.BytesIO(members["model.weights.h5"])
    with h5py.File(held, "r+") as file:
        weights(file)
    members["config.json"] = json.dumps(document).encode()
    members["model.weights.h5"] = held.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_arrays_that_do_not_fit_stop_the_load_after_everything_else(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    nested().save(path)
    edit(path, weights=lambda file: file.__delitem__("layers/dense_1/vars"))
    verdict = loadable(saveguard.check(path))
    assert not verdict.loads
    assert verdict.cause is not None
    assert verdict.cause.code == "SG405"
