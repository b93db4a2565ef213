"""Live exceptions: hooks, notes, `saveguard run`, the pytest plugin, and what frames hold."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saveguard
from saveguard.diagnosis import hooks
from saveguard.errors import report_of

EMPTY = "Unexpected result of `predict_function` (Empty batch_outputs)."
SCRIPT = f"""
import sys
print("begins", sys.argv[1:], __name__)
raise ValueError({EMPTY!r})
"""


class Layer:
    """Stands in for Keras's: what is looked at is the name and the module of a base."""

    name = "attn"

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config

    def get_config(self) -> dict[str, Any]:
        return self.config

    def call(self, inputs: Any) -> Any:
        raise ValueError(
            "Input 0 of layer attn is incompatible with the layer: expected ndim=3, "
            f"found ndim={inputs.ndim}"
        )

    def save(self) -> None:
        raise TypeError("Unable to serialize [[1.]] to JSON. Unrecognized type <class 'numpy'>.")


Layer.__module__ = "keras.src.layers.layer"


def raised(call: Any, *arguments: Any) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011  whatever it is
        call(*arguments)
    return caught.value


def test_an_exception_tells_the_layer_and_its_inputs() -> None:
    report = saveguard.explain(raised(Layer({}).call, np.ones((5, 2), "float32")))
    (finding,) = report.findings
    assert finding.code == "SG502"
    assert "layer `attn`, of class Layer" in finding.evidence
    assert "inputs: shape (5, 2), dtype float32 in call()" in finding.evidence


def test_an_exception_tells_the_key_that_json_refuses() -> None:
    report = saveguard.explain(raised(Layer({"mask": np.ones((8, 8)), "units": 3}).save))
    (finding,) = report.findings
    assert finding.code == "SG206"
    refused = "layer `attn`, get_config()['mask'] is a numpy array of shape (8, 8), dtype float64"
    assert refused in finding.evidence


def test_a_real_model_tells_the_way_to_the_layer_and_the_key(tmp_path: Path) -> None:
    import keras

    class Attention(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "mask": object(), "scale": 2.0}

    first = keras.Input((8,))
    inner = keras.Sequential([keras.Input((8,)), Attention(name="attn")], name="encoder")
    model = keras.Model(first, inner(keras.layers.Dense(8)(first)))
    report = saveguard.explain(raised(lambda: model.save(tmp_path / "m.keras")))
    assert report.codes == ("SG206",)
    told = "layer `encoder/attn` (model.layers[2].layers[0]), get_config()['mask'] is an object"
    assert told in report.findings[0].evidence


def test_the_model_that_an_attribute_holds_is_found() -> None:
    import keras

    class Trainer:
        def __init__(self) -> None:
            self.net = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])

        def run(self) -> Any:
            return self.net.predict(np.ones((2, 9), "float32"), verbose=0)

    (finding, *_) = saveguard.explain(raised(Trainer().run)).findings
    assert finding.code == "SG503"
    assert any(
        "of class Sequential" in line or "of class Dense" in line for line in finding.evidence
    )


def test_a_member_of_a_group_is_explained() -> None:
    group = ExceptionGroup("two runs", [ZeroDivisionError("x"), ValueError(EMPTY)])
    with pytest.raises(ExceptionGroup) as caught, saveguard.explaining():
        raise group
    assert caught.value is group
    assert "SG602" in group.__notes__[0]


def test_a_broken_property_hides_no_error() -> None:
    class Broken(Layer):
        @property
        def name(self) -> str:  # type: ignore[override]
            raise RuntimeError("no name")

        def get_config(self) -> dict[str, Any]:
            raise KeyError("x")

    assert saveguard.explain(raised(Broken({}).save)).codes == ("SG206",)


def test_explaining_adds_a_note_and_changes_nothing_else() -> None:
    error = ValueError(EMPTY)
    with pytest.raises(ValueError, match="Empty batch_outputs") as caught, saveguard.explaining():
        raise error
    assert caught.value is error
    assert "SG602" in error.__notes__[0]
    report = report_of(error)
    assert report is not None and report.codes == ("SG602",)


def test_explaining_says_nothing_of_what_it_does_not_know() -> None:
    error = ZeroDivisionError("division by zero")
    with pytest.raises(ZeroDivisionError), saveguard.explaining():
        raise error
    assert not hasattr(error, "__notes__")


def test_install_prints_below_the_traceback_and_can_be_undone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = sys.excepthook, threading.excepthook
    saveguard.install()
    saveguard.install()
    error = ValueError(EMPTY)
    sys.excepthook(ValueError, error, None)
    saveguard.uninstall()
    told = capsys.readouterr().err
    assert told.index("ValueError: Unexpected result") < told.index("[SG602]")
    assert (sys.excepthook, threading.excepthook) == before


def test_install_explains_exceptions_of_threads(capsys: pytest.CaptureFixture[str]) -> None:
    before = threading.excepthook
    threading.excepthook = threading.__excepthook__
    saveguard.install()
    try:
        arguments = threading.ExceptHookArgs((ValueError, ValueError(EMPTY), None, None))
        threading.excepthook(arguments)
    finally:
        saveguard.uninstall()
        threading.excepthook = before
    assert "SG602" in capsys.readouterr().err


def test_a_notebook_shows_its_own_traceback_first() -> None:
    shown: list[str] = []

    class Shell:
        def set_custom_exc(self, kinds: tuple[type, ...], handler: Any) -> None:
            self.kinds, self.handler = kinds, handler

        def showtraceback(self, error: Any, tb_offset: int | None = None) -> None:
            shown.append(error[1].args[0])

    shell = Shell()
    saveguard.load_ipython_extension(shell)
    shell.handler(shell, ValueError, ValueError(EMPTY), None)
    saveguard.unload_ipython_extension(shell)
    assert shown == [EMPTY]
    assert shell.kinds == ()


def test_a_hook_that_fails_hides_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_problem: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("saveguard.diagnosis.report.explain", broken)
    assert hooks.diagnosis(ValueError(EMPTY)) == ""


def test_run_runs_a_script_as_python_does(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    command = [sys.executable, "-m", "saveguard", "run", str(script), "--epochs", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "begins ['--epochs', '3'] __main__\n"
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback (most recent call last):\n  File")
    assert done.stderr.index("ValueError: Unexpected") < done.stderr.index("[SG602]")
    assert "cli/run.py" not in done.stderr and "runpy" not in done.stderr


def test_run_keeps_the_exit_code_of_a_script(tmp_path: Path) -> None:
    (tmp_path / "ends.py").write_text("raise SystemExit(7)\n")
    command = [sys.executable, "-m", "saveguard", "run", str(tmp_path / "ends.py")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 7
    command[-1] = str(tmp_path / "nothing.py")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_the_pytest_plugin_adds_a_section(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        f"def test_it():\n    raise ValueError({EMPTY!r})\n\ndef test_other():\n    assert 1 == 2\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    plugin = ["-p", "saveguard.diagnosis.plugin"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, *plugin], capture_output=True, text=True, check=False, env=environment
    )
    assert "- saveguard -" in done.stdout
    assert done.stdout.count("[SG602]") == 1
    assert "2 failed" in done.stdout
