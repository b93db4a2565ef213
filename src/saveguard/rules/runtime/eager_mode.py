"""Something of the eager mode is used in a graph, or the reverse.

## What happens

The call stops.

## Why

`fit`, `evaluate` and `predict` make functions of their own and cannot run inside `tf.function`;
an optimizer of TF 1 works in graphs only; `run_eagerly` excludes `jit_compile` and needs eager
execution.

## Fix

Call `model(x)` instead of `model.predict(x)` inside a `tf.function`; take an optimizer of
`tf.keras.optimizers`; leave `tf.compat.v1.disable_eager_execution()` out.

## Seen in

- TF 2.2 to 2.15: "RuntimeError: Detected a call to `Model.predict` inside a `tf.function`."
- TF 2.1 to 2.15: "ValueError: `tf.compat.v1.keras` Optimizer is not supported when eager
  execution is enabled."
- TF 2.9 to 2.15: "ValueError: You cannot enable `run_eagerly` and `jit_compile` at the same
  time."
- TF 1.15 to 2.15: "ValueError: You can only set `run_eagerly=True` if eager execution is
  enabled."

## References

- https://www.tensorflow.org/guide/function
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG716", "eager-mode", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "ValueError", "TypeError"),
        pattern=r"Detected a call to `Model\.(?P<name>\w+)` inside a `tf\.function`",
        message="Model.{name} is called inside a tf.function",
        why="fit, evaluate and predict make graphs of their own; some options work in one of "
        "the two modes only.",
        fix="call model(x) inside a tf.function; leave run_eagerly, or "
        "disable_eager_execution(), out",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "ValueError", "TypeError"),
        pattern=r"`tf\.compat\.v1\.keras` Optimizer [\s\S]{1,200} is not supported when eager"
        r"|cannot enable `run_eagerly` and `jit_compile`"
        r"|only set `run_eagerly=True` if eager execution"
        r"|(?:only be successfully run in eager execution|Python control flow in a"
        r" layer that was not declared to be dynamic)"
        r"|BackupAndRestore only supports eager mode"
        r"|target_tensors argument is not supported when (?:executing eagerly|running a"
        r" model eagerly)"
        r"|arguments are not supported when `run_eagerly=True`"
        r"|inputs from a type_spec is only supported when eager"
        r"|contains Python state and should be called outside of `tf\.function`"
        r"|`tf\.distribute\.experimental\.ParameterServerStrategy` is only supported in"
        r" TF2",
        message="something of the eager mode is used in a graph, or the reverse",
        why="fit, evaluate and predict make graphs of their own; some options work in one of "
        "the two modes only.",
        fix="call model(x) inside a tf.function; leave run_eagerly, or "
        "disable_eager_execution(), out",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: Detected a call to `Model.predict` inside a `tf.function`. "
                "`Model.predict is a high-level endpoint that manages its own `tf.function`.",
                "serve.py:step:model.predict(x)",
                "keras/engine/training.py:_disallow_inside_tf_function",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: Detected a call from home.",
                "serve.py:step:main()",
            ),
        ),
    )
