"""An optimizer that was built for one set of variables is given others.

## What happens

The first `fit` works; the second, with another model, with a new layer, or with layers that were
unfrozen since, stops with words about an unknown variable.

## Why

From TF 2.11 on an optimizer makes its own variables (momenta) when it first sees the model's, and
keeps them for good. An optimizer that is shared by two models, or older than a layer, has none for
the new variables.

## Fix

Give each model an optimizer of its own, and compile again after a change of the layers:

    model.compile(keras.optimizers.Adam(1e-4), "mse")

With a hand-written loop: `optimizer.build(model.trainable_variables)`.

## Seen in

- Keras 3: "ValueError: Unknown variable: <Variable path=dense/kernel>. This optimizer can only be
  called for the variables it was originally built with."
- TF 2.11 to 2.15: "KeyError: The optimizer cannot recognize variable dense/kernel:0."

## References

- https://github.com/tensorflow/tensorflow/issues/58973
- https://github.com/keras-team/keras/issues/19246
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG551", "optimizer-of-another-model", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "KeyError"),
        pattern=r"(?:Unknown variable: <?(?P<name>(?:Variable path=)?[^\s,>]+))?[\s\S]{0,4000}"
        r"optimizer can only be called for the variables it was (?:originally )?(?:built|created)"
        r"|optimizer cannot recognize variable (?P<name2>[\w/.:-]+[\w/])",
        message="the optimizer does not know {name}{name2}: it was built for other variables",
        why="An optimizer makes its state for the variables that it sees first, and takes no"
        " others.",
        fix="a new optimizer for each model, and compile() again after layers were added or"
        " unfrozen",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Invalid variable value in StatelessScope: [\s\S]{0,200}?For variable"
        r" <Variable path=(?P<name>[\w/.:-]+)",
        stages=("fit",),
        message="the optimizer does not fit {name}: it was built for other variables",
        why="An optimizer makes its state for the variables that it sees first, and takes no"
        " others.",
        fix="a new optimizer for each model, and compile() again after layers were added or"
        " unfrozen",
        certainty="likely",
        frames=r"stateless_scope|traceback_utils",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """Two models, one optimizer."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Unknown variable: <Variable path=dense/kernel, "
                "shape=(3, 2), dtype=float32>. This optimizer can only be called for "
                "the variables it was originally built with.",
                "train.py:<module>:other.fit(x, y)",
                "keras/src/optimizers/base_optimizer.py:_get_variable_index",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A variable of a shell."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Unknown variable: HOME2",
                "deploy.py:<module>:expand(text)",
            ),
        ),
    )
