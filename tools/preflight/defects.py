"""Twenty ways to write a layer that does not come back, each beside the same layer that does.

Every part takes and gives tensors whose last axis has 4 elements, so that it fits into every host.
Each is a user's module of its own, which a fresh process can import.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tools.preflight.sources import (
    BOTH,
    BOX,
    CALL,
    CLOSURE,
    HEAD,
    LESS,
    LOCAL,
    LOSS,
    REGISTERED,
    TAKES,
    VARIABLE,
    WEIGHTS,
    WHOLE,
    function,
    held,
    layer,
    module_state,
    normalizing,
    scaled,
    stored,
    table,
    threshold,
)


class Defect(NamedTuple):
    """One kind of defect.

    Attributes:
        name: What it is.
        bad, good: The module with the class `Part`, after `import keras`; and the same mended.
        arguments: What `Part` is made with, as text.
        codes: The rules of which one must tell of it.
        key: What must be named: an argument, an attribute, a variable or the class.
        after: What the user does with the part, once the model is built.
    """

    name: str
    bad: str
    good: str
    codes: tuple[str, ...]
    key: str
    arguments: str = ""
    after: Callable[[Any, Any], None] = lambda module, part: None


def _set_global(module: Any, part: Any) -> None:
    module.FACTOR[0] = 3.0


def _set_threshold(module: Any, part: Any) -> None:
    part.threshold = 3.0


def _freeze(module: Any, part: Any) -> None:
    part.trainable = False


def _spoil(module: Any, part: Any) -> None:
    part.scale.assign([1.0, float("nan"), 1.0, 1.0])


DEFECTS = (
    Defect("class not registered", layer(CALL, HEAD), layer(CALL), ("SG201",), "Part"),
    Defect(
        "class made in a function",
        LOCAL.replace("    return Part\n", "    return Part\nPart = made()\n"),
        layer(CALL),
        ("SG202",),
        "Part",
    ),
    Defect(
        "argument that is an object, no get_config",
        "class Table:\n    factor = 2.0\n"
        + layer(
            "def __init__(self, table, **kwargs):\n    super().__init__(**kwargs)\n"
            "    self.table = table\n"
            "def call(self, inputs):\n    return inputs * self.table.factor"
        ),
        scaled(WHOLE, start="table=None, scale=2.0") + "class Table:\n    factor = 2.0\n",
        ("SG203",),
        "table",
        "table=module.Table()",
    ),
    Defect(
        "get_config without a required argument",
        scaled(LESS, start="scale"),
        scaled(WHOLE, start="scale"),
        ("SG204",),
        "scale",
        "scale=2.0",
    ),
    Defect(
        "get_config without an argument that has a default",
        scaled(LESS),
        scaled(WHOLE),
        ("SG204",),
        "scale",
        "scale=2.0",
    ),
    Defect(
        "get_config raises",
        scaled('return {**super().get_config(), "scale": self.sclae}'),
        scaled(WHOLE),
        ("SG205",),
        "sclae",
    ),
    Defect(
        "a set in the configuration",
        scaled(
            'return {**super().get_config(), "scale": self.scale, "axes": {1, 2}}',
            start="scale=1.0, axes=()",
        ),
        scaled(
            'return {**super().get_config(), "scale": self.scale, "axes": [1, 2]}',
            start="scale=1.0, axes=()",
        ),
        ("SG206",),
        "axes",
    ),
    Defect(
        "a Python lambda as argument",
        function('return {**super().get_config(), "fn": self.fn}', decorated=False),
        function(
            'return {**super().get_config(), "fn": keras.saving.serialize_keras_object(self.fn)}\n'
            "@classmethod\n"
            "def from_config(cls, config):\n"
            '    return cls(fn=keras.saving.deserialize_keras_object(config.pop("fn")), **config)',
            decorated=True,
        ),
        ("SG207",),
        "fn",
        "fn=module.GIVEN",
    ),
    Defect(
        "from_config drops an argument",
        scaled(
            WHOLE,
            "@classmethod\ndef from_config(cls, config):\n"
            "    config.pop('scale')\n    return cls(**config)",
        ),
        scaled(WHOLE, "@classmethod\ndef from_config(cls, config):\n    return cls(**config)"),
        ("SG204",),
        "scale",
        "scale=2.0",
    ),
    Defect(
        "keys that JSON turns into text",
        table("1") + "GIVEN = {1: 2.0}\n",
        table("'1'") + "GIVEN = {'1': 2.0}\n",
        ("SG208",),
        "1",
        "table=module.GIVEN",
    ),
    Defect(
        "variable in an object of the user's own",
        held(f"Box({VARIABLE})", "self.held.value", BOX),
        held(VARIABLE, "self.held"),
        ("SG402",),
        "held.value",
    ),
    Defect(
        "variable in a closure",
        held(f"adding({VARIABLE})", "self.held()", CLOSURE),
        held(VARIABLE, "self.held"),
        ("SG402",),
        "value",
    ),
    Defect(
        "get_config without its base class's",
        scaled('return {"scale": self.scale}'),
        scaled(WHOLE),
        ("SG204",),
        "trainable",
        after=_freeze,
    ),
    Defect(
        "weights that are not finite",
        layer(WEIGHTS),
        layer(WEIGHTS),
        ("SG408",),
        "scale",
        after=_spoil,
    ),
    Defect(
        "preprocessing never adapted",
        normalizing("pass"),
        normalizing("self.norm.adapt(keras.ops.eye(4))"),
        ("SG409",),
        "norm",
    ),
    Defect(
        "state in a global variable",
        module_state("FACTOR[0]"),
        module_state("1.0"),
        ("SG410",),
        "Part",
        after=_set_global,
    ),
    Defect(
        "configuration of an older value",
        threshold("1.0"),
        threshold("self.threshold"),
        ("SG204",),
        "threshold",
        after=_set_threshold,
    ),
    Defect(
        "save_own_variables leaves one out",
        stored('store["scale"] = self.scale', 'self.scale.assign(store["scale"])'),
        stored(*BOTH, TAKES),
        ("SG403", "SG405"),
        "shift",
    ),
    Defect(
        "load_own_variables takes the wrong one",
        stored(*BOTH, 'self.scale.assign(store["shift"]); self.shift.assign(store["scale"])'),
        stored(*BOTH, TAKES),
        ("SG405",),
        "scale",
    ),
    Defect(
        "loss that is not registered",
        LOSS + layer(CALL),
        REGISTERED + LOSS + layer(CALL),
        ("SG201",),
        "loss",
    ),
)
