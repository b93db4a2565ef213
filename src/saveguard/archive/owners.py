"""Which layer of the configuration owns which arrays of the file.

Keras 3 finds a layer's arrays by its place: the group `layers/dense_1` holds those of the second
Dense layer, whatever it is called (`_save_container_state` in keras/src/saving/saving_lib.py). A
legacy `.h5` has a group a layer, by name (keras/src/legacy/saving/legacy_h5_format.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from saveguard.facts import ArchiveFacts, Frozen, Node, StoredArray

_GRAPHS = {"Sequential", "Functional", "Model"}
_PACKAGES = {"", "keras", "tf_keras"}
# In Keras 3 the arrays of these lie in the group of the cell.
_CELLED = {"LSTM", "GRU", "SimpleRNN"}
_BEGINS_WORD = re.compile(r"(?<!^)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")


class Owner(Frozen, frozen=True):
    """A layer, the group in the file that is its own, and the arrays there.

    Attributes:
        own: The arrays that are the layer's, not a part's: where shapes are to be compared.
    """

    layer: Node
    group: str
    arrays: tuple[StoredArray, ...]
    own: tuple[StoredArray, ...]


def owners(facts: ArchiveFacts) -> tuple[Owner, ...]:
    r"""The layers of a Sequential or Functional model, with their arrays.

    Empty where the configuration does not tell: a subclassed model, weights alone, or a file
    whose groups follow another scheme. Groups that Windows named, `layers\dense`, are no layer's,
    as no loader of Keras 3 finds them.
    """
    weights = [one for one in facts.arrays if one.role in ("weight", "seed")]
    root = next((node for node in facts.nodes if node.path == "$"), None)
    if root is None or not _is_graph(root) or facts.unread:
        return ()
    if facts.layout == "h5":
        return tuple(_by_name(facts.nodes, root, weights))
    if facts.layout not in ("keras", "folder"):
        return ()
    placed = _by_place(facts.nodes, root, "layers")
    found = tuple(_owner(node, group, weights) for node, group in placed)
    known = any(one.arrays for one in found) or any("\\" in one.path for one in weights)
    return found if known or not weights else ()


def unowned(facts: ArchiveFacts, found: Iterable[Owner]) -> tuple[StoredArray, ...]:
    """The weights in the file that lie in no owner's group."""
    owned = tuple(f"{owner.group}/" for owner in found)
    weights = (one for one in facts.arrays if one.role == "weight")
    return tuple(one for one in weights if not one.path.startswith((*owned, "vars/")))


def _is_graph(node: Node) -> bool:
    layers = node.config.get("layers")
    package = (node.module or "").partition(".")[0]
    return node.class_name in _GRAPHS and package in _PACKAGES and isinstance(layers, list)


def _children(nodes: tuple[Node, ...], model: Node) -> Iterator[Node]:
    place = re.compile(re.escape(f"{model.path}.config.layers[") + r"\d+\]")
    return (node for node in nodes if node.owner == model.path and place.fullmatch(node.path))


def _by_place(nodes: tuple[Node, ...], model: Node, folder: str) -> Iterator[tuple[Node, str]]:
    children = tuple(_children(nodes, model))
    names = (node.class_name for node in children)
    for node, group in zip(children, groups(names, folder), strict=True):
        if _is_graph(node):
            yield from _by_place(nodes, node, f"{group}/layers")
        else:
            yield node, group


def groups(class_names: Iterable[str], folder: str) -> Iterator[str]:
    """Where Keras 3 puts the state of each object of a list: by its class, those alike numbered."""
    used: Counter[str] = Counter()
    for name in class_names:
        snake = _snake_case(name)
        yield f"{folder}/{snake}_{used[snake]}" if used[snake] else f"{folder}/{snake}"
        used[snake] += 1


def _snake_case(name: str) -> str:
    """`LSTM` is `lstm`, `Conv2D` is `conv2d`, as `keras.src.utils.naming.tosnake_case` has it."""
    return _BEGINS_WORD.sub("_", re.sub(r"\W+", "", name)).lower()


def _owner(node: Node, group: str, weights: list[StoredArray]) -> Owner:
    mine = tuple(one for one in weights if one.path.startswith(f"{group}/"))
    vars_at = f"{group}/cell/vars/" if node.class_name in _CELLED else f"{group}/vars/"
    own = sorted((one for one in mine if one.path.startswith(vars_at)), key=_position)
    return Owner(layer=node, group=group, arrays=mine, own=tuple(own))


def _position(array: StoredArray) -> tuple[int, str]:
    last = array.path.rpartition("/")[2]
    return (int(last) if last.isdigit() else 0), last


def _by_name(nodes: tuple[Node, ...], root: Node, weights: list[StoredArray]) -> Iterator[Owner]:
    top: Mapping[str, None] = dict.fromkeys(one.path.partition("/")[0] for one in weights)
    folder = "model_weights/" if "model_weights" in top else ""
    for node in _children(nodes, root):
        group = f"{folder}{node.name}"
        mine = tuple(one for one in weights if one.path.startswith(f"{group}/"))
        yield Owner(layer=node, group=group, arrays=mine, own=() if _is_graph(node) else mine)
