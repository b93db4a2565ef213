"""A callback watches a metric of which it cannot tell whether more is better.

## What happens

Training stops when the callback is made or at the first epoch; older releases choose `min` in
silence, and keep the worst model.

## Why

`mode="auto"` knows the metrics of the compiled model. For a name that is not among them it would
have to guess.

## Fix

Say it, and check the name against `history.history`:

    ModelCheckpoint("m.keras", monitor="val_f1", mode="max", save_best_only=True)

## Seen in

- Keras 3.10 to 3.15: "ValueError: ModelCheckpoint callback received monitor=val_f1, but Keras isn't
  able to automatically determine whether that metric should be maximized or minimized."

## References

- https://github.com/keras-team/keras/issues/16734
- https://github.com/tensorflow/tensorflow/issues/33163
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG263", "monitor-unknown", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"(?P<callback>\w+) callback received monitor=(?P<key>\S+?),? but Keras isn't"
        r" able",
        message="{callback} watches {key}, of which Keras cannot tell whether more is better",
        why='mode="auto" knows the metrics that the model was compiled with, and {key} is '
        "none of them.",
        fix='{callback}(..., monitor="{key}", mode="max") or mode="min"',
    )
)


def bad(_tmp: Path) -> Call:
    """A metric of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: ModelCheckpoint callback received monitor=val_f1, but Keras "
                "isn't able to automatically determine whether that metric should be "
                "maximized or minimized.",
                "train.py:<module>:model.fit(x, y, callbacks=[best])",
                "keras/src/callbacks/model_checkpoint.py:_set_monitor_op",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A message of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: monitor received a metric it cannot rank",
                "train.py:<module>:watch(model)",
            ),
        ),
    )
