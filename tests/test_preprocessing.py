"""Preprocessing held to the file: recorded at the save, run again by verify and load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from shops import CLEAN, TEXTS, TOKENIZER, codes_of_load, model_of, saved, writer

import saveguard
from saveguard.child import prepare
from saveguard.contract import Contract
from saveguard.persist import preprocessing


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes modules of a user's package, and imports the first of them."""
    return writer(tmp_path, monkeypatch)


def test_a_save_proves_the_preprocessing_in_the_fresh_process(tmp_path: Path, shop: Any) -> None:
    module = shop(text=TOKENIZER, clean=CLEAN)
    path = tmp_path / "m.keras"
    receipt = saveguard.save(model_of(4), path, preprocessing=module.encode, raw=TEXTS)
    assert receipt.proven and receipt.report.findings == ()
    assert f"3 raw examples through {module.__name__}:encode" in receipt.report.read
    assert receipt.golden is not None and receipt.golden.rows == 3, "the outputs are the example"
    recorded = receipt.contract.preprocessing if receipt.contract else None
    assert recorded is not None
    assert set(recorded.definitions) == {"encode", "WORD", f"{module.__package__}.clean.plain"}
    found = saveguard.preprocessing(path)
    assert found is module.encode
    assert saveguard.load(path).count_params() == 5
    report = saveguard.verify(path)
    assert report.ok and f"3 raw examples through {module.__name__}:encode" in report.read


def test_plain_keras_loads_the_file(tmp_path: Path, shop: Any) -> None:
    path = saved(tmp_path, shop(text=TOKENIZER, clean=CLEAN).encode, TEXTS, 4)
    assert keras.models.load_model(path).count_params() == 5


def test_a_function_that_was_edited_is_told_with_the_raw_example(tmp_path: Path, shop: Any) -> None:
    path = saved(tmp_path, shop(text=TOKENIZER, clean=CLEAN).encode, TEXTS, 4)
    shop(text=TOKENIZER.replace("\\w+", "[\\w']+"), clean=CLEAN)
    report = saveguard.verify(path)
    (finding,) = report.findings
    assert (finding.code, finding.certainty) == ("SG430", "certain")
    assert "`WORD` was edited" in finding.message and "1 of 3 raw examples" in finding.message
    assert finding.evidence == (
        '"It isn\'t a film" -> output[3] was 1, is 4 (off by 3); 2 of 4 values differ',
    )
    assert codes_of_load(path) == ("SG430",)
    assert saveguard.load(path, preprocessing=False).count_params() == 5


def test_a_helper_in_another_module_counts(tmp_path: Path, shop: Any) -> None:
    path = saved(tmp_path, shop(text=TOKENIZER, clean=CLEAN).encode, TEXTS, 4)
    shop(text=TOKENIZER, clean=CLEAN.replace("lower()", "replace(',', ' x')"))
    (finding,) = saveguard.verify(path).findings
    assert finding.code == "SG430" and ".clean.plain` was edited" in finding.message


def test_an_edit_without_an_effect_is_only_possible(tmp_path: Path, shop: Any) -> None:
    path = saved(tmp_path, shop(text=TOKENIZER, clean=CLEAN).encode, TEXTS, 4)
    shop(text=TOKENIZER, clean=CLEAN.replace("lower()", "casefold()"))
    with pytest.warns(UserWarning, match="SG430"):
        saveguard.load(path)


def test_comments_formatting_and_docstrings_are_no_edit(tmp_path: Path, shop: Any) -> None:
    path = saved(tmp_path, shop(text=TOKENIZER, clean=CLEAN).encode, TEXTS, 4)
    reformatted = TOKENIZER.replace("'''Word lengths.'''", "'''Other words.'''  # same")
    shop(text=reformatted, clean="def plain(text: str) -> str:\n    return (  text.lower()  )\n")
    assert saveguard.verify(path).findings == ()


def test_a_function_that_is_gone(tmp_path: Path, shop: Any) -> None:
    path = saved(tmp_path, shop(text=TOKENIZER, clean=CLEAN).encode, TEXTS, 4)
    module = shop(text=TOKENIZER.replace("def encode", "def tokenize"), clean=CLEAN)
    (finding,) = saveguard.verify(path).findings
    assert (finding.code, finding.certainty) == ("SG434", "likely")
    with pytest.warns(UserWarning, match="SG434"):
        saveguard.load(path)
    # The new name, held to what the file records: the same.
    report_of_new = saveguard.load(path, preprocessing=module.tokenize)
    assert report_of_new.count_params() == 5


def vectorization(texts: list[str]) -> Any:
    layer = keras.layers.TextVectorization(output_sequence_length=4)
    layer.adapt(texts)
    return layer


