"""The short names by which each room of Keras finds its own: `mse`, `glorot_uniform`, `LSTM`."""

from __future__ import annotations

import ast
import re

from constructors import Place
from sources import Sources

ROOMS = {
    "activations": "activation",
    "constraints": "constraint",
    "dtype_policies": "dtype",
    "initializers": "initializer",
    "losses": "loss",
    "metrics": "metric",
    "optimizers": "optimizer",
    "quantizers": "quantization",
    "regularizers": "regularizer",
}
# Added by the loader of old files to what `keras.src.layers` holds.
MODELS = {
    "Functional": ("keras.src.models.functional", "Functional"),
    "Model": ("keras.src.models.model", "Model"),
    "Sequential": ("keras.src.models.sequential", "Sequential"),
}


def names(sources: Sources) -> dict[tuple[str, str], Place]:
    """Of a release of Keras 3, where each `(role, short name)` is defined."""
    found: dict[tuple[str, str], Place] = {}
    for room, role in ROOMS.items():
        for short, place in _room(sources, f"keras.src.{room}").items():
            found[role, short] = place
    layers = sources.modules.get("keras.src.layers")
    for name in layers.imports if layers else ():
        place = sources.find("keras.src.layers", name)
        if place:
            found["layer", name] = place
    if layers:
        found |= {("layer", name): place for name, place in MODELS.items()}
    return found


def _room(sources: Sources, module: str) -> dict[str, Place]:
    """What `ALL_OBJECTS_DICT` of a room holds, read from the statements that fill it."""
    here = sources.modules.get(module)
    found: dict[str, Place] = {}
    objects: list[Place] = []
    for statement in here.tree.body if here else ():
        match statement:
            case ast.Assign(targets=[ast.Name(id="ALL_OBJECTS")], value=ast.Set(elts=parts)):
                objects = [p for part in parts if (p := sources.resolve(module, part))]
            case ast.Assign(targets=[ast.Name(id="ALL_OBJECTS_DICT")], value=value):
                found |= _filled(sources, module, value, objects)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="update"), args=[value])):
                found |= _filled(sources, module, value, objects)
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id="ALL_OBJECTS_DICT"), slice=key)],
                value=value,
            ):
                found |= _filled(sources, module, ast.Dict([key], [value]), objects)
    return found


def _filled(
    sources: Sources, module: str, value: ast.expr, objects: list[Place]
) -> dict[str, Place]:
    match value:
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {
                key.value: place
                for key, named in pairs
                if isinstance(key, ast.Constant) and (place := sources.resolve(module, named))
            }
        case ast.DictComp(key=key):
            spelled = ast.unparse(key)
            return {_spelled(spelled, place[1]): place for place in objects}
    return {}


def _spelled(form: str, name: str) -> str:
    if "to_snake_case" in form:
        return snake_case(name)
    return name.lower() if ".lower()" in form else name


def snake_case(name: str) -> str:
    """`GlorotUniform` as `glorot_uniform`, by the rule that Keras follows."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
