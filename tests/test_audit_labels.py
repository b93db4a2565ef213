"""Labels of several outputs, of several values, and of each step; lengths of several axes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saveguard
from saveguard.archive.outputs import outputs
from saveguard.archive.read import read
from saveguard.data import targets as due
from saveguard.data.contracts import known
from saveguard.facts import Output

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
keras = pytest.importorskip("keras")

X = [[0.5, 1.0], [1.5, 2.0], [2.5, 3.0]]


def messages(path: Path, model: Any, labels: Any, **columns: Any) -> list[str]:
    pq.write_table(pa.table({"x": X, **columns}), path / "a.parquet")
    report = saveguard.audit(path / "a.parquet", model, labels=labels, columns={"x": "x"})
    return [one.message for one in report.findings]


def two(losses: Any, *, as_dictionary: bool) -> Any:
    x = keras.Input((2,), name="x")
    kind = keras.layers.Dense(3, activation="softmax", name="kind")(x)
    tags = keras.layers.Dense(2, activation="sigmoid", name="tags")(x)
    held = {"kind": kind, "tags": tags} if as_dictionary else [kind, tags]
    model = keras.Model(x, held)
    model.compile(loss=losses)
    return model


SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@pytest.mark.parametrize("as_dictionary", [True, False])
@pytest.mark.parametrize("saved", [True, False])
def test_each_output_has_its_labels(tmp_path: Path, as_dictionary: bool, saved: bool) -> None:
    losses = {"kind": SPARSE, "tags": BINARY} if as_dictionary else [SPARSE, BINARY]
    model = two(losses, as_dictionary=as_dictionary)
    if saved:
        model.save(tmp_path / "m.keras")
        model = tmp_path / "m.keras"
    kinds, tags = [0, 2, 3], [[0.0, 1.0], [1.0], [0.5, 2.0]]
    assert messages(tmp_path, model, {"kind": "k", "tags": "t"}, k=kinds, t=tags) == [
        "1 row of the labels `t` has another length, the first 1; the loss takes 2 values a row",
        "label 3 in `k` is not among the classes 0 to 2",
        "label 2.0 in `t` is not among the classes 0 to 1",
    ]
    assert messages(tmp_path, model, {"kind": "k"}, k=[0, 1, 2], t=tags) == []


def test_one_column_does_not_say_whose_labels_it_has(tmp_path: Path) -> None:
    model = two([SPARSE, BINARY], as_dictionary=False)
    with pytest.raises(ValueError, match="--labels kind=COLUMN --labels tags=COLUMN"):
        messages(tmp_path, model, "k", k=[0, 1, 2])
    assert messages(tmp_path, model, "kind", kind=[0, 1, 9]) == [
        "label 9 in `kind` is not among the classes 0 to 2"
    ]
    with pytest.raises(ValueError, match="no output `other`"):
        messages(tmp_path, model, {"other": "k"}, k=[0, 1, 2])


@pytest.mark.parametrize("form", [dict, list])
def test_labels_in_memory_are_known_by_name_or_place(form: type) -> None:
    model = two([SPARSE, BINARY], as_dictionary=False)
    kind, tags = np.array([0, 1, 7]), np.array([[0, 1], [1, 1], [0, 0]], "float32")
    y = {"kind": kind, "tags": tags} if form is dict else [kind[:, None], tags]
    report = saveguard.audit((np.array(X, "float32"), y), model)
    assert report.codes == ("SG508",)
    assert report.findings[0].where.startswith("y['kind']" if form is dict else "y[0]")


def model_of(*layers: Any, loss: Any, steps: bool = False) -> Any:
    model = keras.Sequential([keras.Input((None, 2) if steps else (2,)), *layers])
    model.compile(loss=loss)
    return model


def dense(units: int) -> Any:
    return keras.layers.Dense(units, activation="softmax")


STEPS = [[X[0]] * 2, [X[1]], [X[2]] * 3]


@pytest.mark.parametrize("saved", [True, False])
def test_a_label_for_each_step(tmp_path: Path, saved: bool) -> None:
    model = model_of(dense(4), loss=SPARSE, steps=True)
    if saved:
        model.save(tmp_path / "m.keras")
        model = tmp_path / "m.keras"
    fits, not_all = [[0, 3], [1], [2, 2, 0]], [[0, 4], [1], [2, -1, 9]]
    assert messages(tmp_path, model, "y", x=STEPS, y=fits) == []
    assert messages(tmp_path, model, "y", x=STEPS, y=not_all) == [
        "label 4 in `y` is not among the classes 0 to 3; 2 rows are so"
    ]
    assert messages(tmp_path, model, "y", x=STEPS, y=[0, 1, 2]) == [
        "3 rows of the labels `y` are int64; the loss takes one number a step"
    ]


def test_rows_of_shares(tmp_path: Path) -> None:
    model = model_of(dense(2), loss="categorical_crossentropy")
    assert messages(tmp_path, model, "y", y=[[0.25, 0.75], [0.0, 1.0], [1.0, 0.0]]) == []
    assert messages(tmp_path, model, "y", y=[[0.0, 2.0], [0.0, 1.0], [1.0, 0.0]]) == [
        "value 2.0 in the labels `y` is no share, 0 to 1"
    ]


def test_a_label_that_the_loss_leaves_out_is_none(tmp_path: Path) -> None:
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    model = model_of(dense(3), loss=loss)
    assert messages(tmp_path, model, "y", y=[0, -1, 2]) == []
    model.save(tmp_path / "m.keras")
    assert messages(tmp_path, tmp_path / "m.keras", "y", y=[0, -1, 2]) == []
    told = messages(tmp_path, tmp_path / "m.keras", "y", y=[0, -2, 2])
    assert told == ["label -2 in `y` is not among the classes 0 to 2"]


def test_of_a_loss_that_nobody_knows_nothing_is_said(tmp_path: Path) -> None:
    def own(y_true: Any, y_pred: Any) -> Any:
        return keras.ops.mean(y_pred)

    model = model_of(dense(3), loss=own)
    assert messages(tmp_path, model, "y", y=[[1, 2, 3, 4], [5], [6]]) == []


LOSSES = [SPARSE, keras.losses.Huber(), keras.losses.mean_squared_error, None]


@pytest.mark.parametrize(
    "loss", LOSSES, ids=lambda loss: getattr(loss, "__name__", type(loss).__name__)
)
def test_a_file_tells_of_its_outputs_what_the_model_does(tmp_path: Path, loss: Any) -> None:
    for at, steps in enumerate((False, True)):
        model = model_of(dense(3), keras.layers.Softmax(), loss=loss, steps=steps)
        model.save(tmp_path / f"{at}.keras")
        assert outputs(read(tmp_path / f"{at}.keras")) == known(model).outputs


def test_what_is_due_of_an_image_of_classes() -> None:
    one = Output(loss="SparseCategoricalCrossentropy", units=5, axes=(8, 8, 5))
    (target,) = due.targets([one], "mask", None)
    assert str(target.input) == "mask: int64[batch, 8, 8] vocabulary=5"


def test_lengths_are_told_of_each_axis(tmp_path: Path) -> None:
    rows = [[[1.0, 2.0]] * 3, [[1.0, 2.0], [3.0]], [[4.0, 5.0]] * 9, [[], [1.0]]]
    pq.write_table(pa.table({"x": rows}), tmp_path / "a.parquet")
    path = tmp_path / "a.parquet"
    report = saveguard.audit(path, "x: float64[batch, time<=4, 2]")
    assert [(one.where, one.message) for one in report.findings] == [
        ("x[1, 1]", "2 rows of `x` have another length on axis 2 than [2]; the first has 1"),
        ("x[2]", "a row of `x` has another length than [time<=4, 2]; the first has 9"),
    ]
    assert report.summary.columns["x"].longest == (9, 2)
    ragged = saveguard.audit(path, "x: float64[batch, time, any]")
    assert [(one.code, one.message) for one in ragged.findings] == [
        ("SG621", "one row has sequences without values on axis 2")
    ]


def tagger(**outputs: Any) -> Any:
    tokens, mood = keras.Input((None,), dtype="int32", name="tokens"), keras.Input((), name="mood")
    held = keras.layers.Embedding(99, 4, mask_zero=True)(tokens)
    held = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))(held)
    held = keras.layers.Add()([held, keras.layers.Dense(6)(held)])
    model = keras.Model({"mood": mood, "tokens": tokens}, dense(5)(held))
    model.compile(loss=SPARSE)
    return model


TOKENS = [[1, 2, 3], [4, 5], [6], [7, 8, 9, 10], [11, 12]]


@pytest.mark.parametrize("saved", [True, False])
def test_as_many_labels_as_steps(tmp_path: Path, saved: bool) -> None:
    model = tagger()
    if saved:
        model.save(tmp_path / "m.keras")
        model = tmp_path / "m.keras"
    fits = [[0] * len(row) for row in TOKENS]
    wrong = [fits[0], [0, 1, 4], None, [1], []]
    for name, tags in (("fits", fits), ("wrong", wrong)):
        table = pa.table({"words": TOKENS, "mood": [0.5] * 5, "tags": tags})
        pq.write_table(table, tmp_path / f"{name}.parquet", row_group_size=2)
    columns = {"tokens": "words"}
    clean = saveguard.audit(tmp_path / "fits.parquet", model, labels="tags", columns=columns)
    assert [one.code for one in clean.findings] == ["SG561", "SG561"], "of `mood` and `tags`"
    report = saveguard.audit(tmp_path / "wrong.parquet", model, labels="tags", columns=columns)
    (finding,) = (one for one in report.findings if one.code == "SG506")
    assert (finding.message, finding.where) == (
        "3 rows have another number of labels in `tags` than of steps in `words`; the first has"
        " 3 for 2",
        "tags[1]",
    )
    lines = [line.rpartition("parquet")[2] for line in finding.evidence]
    assert lines == ["[1]: (3, 2)", "[3]: (1, 4)", "[4]: (0, 2)"]


def test_labels_or_steps_that_are_padded_already_say_nothing(tmp_path: Path) -> None:
    model = tagger()
    padded = [row + [0] * (5 - len(row)) for row in TOKENS]
    ragged = [[1, 2, 3, 4][: len(row)] for row in TOKENS]
    for tokens, tags in ((TOKENS, [[0, 1, 2, 3, 4]] * 5), (padded, ragged)):
        table = pa.table({"tokens": tokens, "mood": [0.5, 1.0] * 2 + [2.0], "tags": tags})
        pq.write_table(table, tmp_path / "a.parquet")
        report = saveguard.audit(tmp_path / "a.parquet", model, labels="tags")
        assert "SG506" not in report.codes
    whole = [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]
    table = pa.table({"tokens": whole, "mood": [0.5, 1.0] * 2 + [2.0], "tags": ragged})
    pq.write_table(table, tmp_path / "a.parquet")
    report = saveguard.audit(tmp_path / "a.parquet", model, labels="tags")
    assert report.codes == ("SG506",), "no padding is seen in steps of one length"


def steps_of(*layers: Any, shape: tuple[int | None, ...] = (None, 4)) -> list[int | None]:
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile(loss=SPARSE)
    return [one.follows for one in known(model).outputs]


@pytest.mark.parametrize(
    ("layers", "follows"),
    [
        ([keras.layers.Conv1D(3, 3, padding="causal"), dense(2)], 0),
        ([keras.layers.Conv1D(3, 3, padding="same", strides=2), dense(2)], None),
        ([keras.layers.Conv1D(3, 3), dense(2)], None),
        ([keras.layers.GRU(3, return_sequences=True), keras.layers.TimeDistributed(dense(2))], 0),
        ([keras.layers.GRU(3), dense(2)], None),
        ([keras.layers.Bidirectional(keras.layers.GRU(3)), dense(2)], None),
        ([keras.layers.MaxPooling1D(2), dense(2)], None),
        ([keras.Sequential([keras.layers.Dense(3), keras.layers.Dropout(0.1)]), dense(2)], 0),
    ],
    ids=lambda given: "-".join(one.name for one in given) if isinstance(given, list) else None,
)
def test_whose_steps_an_output_has(layers: list[Any], follows: int | None) -> None:
    assert steps_of(*layers) == [follows]


def test_of_several_inputs_that_of_the_decoder(tmp_path: Path) -> None:
    source, target = keras.Input((None, 4), name="source"), keras.Input((None, 4), name="target")
    attended = keras.layers.MultiHeadAttention(1, 2)(target, source)
    inner = keras.Model([source, target], keras.layers.Add()([target, attended]))
    both = keras.Model([target, source], dense(3)(inner([source, target])))
    both.compile(loss=SPARSE)
    both.save(tmp_path / "m.keras")
    for model in (both, tmp_path / "m.keras"):
        (output,) = known(model).outputs
        assert (output.follows, known(model).contract.inputs[0].name) == (0, "target")


def test_a_layer_without_a_configuration_leaves_the_steps_unknown() -> None:
    class Own(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
        def __init__(self, width: int) -> None:
            super().__init__()
            self.width = width

        def get_config(self) -> Any:
            raise NotImplementedError

        def call(self, x: Any) -> Any:
            return x

    assert steps_of(Own(3), dense(2)) == [None]
