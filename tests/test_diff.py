"""`saveguard diff`: how two saved models differ, told without a framework."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import savedmodels as write
from click.testing import CliRunner
from keras import layers

import saveguard
from saveguard.cli.main import main
from saveguard.examine.difference import ArrayChange, Difference


def model(units: int = 4) -> Any:
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(units, name="deep")], name="inner")
    made = keras.Input((3,), name="x")
    seen = layers.BatchNormalization(name="normal")(inner(made))
    told = layers.Bidirectional(layers.LSTM(2), name="both")(layers.Reshape((units, 1))(seen))
    return keras.Model(made, layers.Dense(2, name="end")(told), name="m")


def saved(folder: Path, name: str, change: Callable[[Any], Any] | None = None) -> Path:
    made = model()
    if change is not None:
        made = change(made) or made
    made.save(folder / name)
    return folder / name


def test_the_same_model_is_the_same(tmp_path: Path) -> None:
    found = saveguard.diff(saved(tmp_path, "a.keras"), saved(tmp_path, "b.keras"))
    assert found.same and found.not_compared == () and found.compared == 14
    assert str(found).endswith("b.keras: no difference; 14 arrays compared")


def test_the_same_model_in_two_layouts(tmp_path: Path) -> None:
    found = saveguard.diff(saved(tmp_path, "a.keras"), saved(tmp_path, "b.h5"))
    assert found.arrays == ()
    assert found.compared == 14 and found.configuration == ()
    assert found.not_compared == (
        "what the models were compiled with: the layouts keep it differently",
    )


def test_weights_alone_against_the_whole(tmp_path: Path) -> None:
    made, path = model(), saved(tmp_path, "a.keras")
    made.save_weights(tmp_path / "b.weights.h5")
    found = saveguard.diff(path, tmp_path / "b.weights.h5")
    assert found.arrays == () and found.compared == 14
    assert found.not_compared == (f"the configuration: {tmp_path / 'b.weights.h5'} has none",)


@pytest.mark.parametrize("names", [("a.keras", "b.keras"), ("a.h5", "b.h5"), ("a.keras", "b.h5")])
def test_changed_weights(tmp_path: Path, names: tuple[str, str]) -> None:
    def nudge(made: Any) -> None:
        kernel = made.get_layer("end").kernel
        kernel.assign(np.array(kernel) + np.eye(4, 2) * 0.5)

    found = saveguard.diff(saved(tmp_path, names[0]), saved(tmp_path, names[1], nudge))
    (change,) = found.arrays
    assert (change.kind, change.layer, change.shapes) == ("changed", "end", ((4, 2), (4, 2)))
    assert change.differing == 2 and change.not_numbers == 0
    assert math.isclose(change.absolute, 0.5, rel_tol=1e-6)


def test_changed_configuration(tmp_path: Path) -> None:
    def other(_made: Any) -> Any:
        keras.utils.set_random_seed(7)
        made = keras.Input((3,), name="x")
        inner = keras.Sequential([keras.Input((3,)), layers.Dense(5, name="deep")], name="inner")
        seen = layers.LayerNormalization(name="norm")(inner(made))
        return keras.Model(made, layers.Dense(2, activation="relu", name="end")(seen), name="m")

    found = saveguard.diff(saved(tmp_path, "a.keras"), saved(tmp_path, "b.keras", other))
    told = {
        (change.kind, change.path): (change.before, change.after) for change in found.configuration
    }
    inner = "$.config.layers['inner'].config.layers['deep'].config.units"
    assert told["changed", inner] == (4, 5)
    assert told["changed", "$.config.layers['end'].config.activation"] == ("linear", "relu")
    assert ("removed", "$.config.layers['both']") in told
    assert ("added", "$.config.layers['norm']") in told
    arrays = {(change.kind, change.layer) for change in found.arrays}
    assert {("changed", "inner/deep"), ("removed", "both"), ("added", "norm")} <= arrays
    deep = [change for change in found.arrays if change.layer == "inner/deep"]
    assert deep[0].told == "float32[3, 4] -> float32[3, 5]"
    assert "  removed $.config.layers['both']  Bidirectional" in str(found).splitlines()


def test_layers_that_keras_named_by_counting_are_matched_by_order(tmp_path: Path) -> None:
    for name in ("a.keras", "b.keras"):
        keras.utils.set_random_seed(1)
        made = keras.Sequential([keras.Input((2,)), layers.Dense(3), layers.Dense(3)], name="s")
        made.save(tmp_path / name)
    found = saveguard.diff(tmp_path / "a.keras", tmp_path / "b.keras")
    assert found.arrays == () and found.compared == 4
    assert {change.path.rpartition(".")[2] for change in found.configuration} <= {"name"}


def test_layers_of_several_parts_in_two_layouts(tmp_path: Path) -> None:
    made = keras.Input((4, 6))
    seen = layers.MultiHeadAttention(2, 3, name="heads")(made, made)
    whole = keras.Model(made, layers.TimeDistributed(layers.Dense(2), name="each")(seen))
    for name in ("a.keras", "b.h5"):
        whole.save(tmp_path / name)
    found = saveguard.diff(tmp_path / "a.keras", tmp_path / "b.h5")
    assert found.arrays == () and found.compared == 10


def test_a_compiled_model_has_more(tmp_path: Path) -> None:
    found = saveguard.diff(
        saved(tmp_path, "a.keras"),
        saved(tmp_path, "b.keras", lambda made: made.compile("adam", "mse")),
    )
    told = [(one.kind, one.path) for one in found.configuration]
    assert ("added", "$.compile_config.optimizer") in told
    assert all(path.startswith("$.compile_config.") for _, path in told)
    assert {(one.kind, one.role) for one in found.arrays} <= {("added", "optimizer")}


def test_a_shard_cut_off_is_told_as_not_compared(tmp_path: Path) -> None:
    for name in "ab":
        write.write(tmp_path / name, write.saved_model(), {"w": np.ones(9, "f4")})
    shard = tmp_path / "b" / "variables" / "variables.data-00000-of-00001"
    shard.write_bytes(shard.read_bytes()[:20])
    found = saveguard.diff(tmp_path / "a", tmp_path / "b")
    assert found.same and found.compared == 0 and len(found.not_compared) == 2


# The command


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


def test_exit_codes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write.write(one, write.saved_model(), {"w": np.ones(3, "f4")})
    write.write(two, write.saved_model(), {"w": np.zeros(3, "f4")})
    assert run(one, one).exit_code == 0
    done = run(one, two)
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "arrays",
        "  changed w: 3 of 3 numbers differ, by at most 1 (relative 1)",
        f"{one} -> {two}: differences: 1 in the arrays; 1 array compared",
    ]
    assert run(one, tmp_path / "three").exit_code == 2
    assert run(one, Path(__file__)).exit_code == 2
    (two / "saved_model.pbtxt").write_text("")
    assert run(one, two).exit_code == 1 and run(two, two).exit_code == 0
    assert run(two, two, "--strict").exit_code == 3


def test_json_has_a_schema_version(tmp_path: Path) -> None:
    folder = write.write(tmp_path / "m", write.saved_model(), {"w": np.ones(3, "f4")})
    told = json.loads(run(folder, folder, "--format", "json").output)
    assert (told["schema_version"], told["same"], told["compared"]) == (1, True, 1)


def test_names_steer_no_terminal() -> None:
    change = ArrayChange(kind="added", after="w\x1b[2J", shapes=((1,),), dtypes=("float32",))
    assert "\x1b" not in str(Difference(before="a", after="b\x9b", arrays=(change,)))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is told by /proc")
def test_arrays_are_streamed(tmp_path: Path) -> None:
    for name in "ab":
        folder = write.write(tmp_path / name, write.saved_model(), {"w": np.zeros(1, "f4")})
        count = 50_000_000
        entry = write.entry(write.FLOAT, (count,), 0, 4 * count)
        (folder / "variables" / "variables.index").write_bytes(write.index({"w": entry}))
        shard = folder / "variables" / "variables.data-00000-of-00001"
        with shard.open("wb") as file:
            file.truncate(4 * count)
    with shard.open("r+b") as file:
        file.seek(4 * 1234567)
        file.write(np.float32(2).tobytes())
    code = (
        "import re, saveguard\n"
        f"found = saveguard.diff({str(tmp_path / 'a')!r}, {str(tmp_path / 'b')!r})\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]\n"
        "print(found.arrays[0].differing, peak)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    differing, peak = map(int, done.stdout.split())
    assert differing == 1 and peak < 120_000
