"""Classes and functions that a configuration names and Keras does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from saveguard import known
from saveguard.archive import nodes
from saveguard.facts import Frozen, Node, Role
from saveguard.migration.step import Old
from saveguard.rules.loading.classes_wanted import Wanted

_LAMBDA = "__lambda__"
# Where classes come from that many files have; of those that are kept, what to install.
_PACKAGES = {
    "TCN": "keras-tcn",
    "KerasLayer": "tensorflow-hub",
    "SeqSelfAttention": "keras-self-attention",
    "ScaledDotProductAttention": "keras-self-attention",
    "MultiHead": "keras-multi-head",
    "CRF": "keras-contrib or tf2crf",
    "AnchorBoxes": "ssd_keras",
    "L2Normalization": "ssd_keras",
    "DecodeDetections": "ssd_keras",
    "PriorProbability": "keras-retinanet",
    "UpsampleLike": "keras-retinanet",
    "Anchors": "keras-retinanet",
    "BilinearUpsampling": "keras-deeplab-v3-plus",
    "QDense": "qkeras",
    "QConv2D": "qkeras",
    "QActivation": "qkeras",
    "QuantizeLayer": "tensorflow-model-optimization",
    "QuantizeWrapperV2": "tensorflow-model-optimization",
    "PruneLowMagnitude": "tensorflow-model-optimization",
    "GraphConv": "spektral",
    "GCNConv": "spektral",
    "TFBertMainLayer": "transformers",
}

_ASKED: tuple[Role, ...] = (
    "model", "layer", "function", "activation", "initializer", "regularizer", "constraint",
)  # fmt: skip


class Need(Frozen, frozen=True):
    """A class or function that only its author has.

    Attributes:
        name: As the file names it; the caller gives it under this name.
        role: What it is used for: `layer`, `activation`, ...; `lambda` of a Python lambda.
        arguments: What the configurations carry for it, by argument, of its first use.
        places: The layers that use it.
        package: Where it is known to come from, or empty.
    """

    name: str
    role: str
    arguments: Mapping[str, Any]
    places: tuple[str, ...]
    package: str = ""

    @property
    def wanted(self) -> Wanted:
        """The same for the finding that asks for it."""
        return Wanted(self.name, self.role, tuple(self.arguments), self.places, self.package)


def of(model: Mapping[str, Any], training: Mapping[str, Any] | None, old: Old) -> tuple[Need, ...]:
    """All of them, in the order of the document."""
    del training  # how a model was compiled is told, and never stands in the way
    release = known.release(known.LATEST)
    found: dict[str, list[Node]] = {}
    for node in nodes.walk(model, "model"):
        if node.role in _ASKED and node.class_name not in old.custom and _is_foreign(node, release):
            found.setdefault(_name(node), []).append(node)
    return tuple(
        Need(
            name=name,
            role="lambda" if using[0].class_name == _LAMBDA else using[0].role,
            arguments={} if using[0].class_name == _LAMBDA else using[0].config,
            places=tuple(node.layer or node.path for node in using),
            package=_package(name, using),
        )
        for name, using in found.items()
    )


def _package(name: str, using: Sequence[Node]) -> str:
    """The package that a class is known to come from, or empty."""
    if name in ("TFOpLambda", "SlicingOpLambda"):
        functions = sorted({f"tf.{node.config.get('function')}" for node in using})
        return f"TensorFlow's {', '.join(functions)}, for which keras.ops has no operation"
    addons = "tensorflow-addons, which has ended" if name.startswith("Addons>") else ""
    return _PACKAGES.get(name, addons)


def _name(node: Node) -> str:
    """What it is to be given as: a lambda by the layer that it is of."""
    return str(node.config.get("name")) if node.class_name == _LAMBDA else node.class_name


def _is_foreign(node: Node, release: known.Release) -> bool:
    module = node.module or ""
    if node.class_name == "Sequential":
        return False
    if module.partition(".")[0] == "keras":
        return release.symbol(node.class_name, module) is None
    if module in ("builtins", "") and node.raw.get("class_name") != "function":
        return bool(node.registered_name) or release.symbol(node.class_name, role=node.role) is None
    return True
