"""Every known attack on a model file is told, no payload runs, and sound files are left alone.

The files are those of docs/scorecard.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import saveguard  # noqa: E402
from saveguard.errors import SaveguardError  # noqa: E402
from saveguard.facts import ArchiveFacts  # noqa: E402
from saveguard.finding import Report  # noqa: E402
from saveguard.rules import guards, pickles, symbols  # noqa: E402
from tools.scorecard import configs, controls, forge, page, payloads  # noqa: E402
from tools.scorecard.case import Case, attacks  # noqa: E402
from tools.scorecard.configs import function, lambda_layer  # noqa: E402

ATTACKS = attacks()
each_attack = pytest.mark.parametrize("case", ATTACKS, ids=[case.name for case in ATTACKS])
SOUND = [
    controls.sequential,
    controls.sequential_h5,
    controls.weights_alone,
    controls.unpacked,
    controls.nested,
    controls.names,
    controls.custom,
    controls.lambda_by_name,
    controls.names_with_slashes,
    controls.table_from_asset,
    controls.savers_in_the_main_graph,
]


def security(report: Report) -> list[str]:
    return [finding.code for finding in report.findings if finding.code.startswith("SG3")]


@each_attack
def test_an_attack_is_told_in_time_without_its_payload(case: Case, tmp_path: Path) -> None:
    marker = Path(tempfile.gettempdir(), payloads.MARKER)
    marker.unlink(missing_ok=True)
    path = case.build(tmp_path)
    before = time.monotonic()
    report = saveguard.check(path)
    assert time.monotonic() - before < 10
    assert not marker.exists()
    told = {*report.codes, "SG9xx"} if report.not_read else set(report.codes)
    assert told & set(case.codes), f"told {report.codes}, not read {report.not_read}"
    for secret in (payloads.bytecode()[:40], payloads.torch_file()[:40], payloads.MARKER):
        assert secret not in report.to_json()


@pytest.mark.parametrize("case", SOUND, ids=[case.name for case in SOUND])
def test_a_sound_file_is_left_alone(case: Case, tmp_path: Path) -> None:
    assert security(saveguard.check(case.build(tmp_path))) == []


@pytest.mark.parametrize(
    "name", ["lambda_in_h5", "module_of_the_system", "external_link_in_legacy_file"]
)
def test_a_load_stops_before_anything_runs(name: str, tmp_path: Path) -> None:
    path = next(case for case in ATTACKS if case.name == name).build(tmp_path)
    with pytest.raises(SaveguardError) as stopped:
        saveguard.load(path)
    assert security(stopped.value.report)


def test_a_check_imports_no_module_that_a_file_names(tmp_path: Path) -> None:
    layer = lambda_layer(function("antigravity", "geohash"))
    path = forge.keras_zip(tmp_path / "m.keras", configs.aside(layer))
    script = (
        "import sys, saveguard\n"
        f"report = saveguard.check({str(path)!r})\n"
        "print('antigravity' in sys.modules, 'keras' in sys.modules, report.codes)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.startswith("False False ") and "SG302" in done.stdout


@pytest.mark.parametrize(
    ("module", "whose"),
    [
        ("keras.layers", "keras"),
        ("keras.src.layers.core.dense", "keras"),
        ("tensorflow.python.keras.layers.core", "keras"),
        ("tf_keras.src.engine.functional", "keras"),
        ("keras_hub.src.models", "kin"),
        ("kerastic.layers", "user"),
        ("shop.os.layers", "user"),
        ("os.path", "system"),
        ("random", "shadowed"),
        ("wave", "shadowed"),
        ("pandas.io", "common"),
        ("tensorflow.python.ops.nn_ops", "user"),
        ("tensorflow.python.lib.io.file_io", "common"),
        ("builtins", "python"),
        (None, "none"),
    ],
)
def test_whose_a_module_is(module: str | None, whose: str) -> None:
    assert symbols.origin(module) == whose


@pytest.mark.parametrize(
    ("module", "name", "allowed"),
    [
        ("keras.ops", "abs", True),
        ("keras.src.ops.nn", "softmax", True),
        ("keras.src.losses.losses", "mean_squared_error", True),
        ("keras.src.legacy.backend", "l2_normalize", True),
        ("keras.src.legacy.backend", "set_value", False),
        ("keras.src.backend", "ctc_batch_cost", True),
        ("keras.src.layers.merging.add", "add", True),
        ("keras.src.applications.resnet", "preprocess_input", True),
        ("keras.src.applications.resnet", "decode_predictions", False),
        ("keras.applications", "VGG16", False),
        ("keras.activations", "get", False),
        ("keras.losses", "deserialize", False),
        ("keras.ops", "get_item", True),
        ("keras.utils", "get_file", False),
        ("keras", "version", False),
        ("keras.callbacks", "CSVLogger", False),
        ("keras.src.backend.tensorflow.nn", "relu", True),
        ("keras.src.backend.common.global_state", "set_global_attribute", False),
    ],
)
def test_which_functions_belong_to_a_model(module: str, name: str, allowed: bool) -> None:
    assert symbols.is_model_function(module, name) is allowed


def test_the_names_in_a_pickle_are_listed_and_not_called() -> None:
    assert pickles.globals_in_base64(payloads.torch_file()) == ("builtins.exec",)
    assert pickles.globals_in_base64("no base64 at all!") == ()


@pytest.mark.parametrize(
    ("keras", "lacking"),
    [("3.8", True), ("3.12.4", False), ("3.13", True), ("3.15", False), ("2.15", True)],
)
def test_guards_are_those_of_the_release(keras: str, lacking: bool) -> None:
    assert guards.lacks(ArchiveFacts(path="m.keras", keras=keras), "hdf5-bomb") is lacking


def test_the_page_counts_hits_misses_and_false_alarms() -> None:
    hit, miss = ATTACKS[:2]
    alarm = controls.sequential
    verdicts = {hit.name: "told", miss.name: "silent", alarm.name: "told"}
    text = page.written([hit, miss, alarm], {"saveguard": verdicts})
    assert "| 1 of 2 | 0 | 1 | 1 of 1 |" in text
    assert f"- `{miss.name}`: silent" in text
