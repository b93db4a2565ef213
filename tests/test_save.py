"""`saveguard.save`: every style of model comes back, and nothing is lost where one cannot."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import models
import numpy as np
import pytest
from models import STYLES, rows

import saveguard
from saveguard.archive.read import read
from saveguard.errors import report_of

pytestmark = pytest.mark.backend
each_style = pytest.mark.parametrize("style", STYLES)


@each_style
@pytest.mark.parametrize("compiled", [False, True])
def test_every_style_is_proven(style: str, compiled: bool, tmp_path: Path) -> None:
    model, example = STYLES[style]()
    if compiled:
        model.compile("adam", "mean_squared_error")
    receipt = saveguard.save(model, tmp_path / "m.keras", example=example)
    assert receipt.proven
    assert not receipt.findings
    assert receipt.golden is not None and not receipt.golden.made


@each_style
def test_plain_keras_loads_the_file(style: str, tmp_path: Path) -> None:
    model, example = STYLES[style]()
    saveguard.save(model, tmp_path / "m.keras", example=example, prove=False)
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@each_style
def test_the_archive_holds_what_keras_writes(style: str, tmp_path: Path) -> None:
    import h5py

    model, example = STYLES[style]()
    saveguard.save(model, tmp_path / "ours.keras", example=example, prove=False)
    model.save(tmp_path / "theirs.keras")
    ours, theirs = {}, {}
    for name, held in (("ours", ours), ("theirs", theirs)):
        with zipfile.ZipFile(tmp_path / f"{name}.keras") as archive:
            assert archive.testzip() is None
            held["config"] = json.loads(archive.read("config.json"))
            with h5py.File(archive.open("model.weights.h5"), "r") as file:
                file.visititems(
                    lambda path, item, held=held: held.update(
                        {path: None if isinstance(item, h5py.Group) else item[()].tobytes()}
                    )
                )
    assert {path: value for path, value in ours.items() if "saveguard" not in path} == theirs


def test_a_trained_model_comes_back_with_optimizer_loss_and_metrics(tmp_path: Path) -> None:
    model, example = models.sequential()
    targets = rows(6, 2, seed=3)
    model.compile("adam", "mean_squared_error", metrics=["mae"])
    model.fit(example, targets, epochs=2, verbose=0)
    receipt = saveguard.save(model, tmp_path / "m.keras", example=(example, targets))
    assert receipt.proven
    assert "loss and 1 metric" in receipt.proof.compared
    assert any("optimizer variables" in what for what in receipt.proof.compared)
    loaded = saveguard.load(tmp_path / "m.keras", compare=True)
    assert (
        int(
            loaded.optimizer.iterations.numpy()
            if hasattr(loaded.optimizer.iterations, "numpy")
            else loaded.optimizer.iterations.value
        )
        == 2
    )


def test_the_model_is_left_as_it_was(tmp_path: Path) -> None:
    model, example = models.sequential()
    targets = rows(6, 2, seed=3)
    model.compile("adam", "mean_squared_error", metrics=["mae"])
    model.fit(example, targets, verbose=0)
    before = [keras.ops.convert_to_numpy(v) for v in model.variables + model.optimizer.variables]
    np.random.seed(5)
    drawn = np.random.random()
    np.random.seed(5)
    saveguard.save(model, tmp_path / "m.keras", example=(example, targets))
    assert np.random.random() == drawn
    after = [keras.ops.convert_to_numpy(v) for v in model.variables + model.optimizer.variables]
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["m.h5", "m.weights.h5"])
@pytest.mark.parametrize("style", ["sequential", "functional", "nested"])
def test_hdf5_layouts_are_proven(style: str, name: str, tmp_path: Path) -> None:
    model, example = STYLES[style]()
    model.compile("adam", "mse")
    receipt = saveguard.save(model, tmp_path / name, example=example)
    assert receipt.proven
    assert {f.code for f in receipt.findings} <= {"SG413"}


def test_without_an_example_one_is_made_and_the_receipt_says_so(tmp_path: Path) -> None:
    model, _ = models.sequential()
    receipt = saveguard.save(model, tmp_path / "m.keras")
    assert receipt.proven and receipt.golden.made
    assert any("for made inputs" in what for what in receipt.proof.compared)


def test_an_unbuilt_model_is_built_from_the_example(tmp_path: Path) -> None:
    model = keras.Sequential([keras.layers.Dense(2)])
    receipt = saveguard.save(model, tmp_path / "m.keras", example=rows(4, 3))
    assert receipt.proven
    assert [f.code for f in receipt.findings] == ["SG401"]
    assert receipt.findings[0].certainty == "possible"


def test_the_previous_file_is_kept_when_asked(tmp_path: Path) -> None:
    model, example = models.sequential()
    saveguard.save(model, tmp_path / "m.keras", example=example)
    first = (tmp_path / "m.keras").read_bytes()
    receipt = saveguard.save(model, tmp_path / "m.keras", example=example, keep_previous=True)
    assert Path(receipt.previous).read_bytes() == first
    assert Path(receipt.previous).name == "m.keras.prev"


def test_a_file_that_is_not_proven_never_replaces_one_that_is(tmp_path: Path) -> None:
    model, example = models.sequential()
    saveguard.save(model, tmp_path / "m.keras", example=example)
    good = (tmp_path / "m.keras").read_bytes()
    model.compile("sgd", keras.losses.Huber(delta=0.25))
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.save(model, tmp_path / "m.keras", example=example)
    assert caught.value.codes == ("SG406",)
    assert (tmp_path / "m.keras").read_bytes() == good
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.keras", "m.unproven.keras"]
    receipt = saveguard.save(model, tmp_path / "m.keras", example=example, accept=["SG406"])
    assert receipt.proven and not receipt.ok


def test_keras_own_exception_goes_on_with_the_diagnosis(tmp_path: Path) -> None:
    class Broken(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs

        def get_config(self) -> dict[str, Any]:
            raise ValueError("no configuration today")

    model, example = models.sequential()
    saveguard.save(model, tmp_path / "m.keras", example=example)
    good = (tmp_path / "m.keras").read_bytes()
    broken = models.shaken(keras.Sequential([keras.Input((8,)), Broken(), keras.layers.Dense(2)]))
    with pytest.raises(ValueError, match="no configuration today") as caught:
        saveguard.save(broken, tmp_path / "m.keras", example=example)
    assert "SG205" in report_of(caught.value).codes
    assert "SG205" in "".join(caught.value.__notes__)
    assert (tmp_path / "m.keras").read_bytes() == good
    rebuilt = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])
    saveguard.restore(rebuilt, tmp_path / "m.rescue.h5")
    for a, b in zip(broken.get_weights(), rebuilt.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_receipt_in_the_file_is_the_one_returned(tmp_path: Path) -> None:
    model, example = models.sequential()
    returned = saveguard.save(model, tmp_path / "m.keras", example=example)
    stored = saveguard.Receipt.from_json(read(tmp_path / "m.keras").receipt)
    assert stored.proven
    assert stored.variables == returned.variables
    assert stored.digests == returned.digests
    assert stored.contract == returned.contract


def test_arguments_of_a_tuple_are_inputs_and_targets(tmp_path: Path) -> None:
    model, example = models.nested()
    model.compile("sgd", "mean_squared_error")
    receipt = saveguard.save(model, tmp_path / "m.keras", example=(example, rows(5, 4)))
    assert "loss" in receipt.proof.compared
    receipt = saveguard.save(model, tmp_path / "n.keras", example=tuple(example))
    assert receipt.golden.targets is None


def test_a_pydataset_gives_its_first_batch(tmp_path: Path) -> None:
    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> Any:
            return rows(4, 8, seed=index), rows(4, 2, seed=index)

    model, _ = models.sequential()
    model.compile("sgd", "mean_squared_error")
    receipt = saveguard.save(model, tmp_path / "m.keras", example=Batches())
    assert receipt.proven and receipt.golden.rows == 4 and "loss" in receipt.proof.compared


def test_a_tf_data_set_gives_its_first_batch(tmp_path: Path) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    model, _ = models.sequential()
    data = tensorflow.data.Dataset.from_tensor_slices((rows(9, 8), rows(9, 2))).batch(3)
    receipt = saveguard.save(model, tmp_path / "m.keras", example=data)
    assert receipt.proven and receipt.golden.rows == 3


def test_a_dataloader_gives_its_first_batch(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pairs = torch.utils.data.TensorDataset(
        torch.from_numpy(rows(9, 8)), torch.from_numpy(rows(9, 2))
    )
    model, _ = models.sequential()
    loader = torch.utils.data.DataLoader(pairs, batch_size=3)
    receipt = saveguard.save(model, tmp_path / "m.keras", example=loader)
    assert receipt.proven and receipt.golden.rows == 3


def test_long_examples_are_shortened(tmp_path: Path) -> None:
    model, _ = models.sequential()
    receipt = saveguard.save(model, tmp_path / "m.keras", example=rows(5000, 8))
    assert receipt.golden.rows == 8


def test_preprocessing_with_a_vocabulary_is_proven(tmp_path: Path) -> None:
    if keras.backend.backend() != "tensorflow":
        pytest.skip("string tensors need the TensorFlow backend")
    lookup = keras.layers.TextVectorization(output_mode="tf_idf")
    lookup.adapt(["a cat sat", "a dog ran", "cats and dogs"])
    model = keras.Sequential([keras.Input((1,), dtype="string"), lookup, keras.layers.Dense(2)])
    words = np.array([["a cat"], ["dogs ran"]], dtype=object)
    receipt = saveguard.save(models.shaken(model), tmp_path / "m.keras", example=words)
    assert receipt.proven
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert any(name.startswith("assets/") for name in archive.namelist())


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda tmp: (models.sequential()[0], tmp), "SG703"),
        (lambda tmp: (models.sequential()[0], tmp / "m.model"), "SG704"),
        (lambda tmp: (models.sequential()[0], tmp / "none" / "m.keras"), "SG709"),
        (lambda tmp: ("not a model", tmp / "m.keras"), "SG708"),
    ],
)
def test_bad_targets_are_coded_and_nothing_is_touched(make: Any, code: str, tmp_path: Path) -> None:
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.save(*make(tmp_path))
    assert caught.value.codes == (code,)
    assert list(tmp_path.iterdir()) == []


def test_examples_that_do_not_fit_are_coded_and_nothing_is_touched(tmp_path: Path) -> None:
    model, _ = models.sequential()
    for example, code in [
        (3.0, "SG601"),
        (rows(0, 8), "SG602"),
        (rows(8), "SG502"),
        (rows(4, 7), "SG503"),
        ({"a": rows(4, 8), "b": rows(4, 8)}, "SG501"),
    ]:
        with pytest.raises(saveguard.SaveguardError) as caught:
            saveguard.save(model, tmp_path / "m.keras", example=example)
        assert caught.value.codes == (code,)
    assert list(tmp_path.iterdir()) == []
