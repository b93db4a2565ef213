"""Wrong migrations, planted one at a time: the proof catches every one that changes an answer."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from saveguard.migration import plan
from saveguard.migration.plan import Plan
from saveguard.migration.proof import compare, inputs
from saveguard.migration.proof.golden import Golden
from saveguard.migration.run import build
from saveguard.migration.steps import STEPS
from saveguard.model import contract

FOLDER = Path(__file__).parents[2] / "shared" / "legacy-models"


def subject() -> Any:
    """Text and numbers, through the layers that migrations get wrong."""
    import keras

    layers = keras.layers
    ids = keras.Input((8,), dtype="int32", name="ids")
    series = keras.Input((6, 3), name="series")
    image = keras.Input((8, 8, 2), name="image")
    told = layers.Embedding(12, 5, name="embedding")(ids)
    recurrent = {"recurrent_activation": "hard_sigmoid"}
    told = layers.Bidirectional(layers.LSTM(4, **recurrent), name="both")(told)
    heard = layers.GRU(4, reset_after=True, return_sequences=True, name="gru")(series)
    heard = layers.SimpleRNN(4, go_backwards=True, name="rnn")(heard)
    seen = layers.Conv2D(3, 3, strides=2, padding="same", name="conv")(image)
    seen = layers.BatchNormalization(epsilon=0.01, name="norm")(seen)
    seen = layers.LeakyReLU(negative_slope=0.3, name="leaky")(seen)
    seen = layers.DepthwiseConv2D(2, name="depthwise")(seen)
    seen = layers.AveragePooling2D(2, padding="same", name="pool")(seen)
    seen = layers.Flatten(name="flat")(seen)
    joined = layers.Concatenate(name="join")([told, heard, seen])
    joined = layers.LayerNormalization(epsilon=0.1, name="layer_norm")(joined)
    joined = layers.Dense(6, activation="elu", name="hidden")(joined)
    first = layers.Dense(3, activation="softmax", name="first")(joined)
    second = layers.Dense(2, activation="gelu", name="second")(joined)
    return keras.Model([ids, series, image], [first, second])


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Golden]:
    """An old file with the answers of the model that was saved."""
    import keras

    keras.utils.set_random_seed(1)
    model = subject()
    for seed, variable in enumerate(model.variables):  # no two alike: an exchange is to be seen
        value = keras.ops.convert_to_numpy(variable)
        if value.dtype.kind == "f":
            draw = np.random.default_rng(seed)
            variable.assign(draw.uniform(0.1, 0.9, value.shape) - 0.4 * (value.ndim > 1))
    path = tmp_path_factory.mktemp("old") / "old.h5"
    model.save(path)
    given = next(inputs.seeded(contract.read(model)))
    ordered = [given[place] for place in sorted(given, key=int)]
    outputs = {str(place): np.asarray(one) for place, one in enumerate(model(ordered))}
    return plan(path), Golden(inputs=given, outputs=outputs, source="the model that was saved")


def verdict(planned: Plan, golden: Golden) -> str:
    """What the proof says, or `refused` where the model is not built, or raises when called."""
    try:
        model = build(planned)
        return compare.compared(model, golden, contract.read(model)).verdict
    except Exception:  # noqa: BLE001  whatever stops it, there is no answer to be wrong
        return "refused"


def settings(model: Any, name: str) -> Iterator[dict[str, Any]]:
    """The arguments of a layer, and of those that it wraps."""
    for layer in model["config"]["layers"]:
        if layer["config"]["name"] == name:
            yield layer["config"]
            for key in ("layer", "backward_layer"):
                inner = layer["config"].get(key)
                if isinstance(inner, dict):
                    yield inner["config"]


def setting(name: str, key: str, value: Any) -> Callable[[Any], None]:
    """A change of one argument of one layer."""

    def change(model: Any) -> None:
        changed = [one for one in settings(model, name) if key in one]
        assert changed
        for one in changed:
            one[key] = value

    return change


PLANTED = {
    "a mask that nobody asked for": setting("embedding", "mask_zero", True),
    "gates of today": setting("both", "recurrent_activation", "sigmoid"),
    "another cell activation": setting("both", "activation", "relu"),
    "no forward and backward": setting("both", "merge_mode", "sum"),
    "a reset at the other place": setting("gru", "reset_after", False),
    "other gates": setting("gru", "recurrent_activation", "hard_sigmoid"),
    "time in the other direction": setting("rnn", "go_backwards", False),
    "linear steps": setting("rnn", "activation", "linear"),
    "another stride": setting("conv", "strides", [1, 1]),
    "no padding": setting("conv", "padding", "valid"),
    "no bias": setting("conv", "use_bias", False),
    "another dilation": setting("conv", "dilation_rate", [2, 2]),
    "today's epsilon": setting("norm", "epsilon", 0.001),
    "another axis": setting("norm", "axis", 1),
    "no scale": setting("norm", "scale", False),
    "another slope": setting("leaky", "negative_slope", 0.2),
    "another depth": setting("depthwise", "depth_multiplier", 2),
    "pools that leave the edge out": setting("pool", "padding", "valid"),
    "larger pools": setting("pool", "pool_size", [3, 3]),
    "channels first": setting("flat", "data_format", "channels_first"),
    "another axis joined": setting("join", "axis", 0),
    "another epsilon of a layer's": setting("layer_norm", "epsilon", 0.001),
    "another activation": setting("hidden", "activation", "softplus"),
    "outputs that are no shares": setting("first", "activation", "sigmoid"),
    "the other gelu": setting("second", "activation", "silu"),
}


def test_what_is_left_alone_is_equal(migrated: tuple[Plan, Golden]) -> None:
    assert verdict(*migrated) == "equal"


@pytest.mark.parametrize("change", PLANTED.values(), ids=PLANTED)
def test_a_wrong_configuration_is_caught(
    migrated: tuple[Plan, Golden], change: Callable[[Any], None]
) -> None:
    planned, golden = migrated
    model = copy.deepcopy(planned.model)
    change(model)
    wrong = msgspec.structs.replace(planned, model=model)
    assert verdict(wrong, golden) in ("differs", "refused")


@pytest.mark.parametrize("name", ["both", "gru", "conv", "norm", "hidden", "embedding"])
def test_arrays_of_a_layer_in_another_order_are_caught(
    migrated: tuple[Plan, Golden], name: str
) -> None:
    planned, golden = migrated
    arrays = dict(planned.source.arrays)
    held = arrays[name]
    arrays[name] = held[::-1] if len(held) > 1 else arrays["hidden"][:1]
    source = msgspec.structs.replace(planned.source, arrays=arrays)
    assert verdict(msgspec.structs.replace(planned, source=source), golden) != "equal"


def test_two_outputs_that_changed_places_are_caught(migrated: tuple[Plan, Golden]) -> None:
    planned, golden = migrated
    model = copy.deepcopy(planned.model)
    model["config"]["output_layers"].reverse()
    wrong = msgspec.structs.replace(planned, model=model)
    assert verdict(wrong, golden) == "differs"


@pytest.mark.skipif(not FOLDER.exists(), reason="the old files are not here")
@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_a_step_that_is_left_out_is_caught_where_it_matters(step: str) -> None:
    """Without a step that a real old file needs, it is refused, differs, or is as it was."""
    found = _file_that_needs(step)
    if found is None:
        pytest.skip("no real old file needs it")
    name, known = found
    without = plan(FOLDER / name, without=(step,))
    if verdict(without, known) != "equal":
        return
    left, all_of_it = build(without), build(plan(FOLDER / name))
    ours, theirs = (compare.answered(one, known, contract.read(one)) for one in (left, all_of_it))
    assert all(np.allclose(ours[place], theirs[place], atol=1e-5) for place in theirs)


def _file_that_needs(step: str) -> tuple[str, Golden] | None:
    """The smallest of them that has a golden."""
    from saveguard.migration.proof import golden

    for name, taken in _taken().items():
        if step in taken:
            return name, golden.read(FOLDER / f"{name.split('.')[0]}.golden.npz")
    return None


@functools.cache
def _taken() -> dict[str, set[str]]:
    """The steps that each of them takes, the smallest file first."""
    stems = [known.name.split(".")[0] for known in FOLDER.glob("m*.golden.npz")]
    paths = [path for stem in stems for path in FOLDER.glob(f"{stem}*") if path.suffix != ".npz"]
    paths.sort(key=lambda path: path.stat().st_size)
    return {path.name: {one.step for one in plan(path).applied} for path in paths}
