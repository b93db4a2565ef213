"""What a file may make run, and how its raw examples are held."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shops import CLEAN, TEXTS, TOKENIZER, codes_of_load, saved, writer

import saveguard
from saveguard.child import prepare, source, values
from saveguard.persist import preprocessing
from saveguard.rules.fidelity.preprocessing_foreign import may_be_imported


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes modules of a user's package, and imports the first of them."""
    return writer(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("shop.text:encode", True),
        ("keras.applications.vgg16:preprocess_input", True),
        ("os:system", False),
        ("subprocess:run", False),
        ("numpy:load", False),
        ("keras.utils:get_file", False),
        ("builtins:exec", False),
        ("saveguard:save", False),
        ("__main__:encode", True),
    ],
)
def test_what_a_file_may_name(path: str, allowed: bool) -> None:
    assert may_be_imported(path) is allowed


@pytest.mark.parametrize(
    "name", ["os.system", "system", "__builtins__", "encode.__globals__", "Table", "WORDS"]
)
def test_what_a_module_imports_is_not_reached_through_it(shop: Any, name: str) -> None:
    module = shop(
        text="import os\nfrom os import system\nWORDS = ['a']\nclass Table:\n    pass\n"
        "def encode(text):\n    return [1.0]\n"
    )
    with pytest.raises((prepare.NotFound, AttributeError)):
        prepare.resolve(f"{module.__name__}:{name}")


def test_a_forged_receipt_stops_verify_and_load(tmp_path: Path, shop: Any) -> None:
    path = saved(tmp_path, shop(text=TOKENIZER, clean=CLEAN).encode, TEXTS, 4)
    touched = tmp_path / "touched"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(members["metadata.json"])
    told["saveguard"]["contract"]["preprocessing"]["path"] = "os:mkdir"
    told["saveguard"]["contract"]["preprocessing"]["pairs"][0]["raw"] = str(touched)
    members["metadata.json"] = json.dumps(told).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert saveguard.verify(path).codes == ("SG438",)
    assert codes_of_load(path) == ("SG438",)
    with pytest.raises(saveguard.SaveguardError):
        saveguard.preprocessing(path)
    assert not touched.exists()


def test_digests_do_not_depend_on_form() -> None:
    def of(text: str) -> str:
        import ast

        return source.digest(ast.parse(text).body)

    assert of("x = 'a' 'b'  # c") == of('x = (\n"ab"\n)')
    assert of("def f(a: int) -> str:\n  'doc'\n  return a[0, 1:2]") == of(
        "def f(a):\n    return a[0,1:2]"
    )
    assert of("def f(a=1): return a") != of("def f(a=2): return a")


def test_values_come_back() -> None:
    image = pytest.importorskip("PIL.Image").fromarray(np.zeros((2, 3), "uint8"))
    for value in [
        "ü",
        b"\x00\xff",
        float("nan"),
        {"a": [1, None, True]},
        np.float64(3.5),
        np.array(["x", "y"], dtype=object),
        np.arange(6, dtype="int16").reshape(2, 3),
        image,
    ]:
        text = json.loads(json.dumps(values.written(value)))
        np.testing.assert_equal(np.asarray(values.read(text)), np.asarray(value))
    with pytest.raises(values.NotPlain):
        values.written(object())
    bomb = values.written(bytes(values.LARGEST + 1))
    with pytest.raises(ValueError, match="larger than"):
        values.read(bomb)


def test_a_large_output_is_sampled_and_still_held() -> None:
    output = np.random.default_rng(0).normal(size=(64, 64, 3)).astype("float32")
    recorded = prepare.recorded(output)
    assert len(json.dumps(recorded)) < 40_000
    assert list(prepare.differences(recorded, output.copy())) == []
    (gap,) = prepare.differences(recorded, output + 1)
    assert gap["total"] == 12_288 and gap["largest"] == pytest.approx(1.0, rel=1e-5)
    (gap,) = prepare.differences(recorded, output.astype("float64"))
    assert (gap["expected"], gap["got"]) == ("float32 [64, 64, 3]", "float64 [64, 64, 3]")


def test_raw_examples_that_a_receipt_has_no_room_for_are_told() -> None:
    noise = [np.random.default_rng(n).integers(0, 256, 100_000, dtype="uint8") for n in range(4)]
    recording = preprocessing.record(lambda array: [float(array.sum())], noise)
    assert len(recording.preprocessing.pairs) == 1
    assert recording.left == (
        "preprocessing: 3 of 4 raw examples, which are larger than a receipt",
    )
