"""Names in a configuration that lead to functions which are no part of a model."""

from __future__ import annotations

from pathlib import Path

from tools.scorecard import configs, forge
from tools.scorecard.case import hostile
from tools.scorecard.configs import aside, called, function, inputs, lambda_layer, node, source


def _write(folder: Path, graph: configs.JSON) -> Path:
    return forge.keras_zip(folder / "m.keras", graph)


@hostile("CVE-2025-1550", "SG302")
def module_of_the_system(folder: Path) -> Path:
    """A Lambda whose function is `os.system`, called on a literal."""
    return _write(folder, aside(lambda_layer(function("os", "system")), "true"))


@hostile("CVE-2025-1550; bypass: denylist of names", "SG302")
def module_seldom_listed(folder: Path) -> Path:
    """`pydoc.pipepager`, which few denylists have."""
    return _write(folder, aside(lambda_layer(function("pydoc", "pipepager")), "x", cmd="true"))


@hostile("CVE-2025-1550; bypass: denylist of names", "SG302")
def module_below_a_harmless_one(folder: Path) -> Path:
    """`multiprocessing.util.spawnv_passfds`, deep in a package that looks harmless."""
    graph = aside(lambda_layer(function("multiprocessing.util", "spawnv_passfds")), "/bin/true")
    return _write(folder, graph)


@hostile("CVE-2025-1550", "SG302")
def class_of_the_system(folder: Path) -> Path:
    """A layer whose class is `subprocess.Popen`."""
    layer = node("Popen", {"name": "pipe", "args": ["true"]}, "subprocess")
    return _write(folder, configs.through(layer))


@hostile("CVE-2025-1550; bypass: only layers are looked at", "SG302")
def module_in_initializer(folder: Path) -> Path:
    """An initializer of the module `runpy`."""
    layer = configs.dense(kernel_initializer=node("run_path", {"path_name": "x"}, "runpy"))
    return _write(folder, configs.functional(inputs(), called(layer, source("tokens"))))


@hostile("CVE-2025-1550; bypass: only layers are looked at", "SG302")
def module_in_metrics(folder: Path) -> Path:
    """A metric of the module `timeit`, in `compile_config`, three lists deep."""
    metric = node("MeanMetricWrapper", {"fn": function("timeit", "timeit")}, "keras.metrics")
    return _write(folder, configs.plain(compile_config={"metrics": [[[metric]]]}))


@hostile("CVE-2025-1550; bypass: only layers are looked at", "SG302")
def module_in_dtype_policy(folder: Path) -> Path:
    """A dtype policy of the module `code`."""
    layer = configs.dense(dtype=node("InteractiveInterpreter", {}, "code"))
    return _write(folder, configs.functional(inputs(), called(layer, source("tokens"))))


@hostile("CVE-2025-1550; bypass: only layers are looked at", "SG302")
def module_in_build_config(folder: Path) -> Path:
    """A class of `pty` in a layer's `build_config`."""
    layer = {**configs.dense(), "build_config": {"shape": node("spawn", {"argv": "x"}, "pty")}}
    return _write(folder, configs.functional(inputs(), called(layer, source("tokens"))))


@hostile("CVE-2025-1550; bypass: only layers are looked at", "SG302")
def python_builtin(folder: Path) -> Path:
    """`eval` of the module `builtins`, where Keras keeps `relu` too."""
    return _write(folder, aside(lambda_layer(function("builtins", "eval")), "0"))


@hostile("CVE-2025-1550", "SG302", "SG303")
def module_typespec(folder: Path) -> Path:
    """A `__typespec__` of the module `os`."""
    spec = {"class_name": "__typespec__", "spec_name": "popen", "module": "os", "config": ["x"]}
    layer = configs.dense(kernel_regularizer={**spec, "registered_name": None})
    return _write(folder, configs.functional(inputs(), called(layer, source("tokens"))))


@hostile("CVE-2025-1550; registered names are claims", "SG302")
def module_with_registered_name(folder: Path) -> Path:
    """`os.system` under a registered name that looks like a user's own."""
    return _write(folder, aside(lambda_layer(function("os", "system", "shop>scale")), "true"))


@hostile("CVE-2025-1550; versions are claims", "SG302")
def module_in_a_file_of_today(folder: Path) -> Path:
    """`nt.system`, in a file that says it was written by Keras 99."""
    graph = aside(lambda_layer(function("nt", "system")), "true")
    return forge.keras_zip(folder / "m.keras", graph, metadata={"keras_version": "99.0.0"})


