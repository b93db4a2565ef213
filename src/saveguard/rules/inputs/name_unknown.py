"""A loss, metric, activation or optimizer is named that this release does not have.

## What happens

`compile` stops, or the layer cannot be made.

## Why

Names are looked up in the release that runs: a misspelling, a name of another release or library,
or a function of one's own that was given as text.

## Fix

Use a name of `keras.losses`, `keras.metrics`, `keras.activations` or `keras.optimizers`, or pass
the function itself:

    model.compile(loss=my_loss)

## Seen in

- Keras 3: "ValueError: Could not interpret loss identifier: no_such_loss"
- TF to 2.15: "ValueError: Unknown loss function: no_such_loss", "Unknown optimizer: no_such",
  "Unknown activation function: no_such"

## References

- https://github.com/keras-team/keras/issues/5916
- https://keras.io/api/losses/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG519", "name-unknown", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Could not interpret (?:the )?(?P<kind>\w+)(?: function)? identifier:?"
        r" ?(?P<name>(?!\{)[^\n]{0,60})"
        r"|Unknown (?P<kind2>optimizer|activation function|metric function|loss"
        r" function|initializer|regularizer|constraint|activation|loss|metric) ?:?"
        r" ?'?(?P<name2>[\w.]+)"
        r"|Cannot convert (?:value )?'?(?P<name3>\w+)'? to a mixed precision"
        r" (?P<kind3>\w*Policy)",
        stages=("compile", "build", "fit", "evaluate"),
        message="there is no {kind}{kind2}{kind3} called {name}{name2}{name3} in this release",
        why="Names are looked up among those of the release that runs.",
        fix="correct the name, or pass the function or class itself; dir(keras.losses) lists"
        " what there is",
    )
)


def bad(_tmp: Path) -> Call:
    """A loss that does not exist."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Could not interpret loss identifier: no_such_loss",
                'train.py:<module>:model.compile(loss="no_such_loss")',
                "keras/src/losses/__init__.py:get",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A name of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Unknown projection '4d'",
                "train.py:<module>:plot()",
                "matplotlib/projections/__init__.py:get_projection_class",
            ),
        ),
    )
