"""What an old file holds of its optimizer: which array is what, of which trained weight.

Today's Keras has a list for each kind of moment; the kinds are called by those lists' names here.
Sources: `get_weights` of keras/optimizers.py (Keras 2.0 to 2.3), optimizer_v2 (TensorFlow 1.14 to
2.10, `legacy` since), keras/optimizers/optimizer.py (2.11 to 2.15), base_optimizer.py of Keras 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from saveguard.facts import ArchiveFacts, Frozen, StoredArray

Role = tuple[str, int]
ITERATION, RATE = ("iteration", 0), ("learning_rate", 0)
_GROUP = "optimizer_weights"
# One that scales losses writes the variables of the one in it, too.
_PLACES = ("optimizer/inner_optimizer/vars", "optimizer/vars")
# What tf.keras called the moments.
_KINDS = {
    "m": "momentums",
    "momentum": "momentums",
    "v": "velocities",
    "velocity": "velocities",
    "rms": "velocities",
    "vhat": "velocity_hats",
    "mg": "average_gradients",
    "average_gradient": "average_gradients",
    "accumulator": "accumulators",
    "linear": "linears",
    "accum_grad": "accumulated_grads",
    "accumulated_grad": "accumulated_grads",
    "accum_var": "accumulated_delta_vars",
    "accumulated_delta_var": "accumulated_delta_vars",
    "average": "model_variables_moving_average",
}
_ADAMAX = {"m": "m", "v": "u", "u": "u"}
# What Keras 2 held without telling, one block of all trained weights after the other.
_BLOCKS = {
    "SGD": ("momentums",),
    "RMSprop": ("velocities",),
    "Adagrad": ("accumulators",),
    "Adadelta": ("accumulated_grads", "accumulated_delta_vars"),
    "Adam": ("momentums", "velocities", "velocity_hats"),
    "Adamax": ("m", "u"),
}
# Of which it is proven, by one step more, that today's goes on from them as the old one did. The
# others of these releases differ from call to call: a step changes a weight while it is read.
_PROVEN: dict[tuple[int, ...], set[str]] = {
    (2, 2): {"SGD", "RMSprop"},
    (2, 3): {"SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "AMSGrad"},
}


class Moment(Frozen, frozen=True):
    """One array of an optimizer.

    Attributes:
        role: Its kind, and the number of the trained weight that it is of, as the file counts them.
        array: Where its values are.
        weight: The name of that weight; empty where the file does not tell.
    """

    role: Role
    array: StoredArray
    weight: str = ""


def stored(facts: ArchiveFacts) -> list[tuple[str, StoredArray]]:
    """The optimizer's arrays in their order, by the names that the file has for them."""
    by_path = {one.path: one for one in facts.arrays if one.role == "optimizer"}
    if facts.layout == "h5":
        listed = facts.documents.get("@weight_names")
        names = listed.get(_GROUP, ()) if isinstance(listed, dict) else ()
        return [(name, by_path[f"{_GROUP}/{name}"]) for name in names
                if f"{_GROUP}/{name}" in by_path]  # fmt: skip
    for place in _PLACES:
        inside = [path for path in by_path if path.rpartition("/")[0] == place]
        inside.sort(key=lambda path: int(path.rpartition("/")[2]))
        if inside:
            return [(path, by_path[path]) for path in inside]
    return []


def told(names: Sequence[tuple[str, StoredArray]], optimizer: str) -> list[Moment] | None:
    """The arrays of tf.keras, whose names tell what they are; None where they do not."""
    kinds = _ADAMAX if optimizer == "Adamax" else _KINDS
    found: list[Moment] = []
    counts: dict[str, int] = {}
    for name, array in names:
        parts = name.removesuffix(":0").split("/")
        if parts[-1] in ("iter", "iteration"):
            found.append(Moment(role=ITERATION, array=array))
            continue
        # `Adam/dense/kernel/m` until 2.10, `Adam/m/dense/kernel` since
        places = (len(parts) - 1, *range(len(parts) - 1))
        place = next((n for n in places if len(parts) > 2 and parts[n] in kinds), None)
        if place is None:
            continue
        kind = kinds[parts.pop(place)]
        number = counts[kind] = counts.get(kind, -1) + 1
        found.append(Moment(role=(kind, number), array=array, weight="/".join(parts)))
    return found if counts or len(found) == len(names) else None


def proven(inner: Any, numbers: tuple[int, ...]) -> bool:
    """Whether `blocks` gives what an optimizer of Keras 2 goes on from as it did.

    Args:
        inner: Today's optimizer of that kind.
        numbers: The release that wrote the file.
    """
    kind = "AMSGrad" if getattr(inner, "amsgrad", False) else type(inner).__name__
    return kind in _PROVEN.get(numbers[:2], ())


def blocks(
    names: Sequence[tuple[str, StoredArray]], optimizer: str, trained: int
) -> list[Moment] | None:
    """The arrays of Keras 2, which are told by their order alone; None where they cannot be."""
    found: list[Moment] = []
    rest: list[StoredArray] = []
    for _, array in names:
        if not array.shape and not rest:
            found.append(Moment(role=ITERATION, array=array))
        else:
            rest.append(array)
    kinds = _BLOCKS.get(optimizer, ())
    if len(found) > 1 or not trained or len(rest) % trained or len(rest) > trained * len(kinds):
        return None
    roles = [(kind, number) for kind in kinds for number in range(trained)]
    for role, array in zip(roles, rest, strict=False):
        found.append(Moment(role=role, array=array))
    return found


def ordered(
    names: Sequence[tuple[str, StoredArray]], today: Sequence[tuple[Role, tuple[int, ...]]]
) -> Iterator[Moment]:
    """The arrays of a release that holds them in today's order; single numbers may stand elsewhere.

    Args:
        today: Role and shape of each of today's variables, in order.
    """
    for single in (True, False):
        arrays = [array for _, array in names if (not array.shape) is single]
        roles = [role for role, shape in today if (not shape) is single]
        for role, array in zip(roles, arrays, strict=False):
            yield Moment(role=role, array=array)
