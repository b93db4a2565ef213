"""What a migration is held against: goldens, inputs, old interpreters, and the comparison."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from saveguard.contract import Contract
from saveguard.errors import SaveguardError
from saveguard.migration import custom, origin, target
from saveguard.migration.proof import environments, golden, inputs
from saveguard.migration.proof.compare import Comparison, compared
from saveguard.migration.proof.golden import Golden
from saveguard.migration.proof.lines import Gone, Process
from saveguard.migration.proof.reference import Asked, Reference

ROWS = np.arange(6, dtype="float32").reshape(2, 3)


def kept(folder: Path, **arrays: object) -> Path:
    path = folder / "golden.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (("in_00", "out_00"), ("0", "0")),
        (("in_1", "out_1"), ("0", "0")),
        (("in:0", "out:0"), ("0", "0")),
        (("input", "output"), ("0", "0")),
        (("in:tokens", "out:scores"), ("tokens", "scores")),
    ],
)
def test_a_golden_is_read_by_the_names_of_its_arrays(
    tmp_path: Path, names: tuple[str, str], places: tuple[str, str]
) -> None:
    found = golden.read(kept(tmp_path, **dict.fromkeys(names, ROWS)))
    assert (tuple(found.inputs), tuple(found.outputs)) == ((places[0],), (places[1],))
    assert found.rows == 2


def test_a_golden_counts_from_zero_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    path = kept(tmp_path, in_2=ROWS, in_10=ROWS + 1, out_1=ROWS)
    assert golden.read(path).inputs["1"][0, 0] == 1.0


def test_no_pickle_in_a_golden_is_opened(tmp_path: Path) -> None:
    path = kept(tmp_path, in_00=np.array([{}], dtype=object), out_00=ROWS)
    with pytest.raises(SaveguardError) as raised:
        golden.read(path)
    assert raised.value.codes == ("SG441",)


def test_inputs_lie_in_what_the_contract_allows() -> None:
    line = "ids: int32[batch, 6] vocabulary=4 pad=0; level: float32[batch, 2] range=0..1"
    found = next(inputs.seeded(Contract.parse(line)))
    assert set(np.unique(found["0"])) <= {0, 1, 2, 3}
    assert (found["0"][1] == 0).any() and (found["0"][0] != 0).all()
    assert found["1"].min() >= 0 and found["1"].max() <= 1
    assert len(found["0"]) == len(found["1"])


def test_inputs_are_the_same_at_each_call_and_grow_where_lengths_are_free() -> None:
    contract = Contract.parse("x: float32[batch, time, 3]")
    first, second = list(inputs.seeded(contract)), list(inputs.seeded(contract))
    assert np.array_equal(first[0]["0"], second[0]["0"])
    assert first[0]["0"].shape[1] < first[1]["0"].shape[1]
    fixed = Contract.parse("x: float32[batch=2, 5]")
    assert [one["0"].shape for one in inputs.seeded(fixed)] == [(2, 5)]


def test_inputs_that_leave_nothing_of_the_output_are_passed_by(tmp_path: Path) -> None:
    from saveguard.child import answer

    contract = Contract.parse("x: float32[batch, time, 3]")
    paths = []
    for number, one in enumerate(inputs.seeded(contract)):
        paths.append(str(tmp_path / f"{number}.npz"))
        golden.write(paths[-1], one)
    taken, found = answer.first_taken(lambda x: {"0": x[:, 5_000:-5_000]}, paths)
    assert found["0"].size and taken.shape[1] > 10_000


def test_inputs_are_held_as_the_model_takes_them() -> None:
    contract = Contract.parse("{left: float32[batch, 3]; right: float32[batch, 3]}")
    values = next(inputs.seeded(contract))
    assert set(values) == {"left", "right"}
    assert set(inputs.filled(contract, {"0": ROWS, "1": ROWS + 1})) == {"left", "right"}
    two = Contract.parse("[a: float32[batch, 3]; b: float32[batch, 3]]")
    given = inputs.filled(two, {"b": ROWS, "a": ROWS + 1})
    assert given[0][0, 0] == 1.0


def held(outputs: object, known: object, random: tuple[str, ...] = ()) -> Comparison:
    """A model that gives `outputs`, held against `known`."""
    import keras

    class Constant(keras.layers.Layer):
        def call(self, x):  # type: ignore[no-untyped-def]
            return keras.ops.convert_to_tensor(outputs)

    layer = Constant()
    expected = Golden(
        inputs={"0": ROWS}, outputs={"0": np.asarray(known)}, source="", random=random
    )
    return compared(keras.Sequential([layer]), expected, None)


def test_equal_up_to_the_order_of_sums() -> None:
    found = held(ROWS * np.float32(1 + 1e-6), ROWS)
    assert found.verdict == "equal" and 0 < (found.difference or 0) < 1e-5


def test_a_difference_is_told_with_its_place() -> None:
    other = ROWS.copy()
    other[1, 2] = 5.01
    found = held(other, ROWS)
    assert (found.verdict, found.where, found.expected) == ("differs", "output 0[1, 2]", "5.0")


def test_a_small_sample_is_not_hidden_behind_a_large_one() -> None:
    known = np.array([[1000.0, 1000.0], [20.0, 30.0]], "float32")
    other = known + np.array([[0, 0], [0.01, 0]], "float32")
    assert held(other, known).verdict == "differs"


@pytest.mark.parametrize(
    ("known", "got", "verdict"),
    [
        (0.00010818243, 0.00010816535, "equal"),  # a real model's, of TensorFlow 1.15 and today's
        (1e-4, 1.01e-4, "differs"),
        (1e-7, 2e-7, "differs"),
        (0.5, 0.5002, "differs"),
    ],
)
def test_a_small_probability_has_the_rounding_of_its_logit(
    known: float, got: float, verdict: str
) -> None:
    first, second = (np.array([[1e-3], [one]], "float32") for one in (known, got))
    assert held(second, first).verdict == verdict


def test_small_numbers_of_either_sign_are_no_probabilities() -> None:
    known = np.array([[1e-3], [1e-4], [-1e-3]], "float32")
    other = np.array([[1e-3], [1.0002e-4], [-1e-3]], "float32")
    assert held(other, known).verdict == "differs"


@pytest.mark.parametrize(
    ("outputs", "known"),
    [
        (ROWS[:, :2], ROWS),
        (np.full((2, 2), np.nan, "float32"), np.array([[1, 2], [3, 4]], "float32")),
        (np.array([[1, 2], [3, 4]], "float32"), np.array([[1, 2], [3, np.nan]], "float32")),
    ],
)
def test_shapes_and_what_is_no_number_differ(outputs: object, known: object) -> None:
    assert held(outputs, known).verdict == "differs"


def test_answers_that_are_the_same_for_every_input_prove_nothing() -> None:
    same = np.ones((2, 3), "float32")
    found = held(same, same)
    assert found.verdict == "not proven"
    assert found.told == ("output 0 is known to be the same for every input",)


def test_answers_that_change_from_call_to_call_prove_nothing() -> None:
    found = held(ROWS + 1, ROWS, random=("0",))
    assert (found.verdict, found.told) == (
        "not proven",
        ("output 0 changes from call to call",),
    )


@pytest.mark.parametrize(
    ("requirement", "python", "beside"),
    [
        ("tensorflow==1.15.*", "3.7", "h5py<3"),
        ("tensorflow==2.4.*", "3.8", "protobuf<3.21"),
        ("tensorflow-cpu==2.6.5", "3.9", "keras==2.6.*"),
        ("tensorflow==2.15.1", "3.11", "numpy<2"),
        ("keras==2.2.4", "3.7", "tensorflow==1.15.*"),
        ("keras==3.3.3", "3.11", "tensorflow-cpu==2.16.*"),
        ("tf_keras==2.18.0", "3.11", "tensorflow-cpu==2.18.*"),
    ],
)
def test_a_release_gets_its_python_and_its_neighbours(
    requirement: str, python: str, beside: str
) -> None:
    found, wanted = environments.recipe(requirement)
    assert found == python
    assert wanted[0] == requirement and beside in wanted


@pytest.mark.parametrize(
    ("version", "tensorflow", "requirement"),
    [
        ("", "", "keras==1.2.2"),
        ("2.2.4", "", "keras==2.2.4"),
        ("2.2.4-tf", "", "tensorflow-cpu==2.1.*"),
        ("2.4.0", "2.3.2", "tensorflow-cpu==2.3.*"),
        ("2.12.0", "", "tensorflow-cpu==2.12.*"),
        ("2.17.0", "", "tf_keras==2.17.*"),
        ("3.3.3", "", "keras==3.3.*"),
    ],
)
def test_the_release_that_wrote_a_file_is_suggested(
    version: str, tensorflow: str, requirement: str
) -> None:
    assert environments.suggested(version, tensorflow) == requirement
    environments.recipe(requirement)


def test_what_names_no_release_is_refused() -> None:
    with pytest.raises(SaveguardError) as raised:
        environments.interpreter("numpy==1.0")
    assert raised.value.codes == ("SG442",)


def test_classes_are_given_as_texts_and_by_name() -> None:
    found = custom.given(["pathlib:Path", "Own=pathlib:PurePath"])
    assert [(name, one.__name__) for name, one in found.items()] == [
        ("Path", "Path"),
        ("Own", "PurePath"),
    ]
    assert custom.places(found)["Path"].endswith(":Path")
    with pytest.raises(SaveguardError, match="give it as module:Class"):
        custom.given(["Path"])
    with pytest.raises(SaveguardError, match="ModuleNotFoundError"):
        custom.given(["no_such_module_here:Path"])


def test_an_old_file_is_never_a_target(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new.keras"
    old.mkdir()
    for wrong in (old, old / "new.keras"):
        with pytest.raises(SaveguardError, match="never written to"):
            target.refuse(str(old), str(wrong), overwrite=True)
    new.write_bytes(b"")
    with pytest.raises(SaveguardError, match="overwrite"):
        target.refuse(str(old), str(new), overwrite=False)
    target.refuse(str(old), str(new), overwrite=True)


def test_a_folder_s_digest_is_that_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = origin.digest(str(tmp_path))
    (tmp_path / "b").write_text("")
    assert origin.digest(str(tmp_path)) != first
    assert origin.digest(str(tmp_path / "a")).startswith("sha256:6b86b2")


def test_a_process_that_ends_says_so_and_the_next_question_starts_another() -> None:
    source = "import sys; line = sys.stdin.readline(); print(line if '1' in line else '', end='')"
    process = Process([sys.executable, "-c", source], {}, limit=60)
    with pytest.raises(Gone, match="ended with 0: it said nothing"):
        process.ask({"n": 2})
    assert process.ask({"n": 1}) == {"n": 1}
    process.close()


def test_an_interpreter_answers_for_a_model(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save(tmp_path / "m.h5")
    reference = Reference(sys.executable)
    asked = Asked(path=str(tmp_path / "m.h5"), layout="h5", version="3.15.1", inputs=({"0": ROWS},))
    found = reference.golden(asked)
    reference.close()
    assert np.allclose(found.outputs["0"], np.asarray(model(ROWS)), atol=1e-6)
    assert "Keras 3." in found.source and found.random == ()


def test_what_old_interpreters_run_is_syntax_of_python_3_6() -> None:
    import ast

    from saveguard.child import answer

    ast.parse(Path(answer.__file__).read_text(encoding="utf-8"), feature_version=(3, 6))
