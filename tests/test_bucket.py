"""Buckets: every sequence once, little padding, and what Keras and TensorFlow are fed."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import saveguard
from saveguard import SaveguardError
from saveguard.sequences import scatter, widths
from saveguard.sequences.flat import flat, take


def lognormal(rows: int) -> list[Any]:
    generator = np.random.default_rng(0)
    lengths = np.clip(generator.lognormal(np.log(50) - 0.32, 0.8, rows).astype(int), 1, 400)
    return [np.arange(1, n + 1, dtype="i4") for n in lengths]


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=60),
    st.integers(1, 9),
    st.integers(1, 7),
    st.booleans(),
)
def test_each_sequence_is_in_one_batch(lengths: Any, size: int, count: int, shuffle: bool) -> None:
    rows = [np.arange(n, dtype="i2") + 1 for n in lengths]
    made = saveguard.bucket(rows, np.arange(len(rows)), batch_size=size, buckets=count,
                            shuffle=shuffle, seed=3)  # fmt: skip
    seen: list[int] = []
    for number, batch in enumerate(made):
        assert 1 <= len(batch.rows) <= size and batch.rows.tolist() == batch.others[0].tolist()
        for row, index in zip(batch.values, batch.rows, strict=True):
            assert (
                row[: lengths[index]].tolist() == rows[index].tolist()
                and not row[lengths[index] :].any()
            )
        assert batch.mask.sum(1).tolist() == batch.lengths.tolist()
        assert np.array_equal(made[number].values, batch.values)
        seen += batch.rows.tolist()
    assert sorted(seen) == list(range(len(rows))) and number == len(made) - 1
    assert len({batch.values.shape[1] for batch in made}) <= count
    assert made.waste <= made.waste_before + 1e-9


@st.composite
def unequal(draw: Any) -> list[Any]:
    dtype = draw(st.sampled_from(["i1", "u2", "i4", "f2", "f4", "f8", "?", "c8", ">i4", "O"]))
    inner = draw(st.sampled_from([(), (2,), (2, 3)])) if dtype != "O" else ()
    lengths = draw(st.lists(st.integers(0, 30), min_size=1, max_size=40))
    generator = np.random.default_rng(len(lengths))
    rows = [generator.integers(0, 2, (n, *inner)).astype(dtype) for n in lengths]
    return [row.astype(str).astype(object) for row in rows] if dtype == "O" else rows


@given(
    unequal(),
    st.integers(1, 5),
    st.sampled_from(["pre", "post"]),
    st.booleans(),
    st.sampled_from([1, 64, 4 << 20]),
)
def test_batches_are_the_sequences_however_many_are_made_together(
    rows: Any, size: int, side: Any, shuffle: bool, together: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("saveguard.sequences.bucket._TOGETHER", together)
        made = saveguard.bucket(rows, np.arange(len(rows)), [[n] for n in range(len(rows))],
                                batch_size=size, buckets=3, side=side, shuffle=shuffle, seed=1,
                                empty="keep", accept=["SG604"])  # fmt: skip
    batches = list(made)
    seen = np.concatenate([batch.rows for batch in batches])
    assert sorted(seen.tolist()) == list(range(len(rows))) and len(batches) == len(made)
    for batch, again in zip(batches, [made[at] for at in range(len(made))], strict=True):
        assert len(batch.rows) <= size and batch.rows.tolist() == again.rows.tolist()
        assert batch.others[0].tolist() == batch.others[1][:, 0].tolist() == batch.rows.tolist()
        assert batch.values.dtype == made.plan.held.values.dtype
        for values, mask, row in zip(batch.values, batch.mask, batch.rows, strict=True):
            assert values[mask].tolist() == rows[row].tolist()
            assert (values[~mask] == made.plan.value).all()
    steps = sum(batch.values.shape[0] * batch.values.shape[1] for batch in batches)
    assert made.waste == pytest.approx(1 - sum(map(len, rows)) / steps)


def test_a_batch_comes_when_its_last_sequence_does() -> None:
    rows = [[1], [1, 2, 3], [4], [4, 5, 6], [7]]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("saveguard.sequences.bucket._TOGETHER", 1)
        made = saveguard.bucket(rows, batch_size=2)
    assert [batch.rows.tolist() for batch in made] == [[0, 2], [1, 3], [4]]
    assert made[-1].rows.tolist() == [4]
    with pytest.raises(IndexError):
        made[3]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=30), st.integers(1, 4))
def test_no_other_widths_leave_less_padding(lengths: Any, count: int) -> None:
    def steps(chosen: Any) -> int:
        return int(np.asarray(chosen)[np.searchsorted(chosen, lengths)].sum())

    found, longest = widths.choose(np.array(lengths), count), max(lengths)
    others = itertools.combinations(
        sorted(set(lengths) - {longest}), min(count, len(set(lengths))) - 1
    )
    assert found[-1] == longest and len(found) <= count
    assert steps(found) == min(steps([*other, longest]) for other in others)


def test_little_of_real_lengths_is_padding() -> None:
    made = saveguard.bucket(lognormal(20_000))
    assert made.waste <= 0.12 < 0.85 < made.waste_before
    assert "batches of 16 widths" in made.report.read[1]


def test_many_lengths_are_thinned() -> None:
    lengths = np.random.default_rng(0).integers(1, 10_000, 5_000)
    found = widths.choose(lengths, 16)
    assert len(found) == 16 and found[-1] == lengths.max()
    assert widths.choose(lengths, 16, multiple_of=64)[-1] % 64 == 0


def test_widths_that_are_given() -> None:
    made = saveguard.bucket([[1], [2, 3], [4, 5, 6]], widths=[2, 4], batch_size=2)
    assert [batch.values.shape for batch in made] == [(2, 2), (1, 4)]
    with pytest.raises(ValueError, match="a sequence has 3 steps, the largest width is 2"):
        saveguard.bucket([[4, 5, 6]], widths=[2])
    with pytest.raises(ValueError, match="a width is at least 1, not 0"):
        saveguard.bucket([[4]], widths=[0, 1])
    with pytest.raises(ValueError, match="a batch has at least one sequence, not 0"):
        saveguard.bucket([[4]], batch_size=0)
    with pytest.raises(ValueError, match="1 sequences, but 2 rows beside them"):
        saveguard.bucket([[1]], [1, 2])


def test_empties_take_their_targets_with_them() -> None:
    made = saveguard.bucket([[1], [], [2, 3]], [10, 11, 12], empty="drop", buckets=1)
    (batch,) = made
    assert batch.rows.tolist() == [0, 2] and batch.others[0].tolist() == [10, 12]
    with pytest.raises(SaveguardError, match="SG621"):
        saveguard.bucket([[1], []])


def test_pad_sequences_is_that_of_keras_but_for_the_dtype() -> None:
    rows = [[1, 2, 3], [4], [], [5, 6]]
    assert saveguard.pad_sequences(rows).tolist() == [[1, 2, 3], [0, 0, 4], [0, 0, 0], [0, 5, 6]]
    assert saveguard.pad_sequences([[0.2, 0.9], [1.7]]).tolist() == [[0.2, 0.9], [0.0, 1.7]]
    with pytest.raises(SaveguardError, match="SG541"):
        saveguard.pad_sequences([[0.2, 0.9], [1.7]], dtype="int32")
    with pytest.raises(ValueError, match='Padding type "left" not understood'):
        saveguard.pad_sequences(rows, padding="left")


@pytest.mark.slow
@given(
    st.tuples(
        st.lists(st.lists(st.integers(-99, 99), max_size=6), min_size=1, max_size=6),
        st.none() | st.integers(1, 5),
        st.sampled_from(["int32", "float32", "float64"]),
        st.sampled_from(["pre", "post"]),
        st.sampled_from(["pre", "post"]),
        st.integers(-3, 3),
    )
)
def test_pad_sequences_gives_what_keras_gives(arguments: Any) -> None:
    import keras

    theirs, ours = keras.utils.pad_sequences(*arguments), saveguard.pad_sequences(*arguments)
    assert theirs.dtype == ours.dtype and theirs.tolist() == ours.tolist()


@pytest.mark.slow
def test_keras_and_tensorflow_are_fed(tmp_path: Any) -> None:
    import keras
    import tensorflow as tf

    rows = [[1, 2, 3], [4], [5, 6], [7, 8, 9, 1]]
    made = saveguard.bucket(rows, np.arange(4.0), batch_size=2, buckets=2)
    fed = [(x.numpy().tolist(), y.numpy().tolist()) for x, y in made.to_tf_data()]
    assert fed == [(b.values.tolist(), b.others[0].tolist()) for b in made]
    assert isinstance(made.to_tf_data(), tf.data.Dataset) and len(made.to_tf_data()) == len(made)
    layers = [
        keras.layers.Embedding(10, 4, mask_zero=True),
        keras.layers.GRU(3),
        keras.layers.Dense(1),
    ]
    model = keras.Sequential([keras.Input((None,), dtype="int32"), *layers])
    model.compile(loss="mse")
    model.fit(made.to_keras(), verbose=0)
    model.fit(made.to_tf_data(), verbose=0)
    # What is padded to one width or to several, before a save or after it, is the same to a model.
    padded = saveguard.pad(rows, value=0)
    whole = model.predict(padded.values, verbose=0)
    saveguard.save(model, tmp_path / "m.keras", example=padded.values, prove=False)
    loaded = saveguard.load(tmp_path / "m.keras")
    for batch in made:
        mask = keras.ops.convert_to_numpy(loaded.layers[0].compute_mask(batch.values))
        assert np.array_equal(mask, batch.mask)
        np.testing.assert_allclose(
            loaded.predict(batch.values, verbose=0), whole[batch.rows], atol=1e-6
        )
    wider = saveguard.pad(rows, value=0, multiple_of=16)
    np.testing.assert_allclose(loaded.predict(wider.values, verbose=0), whole, atol=1e-6)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "int64", "float16", "float32", "f8"])
@pytest.mark.parametrize("value", [0, -0.0, 3])
def test_rows_read_together_are_what_each_is_alone(dtype: str, value: float) -> None:
    generator = np.random.default_rng(0)
    lengths = generator.integers(5, 9, 300)
    values = generator.integers(1, 100, int(lengths.sum())).astype(dtype)
    held, filler = flat(values, lengths), np.dtype(dtype).type(value)
    expected = np.full((len(lengths), 8), filler)
    for row, (start, length) in enumerate(zip(held.starts, lengths, strict=True)):
        expected[row, :length] = values[start : start + length]
    for rows in (slice(None), slice(0, 4)):  # many at a time, and few
        found = scatter.gather(take(held, rows), 8, filler)
        assert found.dtype == expected.dtype and found.tobytes() == expected[rows].tobytes()


def test_widths_are_multiples_of_what_was_asked() -> None:
    assert widths.choose(np.array([0, 3, 5, 16]), 9, 8).tolist() == [8, 16]
    assert widths.choose(np.array([0, 3, 5, 5]), 9).tolist() == [1, 3, 5]
