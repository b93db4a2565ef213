"""The stored state of an optimizer is not that of the optimizer which is to take it.

## What happens

Setting the optimizer's weights stops.

## Why

An optimizer has no variables until it has trained one step or was built, and their number depends
on the optimizer and on which of the model's variables are trainable.

## Fix

Build the optimizer for the same trainable variables, in the same state of `trainable`, and set
its weights then:

    optimizer.build(model.trainable_variables)
    optimizer.set_weights(weights)

## Seen in

- TF 1.15 to 2.10: "ValueError: You called `set_weights(weights)` on optimizer RMSprop with a
  weight list of length 3, but the optimizer was expecting 0 weights."
- TF 2.11 to 2.15: "ValueError: Optimizer variable m/kernel has shape (2, 2) not compatible with
  provided weight shape (3, 3)."

## References

- https://github.com/keras-team/keras/issues/15298
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG279", "optimizer-weights-differ", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"set_weights\(weights\)` on optimizer (?P<name>\w+) with an? +weight list of"
        r" length (?P<got>\d+),? but the optimizer was expecting (?P<expected>\d+)"
        r"|Length of the specified weight list \((?P<got2>\d+)\) does not match the"
        r" number of weights of the optimizer \((?P<expected2>\d+)\)",
        message="the optimizer {name} gets {got}{got2} stored arrays and has "
        "{expected}{expected2} variables",
        why="An optimizer has variables only after a step or a build, and as many as the "
        "trainable variables ask for.",
        fix="optimizer.build(model.trainable_variables) with the same layers trainable, then "
        "set its weights",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Optimizer (?:variable|weight shape) .{0,120} ?not compatible with (?:the"
        r" )?provided weight shape"
        r"|Optimizer weight shape .{0,80} not compatible"
        r"|`set_weights\(\)` on an optimizer that has not yet been built",
        message="the optimizer's stored arrays have other shapes than its variables",
        why="An optimizer has variables only after a step or a build, and as many as the "
        "trainable variables ask for.",
        fix="optimizer.build(model.trainable_variables) with the same layers trainable, then "
        "set its weights",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: You called `set_weights(weights)` on optimizer Adam with a weight "
                "list of length 5, but the optimizer was expecting 0 weights.",
                "resume.py:<module>:model.optimizer.set_weights(w)",
                "keras/optimizers/optimizer_v2/optimizer_v2.py:set_weights",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: You called the optimizer with a list.",
                "resume.py:<module>:main()",
            ),
        ),
    )
