"""A layer or model class does not call `super().__init__()` first.

## What happens

Its first assignment, or its first call, stops.

## Why

Keras's own `__init__` makes the books in which layers and variables are kept. An attribute that
is set before that has no place to go.

## Fix

Begin the class's `__init__` with it:

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

## Seen in

- Keras 3: "RuntimeError: In layer 'Own', you forgot to call `super().__init__()` as the first
  statement in the `__init__()` method. Go add it!"
- TF 2.2 to 2.15: "RuntimeError: You must call `super().__init__()` in the layer constructor."
- TF 1.15 to 2.15: "RuntimeError: It looks like you are subclassing `Model` and you forgot to call
  `super().__init__()`."

## References

- https://keras.io/guides/making_new_layers_and_models_via_subclassing/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG530", "super-not-called", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "AttributeError", "ValueError"),
        pattern=r"In layer '(?P<name>[^']+)', you forgot to call `super\(\)\.__init__\(\)`"
        r"|'(?P<name2>\w+)' object has no attribute '_(?:tracker"
        r"|obj_reference_counts_dict|auto_track_sub_layers|is_graph_network"
        r"|expects_mask_arg|expects_training_arg|output_tensor_cache|per_input_updates"
        r"|dtype_policy|trainable)'",
        message="class {name}{name2} does not call super().__init__() before all else",
        why="Keras's own __init__ makes the books in which layers and variables are kept.",
        fix="make super().__init__(**kwargs) the first line of its __init__",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "AttributeError", "ValueError"),
        pattern=r"must call `super\(\)\.__init__\(\)` in the layer constructor"
        r"|subclassing `Model` and you forgot to call `super\(",
        message="a class does not call super().__init__() before all else",
        why="Keras's own __init__ makes the books in which layers and variables are kept.",
        fix="make super().__init__(**kwargs) the first line of its __init__",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("AttributeError",),
        pattern=r"cannot assign \w+ before Module\.__init__\(\) call",
        message="a layer or model sets an attribute before `super().__init__()` was called",
        why="On torch every layer is a Module, whose constructor makes room for its parts.",
        fix="call super().__init__(**options) before anything else in __init__",
        alone=None,
    )
)

rule.in_traceback(
    Signature(
        exceptions=("AttributeError",),
        pattern=r"cannot assign (?:module|parameters?) before Module\.__init__\(\) call",
        message="a class does not call super().__init__() before all else",
        why="On torch a layer is a torch module, which keeps its books from its own __init__ on.",
        fix="make super().__init__(**kwargs) the first line of its __init__",
        alone=r"keras",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: In layer 'Own', you forgot to call `super().__init__()` as the "
                "first statement in the `__init__()` method. Go add it!",
                "model.py:<module>:Own()(x)",
                "keras/src/layers/layer.py:_check_super_called",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: In class 'Own', you forgot a call.",
                "model.py:<module>:main()",
            ),
        ),
    )
