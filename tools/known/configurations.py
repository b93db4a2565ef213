"""Which constructor arguments a class's own `get_config` leaves out."""

from __future__ import annotations

import ast

from constructors import Classes, Place, named

# Not the object's own settings: a shape is stored by the build, weights are stored as arrays.
NEVER_STORED = {
    "args",
    "batch_input_shape",
    "batch_size",
    "input_dim",
    "input_shape",
    "input_tensor",
    "kwargs",
    "shape",
    "weights",
}
# Where the base's `get_config` records the constructor's arguments by itself.
AUTOMATIC = {"Operation", "KerasSaveable"}


def dropped(classes: Classes, place: Place) -> tuple[str, ...]:
    """Arguments that the class's own constructor names and its configuration does not hold.

    Empty where the class has no `get_config` of its own, or one that cannot be read this way.
    """
    own = classes.method(place, "get_config")
    constructor = classes.method(place, "__init__")
    if own is None or constructor is None or own[0] > constructor[0]:
        return ()
    keys = _keys(classes, place)
    if keys is None:
        return ()
    arguments, _ = named(constructor[1])
    return tuple(n for n in arguments if n not in keys and n not in NEVER_STORED)


def _keys(classes: Classes, place: Place) -> set[str] | None:
    """Keys of the configuration, or None where it is built in a way that is not followed."""
    found = classes.method(place, "get_config")
    if found is None:
        return set()
    step, function = found
    ancestor = classes.line(place)[step]
    if ancestor[1] in AUTOMATIC:
        return {"name"}
    keys: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.Dict(keys=parts):
                keys |= {k.value for k in parts if isinstance(k, ast.Constant)}
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str(key)))]):
                keys.add(key)
            case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
                keys |= {k.arg for k in keywords if k.arg}
            case ast.Call(func=ast.Attribute(value=owner, attr="get_config")):
                if not ast.unparse(owner).startswith("super("):
                    return None
                above = _above(classes, place, step)
                if above is None:
                    return None
                keys |= above
            case ast.For() | ast.DictComp():
                return None
    return keys


def _above(classes: Classes, place: Place, step: int) -> set[str] | None:
    for ancestor in classes.line(place)[step + 1 :]:
        if classes.method(ancestor, "get_config"):
            return _keys(classes, ancestor)
    return set()
