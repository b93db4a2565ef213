"""The state of an old model's optimizer, given to today's: moments, iterations, learning rate.

Each array goes to the variable of the same kind and weight, in today's order. Where one of them is
not certain, none is carried: an optimizer that half remembers trains worse than one that begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saveguard.migration import moments, weights
from saveguard.migration.moments import ITERATION, RATE, Moment, Role
from saveguard.migration.plan import Plan

# Lists of an optimizer that hold the model's own variables, or sums for the step that is made.
_NO_MOMENTS = {"_trainable_variables", "_variables", "_accumulated_gradients"}


# A weight that is trained, and what the file calls its layer and itself.
Trained = tuple[Any, str, str]
# A variable of today's optimizer, and what it is.
Known = tuple[Any, Role]


class Uncertain(Exception):
    """Why a state is not carried, in words."""


def carry(model: Any, plan: Plan) -> str:
    """Give the optimizer of a compiled model the state in the file; returns why not, or nothing."""
    optimizer, numbers = model.optimizer, plan.source.numbers
    if optimizer is None:
        return ""
    names = moments.stored(plan.source.facts)
    if not names:
        return _unwritten(plan)
    try:
        if type(_inner(optimizer)).__name__ == "Nadam" and numbers < (3,):
            raise Uncertain(f"Nadam of Keras {plan.source.keras} made other steps of the same")
        trained = list(_trained(model, plan))
        optimizer.build(model.trainable_variables)
        inner = _inner(optimizer)
        known = list(_roles(inner))
        found = _found(names, known, inner, trained, plan)
        order = _order(model, trained, found)
        pairs = list(_pairs(known, found, order))
    except Uncertain as error:
        return f"the optimizer's state: {error}"
    for variable, moment in pairs:
        variable.assign(weights.read(moment.array))
    return ""


def _unwritten(plan: Plan) -> str:
    """Why a file of a model that was trained may hold no state."""
    source = plan.source
    raw = (source.training or {}).get("optimizer") or {}
    legacy = isinstance(raw, Mapping) and "legacy" in str(raw.get("module"))
    if source.layout in ("keras", "folder") and legacy:
        return f"the optimizer's state, which Keras {source.keras} does not write of legacy ones"
    if any(".OPTIMIZER_SLOT/" in one.path for one in source.facts.arrays):
        return "the optimizer's state, which Keras 2 did not take back out of a SavedModel either"
    return ""


def _trained(model: Any, plan: Plan) -> Iterator[Trained]:
    """The weights that are trained, in the file's order, each with its names there."""
    seen: set[int] = set()
    arrays = plan.source.arrays
    left = {path: list(held) for path, held in arrays.items()}
    for one in plan.carries:
        layer = weights.layer_at(model, one.layer)
        held = [v for v in layer.trainable_weights if id(v) not in seen]
        if held and one.conversions:
            raise Uncertain(f"`{one.layer}` has weights of another form today")
        pool = one.origin if one.origin in arrays else weights.pool_of(one.origin, arrays) or ""
        for variable in held:
            seen.add(id(variable))
            path = left[pool].pop(0).path if left.get(pool) else ""
            name = "/".join(path.removesuffix(":0").split("/")[-2:])
            yield variable, one.origin.rpartition("/")[2], name


def _inner(optimizer: Any) -> Any:
    """The optimizer in a scale of losses."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def _roles(inner: Any) -> Iterator[tuple[Any, Role]]:
    """Each variable of an optimizer with what it is, in order."""
    others = 0
    roles = {
        id(variable): (name.lstrip("_"), number)
        for name, held in vars(inner).items()
        if isinstance(held, (list, tuple)) and name not in _NO_MOMENTS
        for number, variable in enumerate(held)
    }
    roles |= {id(inner._iterations): ITERATION, id(inner._learning_rate): RATE}
    for variable in inner.variables:
        role = roles.get(id(variable), ("other", others))
        others += role[0] == "other"
        yield variable, role


def _found(
    names: Sequence[Any], known: list[Known], inner: Any, trained: list[Trained], plan: Plan
) -> dict[Role, Moment]:
    """The arrays in the file by what they are."""
    source, kind = plan.source, type(inner).__name__
    found: Any = None
    if source.numbers >= (3,) or source.layout != "h5":
        today = [(role, tuple(variable.shape)) for variable, role in known]
        if source.numbers < (3,):
            today = [one for one in today if one[0] != RATE]
        surplus = len(names) - len(today)
        if surplus and not (kind == "SGD" and surplus > 0 and source.numbers < (3,)):
            raise Uncertain(f"{len(names)} arrays in the file, and {kind} has {len(today)}")
        found = moments.ordered(names, today)
    found = found or moments.told(names, kind)
    if not found and not moments.proven(inner, source.numbers):
        raise Uncertain(f"{kind} of Keras {source.keras} is not proven to go on from it as it did")
    found = found or moments.blocks(names, kind, len(trained))
    if found is None:
        raise Uncertain(f"its arrays ({names[0][0]}, ...) do not tell what they are of")
    return {one.role: one for one in found}


def _order(model: Any, trained: list[Trained], found: Mapping[Role, Moment]) -> dict[int, int]:
    """The number that the file gives to each of today's trained weights."""
    if {id(one[0]) for one in trained} != {id(v) for v in model.trainable_variables}:
        raise Uncertain("other weights are trained than the file's layers have")
    for (_, number), moment in found.items():
        if moment.weight and number < len(trained):
            _, layer, name = trained[number]
            if layer not in moment.weight.split("/") and not moment.weight.endswith(name or "/"):
                raise Uncertain(f"`{moment.weight}` stands where a weight of `{layer}` is due")
    numbers = {id(one[0]): number for number, one in enumerate(trained)}
    return {today: numbers[id(v)] for today, v in enumerate(model.trainable_variables)}


def _pairs(
    known: list[Known],
    found: Mapping[Role, Moment],
    order: Mapping[int, int],
) -> Iterator[tuple[Any, Moment]]:
    """Each variable with its array."""
    for variable, (kind, number) in known:
        single = (kind, number) in (ITERATION, RATE) or kind == "other"
        moment = found.get((kind, number if single else order[number]))
        if moment is None and not single:
            raise Uncertain(f"`{variable.path}` is not in the file")
        if moment is None:
            continue
        if moment.array.shape != tuple(variable.shape):
            raise Uncertain(f"`{variable.path}` is {tuple(variable.shape)}, in the file"
                            f" {moment.array.shape}")  # fmt: skip
        yield variable, moment