@hostile("CVE-2025-8747", "SG303")
def download_function(folder: Path) -> Path:
    """A Lambda whose function is `keras.utils.get_file`, called on a literal URL."""
    layer = lambda_layer(function("keras.utils", "get_file"))
    return _write(folder, aside(layer, "weights.h5", origin="http://localhost:9/none"))


@hostile("CVE-2025-8747; bypass: denylist of names", "SG303")
def download_function_by_private_path(folder: Path) -> Path:
    """The same by its private path."""
    layer = lambda_layer(function("keras.src.utils.file_utils", "get_file"))
    return _write(folder, aside(layer, "weights.h5", origin="http://localhost:9/none"))


@hostile("public-function gadget (open on 3.15.1)", "SG303")
def setting_function(folder: Path) -> Path:
    """A dead Lambda whose function is `keras.config.set_image_data_format`."""
    layer = lambda_layer(function("keras.config", "set_image_data_format"))
    return _write(folder, aside(layer, "channels_first"))


@hostile("public-function gadget (open on 3.15.1)", "SG303")
def data_set_function(folder: Path) -> Path:
    """A dead Lambda whose function is `keras.datasets.mnist.load_data`, which downloads."""
    return _write(folder, aside(lambda_layer(function("keras.datasets.mnist", "load_data")), "m"))


@hostile("public-function gadget; bypass: class position", "SG303")
def function_named_as_class(folder: Path) -> Path:
    """`keras.utils.get_file` where a class stands: Keras hands the function itself over."""
    layer = lambda_layer(node("get_file", {}, "keras.utils"))
    return _write(folder, aside(layer, "weights.h5"))


@hostile("public-function gadget; bypass: the walk does not recurse", "SG303")
def gadget_as_activation(folder: Path) -> Path:
    """`keras.visualization.plot_image_gallery` as an activation in a nested model."""
    activation = function("keras.visualization", "plot_image_gallery")
    inner = {"name": "inner", "layers": [configs.dense("inside", activation=activation)]}
    return _write(folder, configs.through(node("Sequential", inner, "keras")))


@hostile("public-function gadget: nested deserializer", "SG303")
def deserializer_as_function(folder: Path) -> Path:
    """`keras.layers.deserialize` as a function: it opens a second door without safe mode."""
    layer = lambda_layer(function("keras.layers", "deserialize"))
    return _write(folder, aside(layer, {"class_name": "Dense", "config": {"units": 1}}))


@hostile("imported names of a module (Keras up to 3.10)", "SG303")
def name_that_a_module_imports(folder: Path) -> Path:
    """`keras.src.activations.deserialize_keras_object`: an imported name is resolved as well."""
    layer = lambda_layer(function("keras.src.activations", "deserialize_keras_object"))
    return _write(folder, aside(layer, "x"))


@hostile("CVE-2025-9906", "SG304")
def safe_mode_switched_off(folder: Path) -> Path:
    """A Lambda whose function is `keras.config.enable_unsafe_deserialization`."""
    layer = lambda_layer(function("keras.config", "enable_unsafe_deserialization"))
    return _write(folder, aside(layer))


@hostile("CVE-2025-9906; bypass: denylist of names", "SG303", "SG304")
def safe_mode_switched_off_by_state(folder: Path) -> Path:
    """The same by the setter of Keras's global state."""
    layer = lambda_layer(function("keras.src.backend.common.global_state", "set_global_attribute"))
    return _write(folder, aside(layer, "safe_mode_saving", False))


@hostile("TensorFlow function as layer", "SG317")
def tensorflow_function(folder: Path) -> Path:
    """A TFOpLambda of `io.write_file` in an `.h5`."""
    layer = configs.legacy_layer("TFOpLambda", function="io.write_file", trainable=True)
    layer["inbound_nodes"] = [["tokens", 0, 0, {"contents": "x"}]]
    return forge.h5(folder / "m.h5", configs.legacy(layer))


@hostile("TensorFlow operation as layer", "SG317")
def tensorflow_operation(folder: Path) -> Path:
    """A TensorFlowOpLayer whose `node_def` is a ReadFile in an `.h5`."""
    definition = '{"name": "read", "op": "ReadFile", "input": ["tokens"]}'
    layer = configs.legacy_layer("TensorFlowOpLayer", node_def=definition, constants={})
    return forge.h5(folder / "m.h5", configs.legacy(layer))


@hostile("CVE-2025-1550; a package that nobody lists", "SG302", "SG201")
def module_of_an_installed_package(folder: Path) -> Path:
    """A function of some installed package, which looks like a user's own (3.8: told)."""
    layer = lambda_layer(function("somepackage.shell", "run"))
    graph = configs.functional(
        inputs(),
        called(layer, source("tokens")),
        called(configs.dense(), source("scale")),
    )
    return _write(folder, graph)