def test_text_vectorization_adapted_again(tmp_path: Path) -> None:
    if keras.backend.backend() != "tensorflow":
        pytest.skip("TextVectorization computes with TensorFlow")
    path = tmp_path / "m.keras"
    layers = [keras.layers.Embedding(9, 2), keras.layers.Flatten()]
    model = keras.Sequential([keras.Input((4,), dtype="int64"), *layers])
    vectorize = vectorization(["a good film", "a bad film"])
    saveguard.save(model, path, preprocessing=vectorize, raw=["a good film"], prove=False)
    saveguard.load(path, preprocessing=vectorization(["a good film", "a bad film"]))
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(path, preprocessing=vectorization(["a dog", "a good dog"]))
    (finding,) = caught.value.report.findings
    assert finding.code == "SG431" and finding.certainty == "certain"
    assert "get_vocabulary()[2]` and 1 more of the preprocessing is 'dog'" in finding.message
    assert "was 'film' of 6 terms when the model was saved" in finding.message


@pytest.mark.backend
@pytest.mark.parametrize("layer", ["Resizing", "Normalization"])
def test_keras_layers_without_a_path(tmp_path: Path, layer: str) -> None:
    image = np.arange(48.0, dtype="float32").reshape(4, 4, 3) ** 1.5
    make = {
        "Resizing": lambda how: keras.layers.Resizing(2, 2, interpolation=how),
        "Normalization": lambda how: keras.layers.Normalization(
            mean=len(how), variance=2.0, axis=None
        ),
    }[layer]
    path = tmp_path / "m.keras"
    shape = (2, 2, 3) if layer == "Resizing" else (4, 4, 3)
    receipt = saveguard.save(
        model_of(*shape), path, preprocessing=make("bilinear"), raw=[image], prove=False
    )
    assert receipt.report.codes == ("SG436",)
    assert codes_of_load(path, preprocessing=make("nearest")) == ("SG431",)
    assert saveguard.load(path, preprocessing=make("bilinear")).count_params() > 0


PILLOW = """
import numpy as np
from PIL import Image

def prepare(image):
    return np.asarray(image.resize((2, 2){how}), "float32")
"""


def test_another_filter_of_pillow(tmp_path: Path, shop: Any) -> None:
    image = pytest.importorskip("PIL.Image")
    noise = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype="uint8")
    module = shop(images=PILLOW.format(how=""))
    path = tmp_path / "m.keras"
    options = {"preprocessing": module.prepare, "raw": [image.fromarray(noise)]}
    receipt = saveguard.save(model_of(2, 2, 3), path, **options)
    assert receipt.proven
    recorded = receipt.contract.preprocessing if receipt.contract else None
    assert recorded is not None and set(recorded.libraries) == {"numpy", "pillow", "python"}
    shop(images=PILLOW.format(how=", Image.Resampling.BOX"))
    (finding,) = saveguard.verify(path).findings
    assert finding.code == "SG430" and "of 12 values differ" in finding.evidence[0]


def test_lambdas_closures_and_general_libraries_have_no_path(shop: Any) -> None:
    def closure(length: int) -> Any:
        def encode(text: str) -> list[float]:
            return [float(len(text) > length)]

        return encode

    for function, why in [
        (lambda text: [1.0], "it is a lambda"),
        (closure(3), "it is defined inside another function"),
        (np.asarray, "may not name it"),
    ]:
        recorded = preprocessing.record(function, ["a"]).preprocessing
        assert recorded.path == ""
        assert why in recorded.why_no_path
    first, second = (preprocessing.record(closure(n), ["a"]).preprocessing for n in (3, 4))
    assert first.definitions["encode"] == second.definitions["encode"]
    assert first.definitions["length"] != second.definitions["length"]


def test_a_method_of_an_object_in_a_module_has_a_path(shop: Any) -> None:
    module = shop(
        text="class Table:\n"
        "    def __init__(self, words):\n        self.words = words\n"
        "    def encode(self, word):\n        return [self.words.index(word)]\n"
        "TABLE = Table(['a', 'b'])\n"
    )
    recorded = preprocessing.record(module.TABLE.encode, ["b"]).preprocessing
    assert recorded.path == f"{module.__name__}:TABLE.encode"
    assert set(recorded.definitions) == {"TABLE", "Table"}
    assert prepare.resolve(recorded.path)("b") == [1]


def test_a_contract_carries_it_by_itself(shop: Any) -> None:
    module = shop(text=TOKENIZER, clean=CLEAN)
    contract = Contract.parse("lengths: float64[batch, 4]").with_preprocessing(module.encode, TEXTS)
    again = Contract.from_json(contract.to_json())
    assert again == contract and again.preprocessing == contract.preprocessing
    assert again.drift().ok
    assert again.drift(lambda text: [0.0] * 4).codes == ("SG430",)
    assert str(again) == "lengths: float64[batch, 4]"
