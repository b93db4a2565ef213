"""Code inside the file: bytecode of lambdas, pickles of torch."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tools.scorecard import configs, forge, payloads
from tools.scorecard.case import hostile
from tools.scorecard.configs import called, dense, inputs, lambda_layer, legacy, legacy_layer, node
from tools.scorecard.protobuf import saved_model


def _lambda() -> configs.JSON:
    parts = {"code": payloads.bytecode(), "defaults": None, "closure": None}
    return {"class_name": "__lambda__", "config": parts}


def _legacy_lambda(**more: object) -> configs.JSON:
    code = [payloads.bytecode(), None, None]
    return legacy_layer("Lambda", function=code, function_type="lambda", arguments={}, **more)


@hostile("CVE-2024-3660", "SG301")
def lambda_in_h5(folder: Path) -> Path:
    """A Lambda layer's bytecode in the `model_config` of an `.h5`."""
    return forge.h5(folder / "m.h5", legacy(_legacy_lambda()))


@hostile("CVE-2025-9905", "SG301")
def lambda_in_h5_of_keras_3(folder: Path) -> Path:
    """A Lambda layer's bytecode in an `.h5` that Keras 3 writes, where safe_mode was ignored."""
    return forge.h5(folder / "m.h5", configs.through(lambda_layer(_lambda())))


@hostile("CVE-2024-3660", "SG301")
def lambda_in_saved_model(folder: Path) -> Path:
    """A Lambda layer's bytecode in the `keras_metadata.pb` of a SavedModel."""
    return saved_model(folder / "m", metadata=legacy(_legacy_lambda()))


@hostile("CVE-2024-3660", "SG301")
def lambda_in_keras_2_zip(folder: Path) -> Path:
    """A Lambda layer's bytecode in a `.keras` as Keras 2.12 wrote it, which had no safe mode."""
    config = legacy_layer("Lambda", function_type="lambda", arguments={})["config"]
    config["function"] = {"class_name": "__lambda__", "config": {"value": [payloads.bytecode()]}}
    layer = called(node("Lambda", config), configs.source("tokens"))
    graph = configs.functional(inputs(), layer, outputs="lambda")
    return forge.keras_zip(folder / "m.keras", graph, metadata={"keras_version": "2.12.0"})


@hostile("CVE-2026-12481", "SG301")
def lambda_without_module(folder: Path) -> Path:
    """A Lambda node without `module` in a `.keras`, which goes to the legacy deserializer."""
    layer = called(lambda_layer([payloads.bytecode(), None, None]), configs.source("tokens"))
    del layer["module"]
    graph = configs.functional(inputs(), layer, called(dense(), configs.source("scale")))
    return forge.keras_zip(folder / "m.keras", graph)


@hostile("bypass: the walk does not recurse", "SG301")
def lambda_in_wrapper_in_model(folder: Path) -> Path:
    """A lambda inside TimeDistributed inside a nested model inside a nested model."""
    wrapped = node("TimeDistributed", {"name": "each", "layer": lambda_layer(_lambda())})
    inner = node("Sequential", {"name": "inner", "layers": [wrapped]}, "keras")
    outer = node("Sequential", {"name": "outer", "layers": [inner]}, "keras")
    return forge.keras_zip(folder / "m.keras", configs.through(outer))


@hostile("bypass: only layers are looked at", "SG301")
def lambda_as_loss(folder: Path) -> Path:
    """A lambda as the loss, in `compile_config`."""
    graph = configs.plain(compile_config={"optimizer": "sgd", "loss": _lambda()})
    return forge.keras_zip(folder / "m.keras", graph)


@hostile("bypass: only layers are looked at", "SG301")
def lambda_as_output_shape(folder: Path) -> Path:
    """A harmless function, with a lambda as the Lambda layer's `output_shape`."""
    layer = lambda_layer(configs.function("builtins", "relu"), output_shape=_lambda())
    return forge.keras_zip(folder / "m.keras", configs.through(layer))


@hostile("bypass: only layers are looked at", "SG301")
def lambda_in_keyword(folder: Path) -> Path:
    """A lambda as an argument of a call, in `inbound_nodes`."""
    layer = called(dense(), configs.source("tokens"), mask=_lambda())
    return forge.keras_zip(folder / "m.keras", configs.functional(inputs(), layer))


@hostile("bypass: denylist of names", "SG301")
def lambda_of_a_subclass(folder: Path) -> Path:
    """Bytecode in a layer whose class is called otherwise than Lambda."""
    layer = node("Custom>Scaled", {"name": "scale", "function": _lambda()}, "shop.layers")
    return forge.keras_zip(folder / "m.keras", configs.through(layer))


@hostile("CVE-2025-49655", "SG305")
def torch_module_pickle(folder: Path) -> Path:
    """A TorchModuleWrapper whose `module` is a pickle in a torch file."""
    config = {"name": "wrapped", "module": payloads.torch_file()}
    layer = node("TorchModuleWrapper", config)
    return forge.keras_zip(folder / "m.keras", configs.through(layer))


@hostile("CVE-2025-49655; bypass: the walk does not recurse", "SG305")
def torch_module_bare_pickle(folder: Path) -> Path:
    """The same as a bare pickle, as the cell of a recurrent layer."""
    content = payloads.base64.b64encode(payloads.pickled("posix", "mkdir")).decode()
    cell = node("TorchModuleWrapper", {"name": "cell", "module": content})
    layer = node("RNN", {"name": "recurrent", "cell": cell})
    return forge.keras_zip(folder / "m.keras", configs.through(layer))


@hostile("object arrays in model.weights.npz (Keras 3.3 to 3.8)", "SG311")
def npz_object_array(folder: Path) -> Path:
    """A `model.weights.npz` whose array is a pickle."""
    content = forge.npz({"layers.npy": forge.npy("|O", (), payloads.pickled())})
    path = folder / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps(forge.METADATA))
        archive.writestr("config.json", json.dumps(configs.plain()))
        archive.writestr("model.weights.npz", content)
    return path


@hostile("object arrays in a bare .npz; bypass: extension gating", "SG311")
def npz_object_array_alone(folder: Path) -> Path:
    """Weights in an `.npz` of which the second array is a pickle, under the name `.weights`."""
    path = folder / "m.weights"
    good = forge.npy("<f4", (2,), b"\0" * 8)
    path.write_bytes(forge.npz({"a.npy": good, "b.npy": forge.npy("|O", (), payloads.pickled())}))
    return path
