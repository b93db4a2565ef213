"""What defective rows do to a model, measured on copies of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from saveguard.cli.audit import command
from saveguard.contract import Contract
from saveguard.data import kinds
from saveguard.data.sources import source
from saveguard.data.targets import Target
from saveguard.data.terms import Terms
from saveguard.training.flagged import Rows, array, rows
from saveguard.training.impact import Impact, impact, interval, measure
from saveguard.training.trial import structured

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def line() -> Any:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.02), "mse")
    return model


def table(defect: float | None) -> Rows:
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(400, 3)).astype("float32")
    targets = inputs @ np.array([1.0, -2.0, 0.5], "float32")
    bad = np.zeros(400, bool)
    if defect is not None:
        bad[::20] = True
        inputs[bad] = defect
    return Rows(inputs, targets, bad, {"outside": int(bad.sum())}, 0)


@pytest.mark.backend
def test_the_loss_and_the_gradient_grow_and_the_model_stays_as_it_was() -> None:
    model = line()
    before = [weight.copy() for weight in model.get_weights()]
    state = np.random.get_state()[1].copy()
    found = measure(model, table(8.0), seconds=60, seeds=3, steps=30)
    assert (found.defective, found.seeds, found.steps) == (20, 3, 30)
    assert found.difference is not None and found.difference.low > 0.01
    assert found.gradient is not None and found.gradient.mean > 1
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert (
        np.array_equal(state, np.random.get_state()[1]) and not model.optimizer.iterations.numpy()
    )


@pytest.mark.backend
def test_nan_makes_the_loss_nan() -> None:
    found = measure(line(), table(float("nan")), seeds=2, steps=20)
    assert found.not_finite == found.seeds > 0 and found.difference is None
    assert "with them not finite" in str(found)


def test_sound_rows_have_no_impact() -> None:
    assert measure(line(), table(None)) == Impact(
        rows=400, defective=0, unfed=0, kinds={"outside": 0}
    )


def test_a_training_that_stops_says_so() -> None:
    if keras.backend.backend() != "tensorflow":
        pytest.skip("other backends read another row")
    layers = [keras.layers.Embedding(5, 2), keras.layers.Flatten(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((2,), dtype="int32"), *layers])
    model.compile("sgd", "mse")
    ids = np.ones((200, 2), "int32")
    bad = np.zeros(200, bool)
    bad[::10] = True
    ids[bad] = 77
    found = measure(model, Rows(ids, np.ones(200, "float32"), bad, {}, 0), seeds=1, steps=20)
    assert "77" in found.stopped and "training with them stops" in str(found)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="not compiled"):
        measure(keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]), table(1.0))
    few = table(1.0)._replace(bad=np.arange(400) > 30)
    with pytest.raises(ValueError, match="too few"):
        measure(line(), few)


def test_rows_of_a_file_are_flagged_as_the_audit_names_them(tmp_path: Path) -> None:
    tokens = [[1, 2], [3], [99], [], None, [1, 2, 3, 4]]
    labels = pa.array([0, 1, 0, 1, 0, 7])
    held = {"tokens": pa.array(tokens, pa.list_(pa.int32())), "label": labels}
    pq.write_table(pa.table(held), tmp_path / "a.parquet")
    contract = Contract.parse("tokens: int32[batch, time<=3] vocabulary=9 pad=0")
    terms = Terms(contract=contract, targets=(Target("label", classes=2),))
    found = rows(source(str(tmp_path / "a.parquet")), terms, 100)
    assert found.bad.tolist() == [False, False, True, True, True] and found.unfed == 1
    assert found.kinds == {
        kinds.OUTSIDE: 2,
        kinds.EMPTY: 1,
        kinds.NULL: 1,
        kinds.LENGTH: 1,
    }
    assert found.inputs.tolist() == [[1, 2, 0], [3, 0, 0], [99, 0, 0], [0, 0, 0], [1, 2, 3]]
    other = Terms(contract, targets=(Target("tags", classes=2),))
    with pytest.raises(ValueError, match="'tags'"):
        rows(source(str(tmp_path / "a.parquet")), other, 9)


def test_rows_become_arrays() -> None:
    pre = Contract.parse("x: int32[batch, time] pad=9 side=pre").inputs[0]
    assert array([[1], [2, 3]], pre).tolist() == [[9, 1], [2, 3]]
    plain = Contract.parse("x: float32[batch]").inputs[0]
    assert array([1, 2], plain).dtype == "float32"
    nulls = Contract.parse("x: float32[batch, 2]").inputs[0]
    assert np.isnan(array([[1.0, None]], nulls)[0, 1])


def test_an_interval_holds_its_mean() -> None:
    found = interval([1.0, 2.0, 3.0, 4.0])
    assert found is not None and found.low < found.mean == 2.5 < found.high
    assert interval([]) is None


def test_a_model_and_a_file(tmp_path: Path) -> None:
    held = table(8.0)
    rows_held = {"x": list(held.inputs.astype("float64").tolist()), "y": held.targets.tolist()}
    types = pa.schema([("x", pa.list_(pa.float32())), ("y", pa.float32())])
    pq.write_table(pa.table(rows_held, types), tmp_path / "a.parquet")
    found = impact(line(), str(tmp_path / "a.parquet"), labels="y", seconds=3)
    assert found.rows == 400 and found.defective == 0, "the model sets no bound that 8 is beyond"


def two(outputs: str, losses: Any) -> Any:
    a, b = keras.Input((2,), name="a"), keras.Input((1,), name="b")
    both = keras.layers.Concatenate()([a, b])
    kind = keras.layers.Dense(2, activation="softmax", name="kind")(both)
    value = keras.layers.Dense(1, name="value")(both)
    held = {"dict": {"kind": kind, "value": value}, "list": [kind, value]}[outputs]
    model = keras.Model({"a": a, "b": b}, held)
    weights = {"kind": 1.0, "value": 0.5} if outputs == "dict" else [1.0, 0.5]
    model.compile("sgd", losses, loss_weights=weights)
    return model


def columns_of_two(path: Path) -> str:
    generator = np.random.default_rng(0)
    held = generator.normal(size=(300, 3)).astype("float32")
    held[::30, 1] = np.nan
    kind, value = generator.integers(0, 2, 300), generator.normal(size=300)
    columns = {"a": held[:, :2].tolist(), "b": held[:, 2:].tolist(), "k": kind, "v": value}
    pq.write_table(pa.table(columns), path / "two.parquet")
    return str(path / "two.parquet")


BOTH = {"kind": "k", "value": "v"}
NAMED = {"kind": "sparse_categorical_crossentropy", "value": "mse"}


@pytest.mark.backend
@pytest.mark.parametrize(
    ("outputs", "losses", "labels"),
    [
        ("dict", NAMED, BOTH),
        ("list", list(NAMED.values()), BOTH),
        ("list", [NAMED["kind"], None], {"kind": "k"}),
        ("list", [NAMED["kind"], None], "k"),
    ],
    ids=["dict", "list", "one-loss", "one-loss-unnamed"],
)
def test_several_inputs_and_outputs(outputs: str, losses: Any, labels: Any, tmp_path: Path) -> None:
    model, data = two(outputs, losses), columns_of_two(tmp_path)
    found = impact(model, data, labels=labels, seconds=2)
    assert (found.rows, found.defective, found.kinds) == (300, 10, {kinds.NAN: 10})
    assert found.seeds and not found.stopped
    assert found.without is not None and 0 < found.without.mean < 10


def test_the_loss_of_several_outputs_is_what_the_model_minimises(tmp_path: Path) -> None:
    data = columns_of_two(tmp_path)
    one, other = (two("dict", NAMED), two("dict", NAMED))
    other.set_weights(one.get_weights())
    other.compile("sgd", NAMED, loss_weights={"kind": 100.0, "value": 0.5})
    told = [impact(model, data, labels=BOTH, seconds=2).without for model in (one, other)]
    assert told[0] is not None and told[1] is not None and told[1].mean > 10 * told[0].mean


def test_an_output_with_a_loss_needs_its_labels(tmp_path: Path) -> None:
    data = columns_of_two(tmp_path)
    with pytest.raises(ValueError, match="loss of the output `value` has no labels"):
        impact(two("dict", NAMED), data, labels={"kind": "k"})
    with pytest.raises(ValueError, match="is a line"):
        impact("a: float32[batch, 2]", data, labels="k")
    x = keras.Input((2,))
    nested = keras.Model(x, {"one": [keras.layers.Dense(1)(x), keras.layers.Dense(1)(x)]})
    with pytest.raises(ValueError, match="outputs are nested"):
        structured(nested, (), {"": np.ones(3)})


def test_labels_of_each_step_are_padded_as_the_steps_are(tmp_path: Path) -> None:
    x = keras.Input((None,), dtype="int32", name="tokens")
    held = keras.layers.Embedding(9, 3, mask_zero=True)(x)
    model = keras.Model(x, keras.layers.Dense(2, activation="softmax")(held))
    model.compile("sgd", "sparse_categorical_crossentropy")
    tokens = [[1, 2, 3], [4], [5, 6]] * 60
    tags = [[0, 1, 1], [1], [0, 0]] * 60
    tags[4] = [1, 0, 1]
    pq.write_table(pa.table({"tokens": tokens, "tags": tags}), tmp_path / "a.parquet")
    found = impact(model, str(tmp_path / "a.parquet"), labels="tags", seconds=2)
    assert (found.defective, found.kinds) == (1, {kinds.STEPS: 1}) and found.seeds
    padded = [row + [0] * (3 - len(row)) for row in tags]
    pq.write_table(pa.table({"tokens": tokens, "tags": padded}), tmp_path / "a.parquet")
    assert not impact(model, str(tmp_path / "a.parquet"), labels="tags", seconds=2).defective


def test_what_cannot_be_measured_does_not_cost_the_audit(tmp_path: Path) -> None:
    data = columns_of_two(tmp_path)
    two("dict", NAMED).save(tmp_path / "m.keras")
    asked = [data, "--contract", str(tmp_path / "m.keras"), "--labels", "kind=k", "--impact", "2"]
    done = CliRunner().invoke(command, asked)
    assert done.exit_code == 0 and "holds nan" in done.stdout
    assert "not read: impact: not measured: the loss of the output `value`" in done.stdout
    line = ["--contract", "a: float32[batch, 2]", "--labels", "k", "--impact", "2"]
    refused = CliRunner().invoke(command, [data, *line])
    assert refused.exit_code == 2 and "--contract is a line" in refused.stderr


def test_a_column_that_a_later_batch_has_is_fed_and_rows_without_it_are_not(tmp_path: Path) -> None:
    first = {"x": np.ones((2, 2), "int32"), "label": np.zeros(2)}
    then = {"x": np.full((2, 2), 0.5), "z": np.ones(2), "label": np.zeros(2)}
    line = "{x: float32[batch, 2]; z: float32[batch]}"
    terms = Terms(Contract.parse(line), targets=(Target("label", axes=()),))
    for batches in ([first, then], [then, first]):
        found = rows(source(iter(batches)), terms, 100)
        assert found.unfed == 2 and found.kinds == {"absent": 2}
        assert found.inputs["x"].tolist() == [[0.5, 0.5], [0.5, 0.5]]
    with pytest.raises(ValueError, match="no column of the data feeds 'z'"):
        rows(source(iter([first])), terms, 100)
