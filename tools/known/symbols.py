"""What a release lets a saved model name: classes and functions by their public paths."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from configurations import dropped
from constructors import Classes, Place, named
from sources import Sources

# The nearest of these among a class's bases says what Keras uses it for.
ROLES = {
    "Model": "model",
    "Functional": "model",
    "Network": "model",
    "Container": "model",
    "Layer": "layer",
    "Initializer": "initializer",
    "Regularizer": "regularizer",
    "Constraint": "constraint",
    "Loss": "loss",
    "Metric": "metric",
    "Optimizer": "optimizer",
    "BaseOptimizer": "optimizer",
    "OptimizerV2": "optimizer",
    "LearningRateSchedule": "schedule",
    "DTypePolicy": "dtype",
    "DTypePolicyMap": "dtype",
    "Policy": "dtype",
    "Quantizer": "quantization",
    "QuantizationConfig": "quantization",
    "Operation": "layer",
}
# Of functions, the public module tells.
FUNCTION_ROLES = {
    "activations": "activation",
    "losses": "loss",
    "metrics": "metric",
    "initializers": "initializer",
    "regularizers": "regularizer",
    "constraints": "constraint",
}
# Public modules of Keras 2 before its exports were marked in the source.
UNMARKED = (
    "activations",
    "constraints",
    "engine",
    "initializers",
    "layers",
    "legacy",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
)


@dataclass(frozen=True)
class Definition:
    """One class or function, as the tables hold it."""

    kind: str
    role: str
    base: str
    saveable: bool
    arguments: tuple[str, ...]
    required: tuple[str, ...]
    catch_all: bool
    dropped: tuple[str, ...]


def symbols(sources: Sources, marked: bool) -> dict[str, Definition]:
    """Every symbol of a release by its full public path.

    A class that is saveable but not exported stands under the module that defines it.
    """
    classes, found = Classes(sources), {}
    for place, statement in sources.classes():
        definition = _class(classes, place)
        paths = list(_public(place, statement, marked))
        if not paths and definition.saveable:
            paths = [".".join(place)]
        found |= dict.fromkeys(paths, definition)
    for place, function in sources.functions():
        for path in _public(place, function, marked):
            found[path] = _function(function, path.rpartition(".")[0])
    return found


def place_paths(sources: Sources) -> dict[Place, list[str]]:
    """The public paths of each definition that has one."""
    every = [*sources.classes(), *sources.functions()]
    paths = ((place, list(_public(place, statement, True))) for place, statement in every)
    return {place: found for place, found in paths if found}


def _public(place: Place, statement: ast.ClassDef | ast.FunctionDef, marked: bool) -> Iterator[str]:
    """The public paths of a definition: by its export mark, or by where it stands."""
    if not marked:
        parts = place[0].split(".")
        if len(parts) > 1 and parts[1] in UNMARKED and not place[1].startswith("_"):
            module = "layers" if parts[1] == "legacy" else parts[1]
            yield f"{parts[0]}.{'models' if module == 'engine' else module}.{place[1]}"
        return
    for decorator in statement.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id="keras_export"), args=arguments):
                for argument in arguments:
                    for node in ast.walk(argument):
                        if isinstance(node, ast.Constant) and isinstance(node.value, str):
                            yield node.value.replace("tf_keras.", "keras.")


def _class(classes: Classes, place: Place) -> Definition:
    names = [ancestor[1] for ancestor in classes.line(place)]
    base = next((name for name in names if name in ROLES), "")
    if "Loss" in names and base == "Layer":
        base = "Loss"
    taken = classes.constructor(place)
    return Definition(
        kind="class",
        role="metric" if "Metric" in names else ROLES.get(base, "value"),
        base=base,
        saveable="KerasSaveable" in names or bool(base),
        arguments=taken.arguments,
        required=taken.required,
        catch_all=taken.catch_all,
        dropped=dropped(classes, place),
    )


def _function(function: ast.FunctionDef, module: str) -> Definition:
    arguments, required = named(function)
    role = FUNCTION_ROLES.get(module.rpartition(".")[2], "function")
    open_end = function.args.kwarg is not None
    return Definition("function", role, "", False, arguments, required, open_end, ())
