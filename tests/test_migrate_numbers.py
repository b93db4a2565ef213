"""What old layers computed, written down in NumPy, is what their migrated models compute."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from saveguard import migration
from saveguard.errors import SaveguardError
from saveguard.rules.old_files import entry, functional, h5, layer, node, on, sequential

RANDOM = np.random.RandomState(0)
Arrays = Mapping[str, Mapping[str, Any]]


def some(*shape: int) -> Any:
    return RANDOM.uniform(-1, 1, shape).astype("float32")


def file_of(path: Path, model: dict[str, Any], arrays: Arrays, version: str, backend: str) -> Path:
    """An `.h5` file of a model with the arrays of its layers, by layer and name."""
    import h5py

    h5(path, model, version=version)
    with h5py.File(path, "r+") as file:
        file.attrs["backend"] = backend
        group = file["model_weights"]
        group.attrs["layer_names"] = [name.encode() for name in arrays]
        for name, held in arrays.items():
            inner = group.create_group(name)
            inner.attrs["weight_names"] = [f"{name}/{one}:0".encode() for one in held]
            for one, array in held.items():
                inner[f"{name}/{one}:0"] = array
    return path


def migrated(
    tmp: Path,
    model: dict[str, Any],
    arrays: Arrays,
    inputs: Any,
    version: str = "2.3.1",
    backend: str = "tensorflow",
) -> Any:
    built = migration.build(file_of(tmp / "old.h5", model, arrays, version, backend))
    return np.asarray(built(inputs))


def one_of(name: str, kind: str, shape: tuple[int | None, ...], **settings: Any) -> dict[str, Any]:
    first = layer("InputLayer", "x", batch_input_shape=[None, *shape], dtype="float32")
    return sequential(first, layer(kind, name, **settings))


def hard_sigmoid(x: Any) -> Any:
    return np.clip(0.2 * x + 0.5, 0, 1)


@pytest.mark.parametrize("kind", ["Dense", "Activation"])
def test_hard_sigmoid_is_what_it_was(tmp_path: Path, kind: str) -> None:
    kernel, inputs = np.eye(4, dtype="float32") * 3, some(5, 4)
    dense = kind == "Dense"
    settings = {"units": 4, "use_bias": False} if dense else {}
    model = one_of("d", kind, (4,), activation="hard_sigmoid", **settings)
    found = migrated(tmp_path, model, {"d": {"kernel": kernel} if dense else {}}, inputs)
    np.testing.assert_allclose(found, hard_sigmoid(inputs @ kernel if dense else inputs), atol=1e-6)


def test_the_gates_of_keras_1_and_their_inner_activation(tmp_path: Path) -> None:
    inputs, arrays = some(2, 3, 4), {}
    for gate in "icfo":
        arrays |= {f"W_{gate}": some(4, 5), f"U_{gate}": some(5, 5), f"b_{gate}": some(5)}
    settings = {"output_dim": 5, "inner_activation": "hard_sigmoid", "activation": "tanh"}
    model = one_of("lstm", "LSTM", (3, 4), **settings)
    state = carry = np.zeros((2, 5))
    for step in range(3):
        told = {g: inputs[:, step] @ arrays[f"W_{g}"] + state @ arrays[f"U_{g}"] + arrays[f"b_{g}"]
                for g in "icfo"}  # fmt: skip
        carry = hard_sigmoid(told["f"]) * carry + hard_sigmoid(told["i"]) * np.tanh(told["c"])
        state = hard_sigmoid(told["o"]) * np.tanh(carry)
    found = migrated(tmp_path, model, {"lstm": arrays}, inputs, version="1.2.2")
    np.testing.assert_allclose(found, state, atol=1e-5)


@pytest.mark.parametrize("reset", ["CuDNNGRU", "GRU"])
def test_the_arrays_of_cudnn(tmp_path: Path, reset: str) -> None:
    """A CuDNNGRU is a GRU with `reset_after` whose kernels are transposed gate by gate."""
    inputs, kernel, recurrent, bias = some(2, 3, 4), some(4, 15), some(5, 15), some(2, 15)
    gates = np.hsplit(kernel, 3), np.hsplit(recurrent, 3)
    state = np.zeros((2, 5))
    for step in range(3):
        x = inputs[:, step] @ kernel + bias[0]
        h = state @ recurrent + bias[1]
        z, r = (1 / (1 + np.exp(-(x + h)[:, n : n + 5])) for n in (0, 5))
        state = z * state + (1 - z) * np.tanh(x[:, 10:] + r * h[:, 10:])
    if reset == "CuDNNGRU":
        kernel = np.hstack([one.T.reshape(4, 5) for one in gates[0]])
        recurrent = np.hstack([one.T for one in gates[1]])
        model = one_of("gru", reset, (3, 4), units=5)
        arrays = {"kernel": kernel, "recurrent_kernel": recurrent, "bias": bias.reshape(-1)}
    else:
        model = one_of("gru", reset, (3, 4), units=5, reset_after=True)
        arrays = {"kernel": kernel, "recurrent_kernel": recurrent, "bias": bias}
    found = migrated(tmp_path, model, {"gru": arrays}, inputs)
    np.testing.assert_allclose(found, state, atol=1e-5)


@pytest.mark.parametrize("backend", ["tensorflow", "theano"])
def test_theano_turned_kernels_around(tmp_path: Path, backend: str) -> None:
    inputs, kernel = some(1, 6, 2), some(3, 2, 4)
    turned = kernel[::-1] if backend == "theano" else kernel
    known = np.stack([np.tensordot(inputs[:, n : n + 3], turned, 2) for n in range(4)], axis=1)
    model = one_of("c", "Conv1D", (6, 2), filters=4, kernel_size=[3], use_bias=False)
    found = migrated(tmp_path, model, {"c": {"kernel": kernel}}, inputs, "2.2.4", backend)
    np.testing.assert_allclose(found, known, atol=1e-5)


def test_locally_connected_places_have_kernels_of_their_own(tmp_path: Path) -> None:
    inputs, kernel, bias = some(2, 5, 2), some(3, 6, 4), some(3, 4)
    known = np.stack(
        [inputs[:, n : n + 3].reshape(2, 6) @ kernel[n] + bias[n] for n in range(3)], axis=1
    )
    model = one_of("local", "LocallyConnected1D", (5, 2), filters=4, kernel_size=[3], strides=[1])
    found = migrated(tmp_path, model, {"local": {"kernel": kernel, "bias": bias}}, inputs)
    np.testing.assert_allclose(found, known, atol=1e-5)


def test_the_instance_normalization_of_keras_contrib(tmp_path: Path) -> None:
    inputs, gamma, beta = some(2, 4, 5, 3), some(3), some(3)
    mean, deviation = (f(inputs, axis=(1, 2), keepdims=True) for f in (np.mean, np.std))
    model = one_of("norm", "InstanceNormalization", (4, 5, 3), axis=-1, epsilon=0.1)
    found = migrated(tmp_path, model, {"norm": {"gamma": gamma, "beta": beta}}, inputs)
    np.testing.assert_allclose(found, (inputs - mean) / (deviation + 0.1) * gamma + beta, atol=1e-5)


def test_the_instance_normalization_of_keras_contrib_with_one_scale(tmp_path: Path) -> None:
    inputs, gamma, beta, kernel = some(2, 4, 5, 3), some(1), some(1), some(3, 2)
    mean, deviation = (f(inputs, axis=(1, 2, 3), keepdims=True) for f in (np.mean, np.std))
    norm = one_of("norm", "InstanceNormalization", (4, 5, 3), axis=None, epsilon=1e-3)
    first, normed = norm["config"]["layers"]
    model = sequential(first, normed, layer("Dense", "d", units=2, use_bias=False))
    arrays = {"norm": {"gamma": gamma, "beta": beta}, "d": {"kernel": kernel}}
    found = migrated(tmp_path, model, arrays, inputs)
    known = (inputs - mean) / (deviation + 1e-3) * gamma + beta
    np.testing.assert_allclose(found, known @ kernel, atol=1e-5)


def test_an_operation_of_the_graph_that_spreads_channels_over_pixels(tmp_path: Path) -> None:
    definition = {"name": "D", "op": "DepthToSpace", "attr": {
        "T": {"type": "DT_FLOAT"}, "data_format": {"s": "TkhXQw=="}, "block_size": {"i": "2"},
    }}  # fmt: skip
    spread = node("TensorFlowOpLayer", "D", on("x"), node_def=definition, constants={})
    inputs = some(2, 3, 5, 8)
    model = functional(entry(shape=(None, 3, 5, 8)), spread, output="D")
    found = migrated(tmp_path, model, {}, inputs, version="2.3.0-tf")
    known = inputs.reshape(2, 3, 5, 2, 2, 2).transpose(0, 1, 3, 2, 4, 5).reshape(2, 6, 10, 2)
    np.testing.assert_array_equal(found, known)


def test_functions_of_tensorflow_between_layers(tmp_path: Path) -> None:
    scaled = node("TFOpLambda", "scaled", function="math.multiply")
    scaled["inbound_nodes"] = [["x", 0, 0, {"y": 2.0, "name": None}]]
    sliced = node("SlicingOpLambda", "sliced", function="__operators__.getitem")
    key = [{"start": None, "stop": None, "step": None}, {"start": 1, "stop": None, "step": None}]
    sliced["inbound_nodes"] = [["scaled", 0, 0, {"slice_spec": key}]]
    meant = node("TFOpLambda", "meant", function="math.reduce_mean")
    meant["inbound_nodes"] = [["sliced", 0, 0, {"axis": -1, "keepdims": True}]]
    inputs = some(3, 4)
    found = migrated(
        tmp_path, functional(entry(), scaled, sliced, meant, output="meant"), {}, inputs
    )
    np.testing.assert_allclose(found, (2 * inputs)[:, 1:].mean(axis=-1, keepdims=True), atol=1e-6)


def test_a_nested_model_called_twice_with_names_that_keras_refuses(tmp_path: Path) -> None:
    inner = functional(
        entry("in"), node("Dense", "a/b", on("in"), units=2, use_bias=False), output="a/b", name="i"
    )
    nested = {**inner, "name": "i", "inbound_nodes": [on("x"), [["i", 1, 0, {}]]]}
    model = functional(entry(shape=(None, 2)), nested, output="i", call=2)
    nested["config"]["layers"][0]["config"]["batch_input_shape"] = [None, 2]
    inputs, kernel = some(3, 2), some(2, 2)
    found = migrated(tmp_path, model, {"i": {"a/b/kernel": kernel}}, inputs)
    np.testing.assert_allclose(found, inputs @ kernel @ kernel, atol=1e-6)


def test_functions_are_asked_for_once_and_under_the_name_of_their_layer(tmp_path: Path) -> None:
    code = {"function": ["4wEAAAA=", None, None], "function_type": "lambda"}
    first = node("Lambda", "half", on("x"), **code, arguments={"by": 2.0})
    again = node("Lambda", "third", on("half"), **code, arguments={"by": 3.0})
    own = node("Scale", "own", on("third"), factor=4.0)
    path = file_of(
        tmp_path / "old.h5", functional(entry(), first, again, own, output="own"), {}, "2.3.1", ""
    )
    planned = migration.plan(path)
    assert [(need.name, need.role) for need in planned.needs] == [
        ("half", "lambda"),
        ("Scale", "layer"),
    ]
    assert planned.needs[1].arguments["factor"] == 4.0
    with pytest.raises(SaveguardError) as told:
        migration.build(planned)
    assert told.value.codes == ("SG285",)
    inputs = some(2, 4)
    built = migration.build(path, custom={"half": divided, "Scale": scale_class()})
    np.testing.assert_allclose(np.asarray(built(inputs)), inputs / 6 * 4, atol=1e-6)


def divided(x: Any, by: float) -> Any:
    return x / by


def scale_class() -> Any:
    import keras

    class Scale(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, factor: float, **options: Any) -> None:
            super().__init__(**options)
            self.factor = factor

        def call(self, x: Any) -> Any:
            return x * self.factor

    return Scale


def test_a_part_of_a_model_is_never_silently_left_without_its_arrays(tmp_path: Path) -> None:
    model = one_of("d", "Dense", (4,), units=2)
    with pytest.raises(SaveguardError) as told:
        migrated(tmp_path, model, {"d": {"kernel": some(4, 2)}}, some(1, 4))
    assert told.value.codes == ("SG286",)


def test_a_nested_model_takes_the_size_that_it_is_called_with(tmp_path: Path) -> None:
    inner = functional(
        entry("in", shape=(None, 9, 1)),
        node("Conv1D", "c", on("in"), filters=1, kernel_size=[3], use_bias=False),
        output="c",
        name="i",
    )
    model = functional(
        entry(shape=(None, 5, 1)), {**inner, "name": "i", "inbound_nodes": [on("x")]}, output="i"
    )
    inputs, kernel = some(2, 5, 1), some(3, 1, 1)
    found = migrated(tmp_path, model, {"i": {"c/kernel": kernel}}, inputs)
    windows = np.stack([inputs[:, n : n + 3, 0] for n in range(3)], axis=1)
    np.testing.assert_allclose(found[..., 0], windows @ kernel[:, 0, 0], atol=1e-6)


def test_a_pruned_layer_is_the_layer_without_its_masks(tmp_path: Path) -> None:
    kernel, bias = some(4, 3), some(3)
    held = {
        "d/kernel": kernel,
        "d/bias": bias,
        "p/mask": np.ones((4, 3), "float32"),
        "p/threshold": np.float32(0.5),
        "p/pruning_step": np.int64(7),
    }
    model = one_of("p", "PruneLowMagnitude", (4,), layer=layer("Dense", "d", units=3))
    inputs = some(2, 4)
    found = migrated(tmp_path, model, {"p": held}, inputs)
    np.testing.assert_allclose(found, inputs @ kernel + bias, atol=1e-6)
