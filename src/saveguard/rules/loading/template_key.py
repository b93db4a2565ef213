r"""A checkpoint's file name holds a metric that is not logged.

## What happens

Training stops at the end of the first epoch, before anything was saved.

## Why

The name is a template, `m-{val_acc:.2f}.keras`, and is filled with what the epoch logged. There is
no `val_...` without validation data, and `acc` has been called `accuracy` since Keras 2.3.

## Fix

Use the names of `history.history`:

    ModelCheckpoint("m-{epoch}-{val_accuracy:.2f}.keras")

## Seen in

- Keras 2 and TF to 2.1: "KeyError: 'val_acc'"
- TF 2.2 to Keras 3.15: "KeyError: 'Failed to format this callback filepath:
  \"m-{val_loss:.2f}.h5\". Reason: \\'val_loss\\''"

## References

- https://github.com/keras-team/keras/issues/6104
- https://github.com/keras-team/keras/issues/19339
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG262", "template-key", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("KeyError",),
        pattern=r'Failed to format this callback filepath: \\?"?(?P<path>[^"]*?)\\?"?\. Reason:'
        r" \\?\'(?P<key>\w+)",
        message="the name {path} holds {key}, which the epoch did not log",
        why="The name of a checkpoint is filled with what was logged; val_... needs "
        "validation data.",
        fix="use a key of history.history in the name, or give fit() validation_data",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("KeyError",),
        pattern=r"^'(?P<key>(?:val_)?\w+)'$",
        stages=("checkpoint", "fit"),
        message="the name of the checkpoint holds {key}, which the epoch did not log",
        why="It is filled with what was logged; val_... needs validation data, and acc is "
        "called accuracy.",
        fix="use a key of history.history in the name, or give fit() validation_data",
        frames=r"callbacks(?:/model_checkpoint)?\w*\.py:(?:on_epoch_end|_get_file_path"
        r"|_save_model|on_train_batch_end)",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """No validation data."""
    return Call(
        "explain",
        (
            pasted(
                "KeyError: 'val_acc'",
                "train.py:<module>:model.fit(x, y, callbacks=[checkpoint])",
                "keras/callbacks.py:on_epoch_end:name = self.filepath.format(**logs)",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A dictionary of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "KeyError: 'val_acc'",
                'train.py:<module>:print(history.history["val_acc"])',
            ),
        ),
    )
