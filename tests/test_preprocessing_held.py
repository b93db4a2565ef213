"""Preprocessing held by checkpoints, and between two contracts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from shops import CLEAN, TEXTS, TOKENIZER, model_of, saved, writer

import saveguard

LINE = "tokens: float32[batch, 4]"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    return writer(tmp_path, monkeypatch)


def contract(function: Any, raw: Any = TEXTS) -> saveguard.Contract:
    return saveguard.Contract.parse(LINE).with_preprocessing(function, raw)


def test_every_checkpoint_holds_the_preprocessing(tmp_path: Path, shop: Any) -> None:
    module = shop(text=TOKENIZER, clean=CLEAN)
    model = model_of(4)
    model.compile("sgd", "mse")
    path = tmp_path / "run" / "{epoch}.keras"
    texts = (text for text in TEXTS)
    callback = saveguard.Checkpoint(path, preprocessing=module.encode, raw=texts, prove=False)
    x = np.ones((4, 4), "float32")
    model.fit(x, x[:, :1], epochs=2, verbose=0, callbacks=[callback])
    assert callback.report.findings == ()
    for epoch in (1, 2):
        file = tmp_path / "run" / f"{epoch}.keras"
        assert saveguard.preprocessing(file) is module.encode
    shop(text=TOKENIZER.replace("\\w+", "[\\w']+"), clean=CLEAN)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(tmp_path / "run" / "2.keras")
    assert caught.value.codes == ("SG430",)


def test_the_same_preprocessing_breaks_nothing(shop: Any) -> None:
    module = shop(text=TOKENIZER, clean=CLEAN)
    older = contract(module.encode)
    assert older.compare(contract(module.encode)).findings == ()
    assert older.compare(contract(module.encode, TEXTS[:1])).findings == ()
    assert saveguard.Contract.parse(LINE).compare(older).findings == ()


def test_an_edit_is_told_with_what_becomes_of_raw_examples(shop: Any) -> None:
    older = contract(shop(text=TOKENIZER, clean=CLEAN).encode)
    newer = contract(shop(text=TOKENIZER.replace("\\w+", "[\\w']+"), clean=CLEAN).encode)
    (finding,) = older.compare(newer).findings
    assert (finding.code, finding.where, finding.certainty) == (
        "SG544",
        "preprocessing",
        "certain",
    )
    assert finding.message == "`preprocessing`: `WORD` is not what it was"
    assert "1 of 3 raw examples become another model input" in finding.why
    assert finding.evidence == ('"It isn\'t a film" -> output[3] was 1, is 4 (off by 3)',)


def test_an_edit_without_an_effect_is_possible(shop: Any) -> None:
    older = contract(shop(text=TOKENIZER, clean=CLEAN).encode)
    newer = contract(shop(text=TOKENIZER, clean=CLEAN.replace("lower()", "casefold()")).encode)
    (finding,) = older.compare(newer).findings
    assert finding.certainty == "possible"
    assert "all 3 raw examples of both become what they were" in finding.why


def test_one_that_is_gone_or_moved(shop: Any) -> None:
    module = shop(text=TOKENIZER, clean=CLEAN)
    older = contract(module.encode)
    (gone,) = older.compare(saveguard.Contract.parse(LINE)).findings
    assert gone.certainty == "possible" and "records nothing that does" in gone.message
    moved = shop(text=TOKENIZER.replace("def encode", "def tokenize"), clean=CLEAN)
    (finding,) = older.compare(contract(moved.tokenize)).findings
    path = f"`{module.__name__}:encode` made the inputs, and `{moved.__name__}:tokenize` does now"
    assert path in finding.message and finding.certainty == "possible"
    (other,) = older.compare(contract(moved.tokenize, ["Something else"])).findings
    assert other.certainty == "likely" and "no raw example in common" in other.why


def test_a_pipeline_with_other_settings() -> None:
    def resized(interpolation: str) -> saveguard.Contract:
        layer = keras.layers.Resizing(4, 4, interpolation=interpolation, name="resize")
        image = np.arange(192, dtype="float32").reshape(8, 8, 3)
        line = saveguard.Contract.parse("x: float32[batch, 4, 4, 3]")
        return line.with_preprocessing(layer, [image])

    (finding,) = resized("bilinear").compare(resized("nearest")).findings
    assert finding.certainty == "certain" and ".interpolation`" in finding.message
    assert "resize" in finding.message or "Resizing" in finding.message


@pytest.mark.parametrize("form", ["function", "path"])
def test_verify_runs_one_that_has_moved(form: str, tmp_path: Path, shop: Any) -> None:
    path = saved(tmp_path, shop(text=TOKENIZER, clean=CLEAN).encode, TEXTS, 4)
    module = shop(text=TOKENIZER.replace("def encode", "def tokenize"), clean=CLEAN)
    assert saveguard.verify(path).codes == ("SG434",)
    moved = module.tokenize if form == "function" else f"{module.__name__}:tokenize"
    report = saveguard.verify(path, preprocessing=moved)
    assert f"3 raw examples through {module.__name__}:tokenize" in report.read
    assert report.certain == ()


def test_verify_holds_a_function_without_a_path_in_this_process(tmp_path: Path, shop: Any) -> None:
    encode = shop(text=TOKENIZER, clean=CLEAN).encode
    path = saved(tmp_path, encode, TEXTS, 4)
    other = saveguard.verify(path, preprocessing=lambda text: [n + 1 for n in encode(text)])
    assert "SG430" in other.codes and other.certain
    assert "in this process" in other.read[-1]
    foreign = saveguard.verify(path, preprocessing="json:loads")
    assert foreign.not_read[-1] == "preprocessing: 'json:loads' is no MODULE:NAME of your own code"
    left = saveguard.verify(path, preprocessing=False)
    assert left.findings == () and left.not_read[-1] == "preprocessing: left out, as was asked"
