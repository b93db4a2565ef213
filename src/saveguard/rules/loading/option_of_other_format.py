"""An argument of a save or load does not exist for the format that the file's name asks for.

## What happens

The call stops before it has read or written anything.

## Why

The formats take different arguments: `save_format`, `include_optimizer`, `signatures` and
`options` belong to `.h5` and SavedModel, `by_name` to `.h5` weights, `safe_mode` to `.keras`;
Keras 3 chooses the format by the file's name alone.

## Fix

Leave the argument out, or give the file the name of the format that it belongs to.

## Seen in

- Keras 3: "ValueError: The following argument(s) are not supported: ['options']"
- Keras 3.0 to 3.8: "ValueError: The `save_format` argument is deprecated in Keras 3."
- TF 2.13 to 2.15: "ValueError: The following argument(s) are not supported with the native Keras
  format: ['options']"
- TF 2.1 to 2.15: "ValueError: When calling model.load_weights, skip_mismatch can only be set to
  True when by_name is True."
- TF 1.15 to 2.15: "ValueError: Unknown format "json". Was expecting one of {"tf", "h5"}."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_api.py
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG273", "option-of-other-format", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError", "TypeError"),
        pattern=r"The following argument\(s\) are not supported(?: with the native"
        r" (?:TF-)?Keras format)?: (?P<names>\[.*?\])"
        r"|`(?P<name>save_format)` argument is deprecated in Keras 3"
        r"|(?P<name2>skip_mismatch) can only be set to True when by_name"
        r"|native (?:TF-)?Keras format does not support the `(?P<name3>options)`"
        r" argument"
        r"|`(?P<name4>by_name|objects_to_skip)` only supports loading"
        r"|Invalid keyword arguments: \{'(?P<name6>by_name|skip_mismatch|options)'",
        stages=("save", "load"),
        message="`{names}{name}{name2}{name3}{name4}{name6}` does not belong to this file's format",
        why="Keras chooses the format by the file's name, and each format takes arguments of "
        "its own.",
        fix="leave the argument out, or give the file the ending of the format that it belongs to",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError", "TypeError"),
        pattern=r"Unknown (?:format \"|format\. Received: `save_format`=|`save_format` argument)"
        r"|may only be loaded based on topology into Models when loading"
        r" TensorFlow-formatted"
        r"|save_weights got save_format="
        r"|`zipped=False`, the `filepath` argument should not end"
        r"|`options` must ?be ?either None or a tf\.(?:train\.CheckpointOptions"
        r"|saved_model\.SaveOptions)"
        r"|should not save the model as zipped",
        stages=("save", "load"),
        message="an argument does not belong to this file's format",
        why="Keras chooses the format by the file's name, and each format takes arguments of "
        "its own.",
        fix="leave the argument out, or give the file the ending of the format that it belongs to",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: The following argument(s) are not supported: ['options']",
                'train.py:<module>:model.save("m.keras", options=o)',
                "keras/src/saving/saving_api.py:save_model",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: The following arguments are not known: ['options']",
                "train.py:<module>:main(options=o)",
            ),
        ),
    )
