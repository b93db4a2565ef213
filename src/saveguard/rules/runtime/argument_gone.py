"""An argument is given that the layer or optimizer of this release does not take.

## What happens

The layer or the optimizer cannot be made.

## Why

Keras 3 removed arguments that Keras 2 had: `lr` and `decay` of optimizers, `input_shape`-like
arguments of recurrent layers, `weights`, `time_major`. Or it is misspelt, or meant for another
layer.

## Fix

`learning_rate` for `lr`, a schedule for `decay`, an `Input` before the layer for
`batch_input_shape`, `layer.set_weights` after the first call for `weights`.

## Seen in

- Keras 3: "ValueError: Unrecognized keyword arguments passed to LSTM: {'time_major': False}",
  "Argument(s) not recognized: {'lr': 0.1}"
- TF 2.11 to 2.15: "ValueError: decay is deprecated in the new Keras optimizer, please check the
  docstring for valid arguments"
- TF to 2.10: "TypeError: ('Keyword argument not understood:', 'no_such')"

## References

- https://keras.io/guides/migrating_to_keras_3/
- https://github.com/keras-team/keras/issues/20106
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG712", "argument-gone", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"(?:Unrecognized|Unknown|Unexpected) keyword argument(?:s|\(s\))?:"
        r" (?P<arguments6>[\[({].*[)}\]]|[\w, ]+)"
        r"|Invalid keyword argument(?:s|\(s\)) ?(?:in `compile(?:\(\))?`)?:"
        r" (?P<arguments7>.{1,80})"
        r"|Arguments not recognized: (?P<arguments8>.{1,80})"
        r"|keyword arguments (?:passed to `Model` )?aren't supported:"
        r" (?P<arguments9>.{1,80})"
        r"|Unknown arguments: (?P<arguments10>.{1,80})"
        r"|Unrecognized keyword arguments? passed to (?P<kind>\w+): (?P<arguments>\{.*\})"
        r"|received both the legacy keyword argument `(?P<arguments14>\w+)`"
        r"|Argument\(s\) not recognized: (?P<arguments2>\{.*\})"
        r"|Keyword argument not understood:',? '(?P<arguments3>\w+)'"
        r"|(?P<arguments4>\w+) is deprecated in the new Keras optimizer"
        r"|got an unexpected keyword argument '(?P<arguments5>lr|decay"
        r"|batch_input_shape|input_dim|output_dim|nb_epoch|border_mode|init"
        r"|W_regularizer|dim_ordering|nb_row|subsample)'"
        r"|(?:Trainer|Model|Sequential|Functional|Callback|Checkpoint|Stopping|Restore|TensorBoard"
        r"|Plateau|CSVLogger)\.\w+\(\) got an unexpected keyword argument '(?P<arguments11>\w+)'"
        r"|(?:load_model|save_model|clone_model|pad_sequences|to_categorical|model_from_json"
        r"|compile|load_weights|save_weights|\w+_dataset_from_directory)\(\) got an unexpected"
        r" keyword argument '(?P<arguments12>\w+)'",
        stages=("build", "compile", "fit", "save", "load", "checkpoint"),
        message="{kind} takes no {arguments}{arguments2}{arguments3}{arguments4}{arguments5}"
        "{arguments6}{arguments7}{arguments8}{arguments9}{arguments10}{arguments11}{arguments12}"
        "{arguments14} in "
        "this release",
        why="The argument was removed or renamed, belongs to another class, or is misspelt.",
        fix="learning_rate for lr, a schedule for decay, keras.Input(batch_shape=...) for "
        "batch_input_shape; help() of the class lists what it takes",
    )
)


def bad(_tmp: Path) -> Call:
    """An argument of Keras 2."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Unrecognized keyword arguments passed to LSTM: {'time_major': False}",
                "train.py:<module>:layers.LSTM(3, time_major=False)",
                "keras/src/layers/layer.py:__init__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A function of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: fit() got an unexpected keyword argument 'epochs'",
                "train.py:<module>:fit(x, epochs=3)",
            ),
        ),
    )
