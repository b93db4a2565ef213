"""Losses, metrics or weights are not given as the model's outputs are held.

## What happens

`compile` takes them, and the first `fit` or `evaluate` stops.

## Why

A list must have one entry per output, in their order; the keys of a dict must be the outputs'
names, which in Keras 3 are those of the dict that the model returns.

## Fix

Print `model.output_names`, and give a dict with these keys, or a list in this order. A model that
is to take a dict should return one:

    keras.Model(inputs, {"label": a, "box": b})

## Seen in

- Keras 3.0 to 3.8: "ValueError: In the dict argument `loss`, key 'b' does not correspond to any
  model output."
- Keras 3.9 and later: "ValueError: Expected keys ['a'] in loss dict, but found loss.keys()=['b']"
- Keras 3.9 and later: "KeyError: "The path: ('b',) in the `loss` argument, can't be found in
  either the model's output (`y_pred`) or in the labels (`y_true`).""
- Keras 3: "ValueError: y_true and y_pred have different structures."
- TF 2.2 to 2.15: "ValueError: Found unexpected losses or metrics that do not correspond to any
  Model output"
- TF 1.15: "ValueError: Unknown entries in loss dictionary: ['b']. Only expected following keys:
  ['a']"

## References

- https://keras.io/api/models/model_training_apis/#compile-method
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG525", "outputs-not-matched", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "KeyError", "TypeError"),
        pattern=r"dict argument `(?P<what>\w+)`, key '(?P<key>[^']*)' does not correspond to"
        r" any model output"
        r"|Expected keys (?P<expected>.{1,200}?) in loss dict, but found"
        r" loss\.keys\(\)=(?P<got>\[.*?\])"
        r"|The path: (?P<key2>.*?) in the `loss` argument, can't be found"
        r"|There are keys: (?P<key3>\[.*?\]) in the `loss` argument"
        r"|(?:unexpected keys|unexpected losses or metrics) that do not correspond to"
        r" any Model output:? ?(?P<key4>[^\n]{0,60}?)(?:\.|$)"
        r"|Unknown entr(?:y|ies) in (?:`?target_tensors`?"
        r"|(?P<what2>(?!class_weight)\w+)) dictionary: (?P<key5>\[.*?\]|\"[^\"]*\")"
        r"|[Ff]or a model with multiple outputs, when providing (?:the `(?P<what3>\w+)`"
        r"|a single `sample_weight`)"
        r"|`(?P<what4>\w+)` can only be provided as a dict when the model also returns"
        r" a dict"
        r"|When passing a list(?: of lists)? as [`']?(?P<what5>\w+)[`']?, it should"
        r" have one entry per model output"
        r"|should provide one `(?P<what6>\w+)` ?array per (?:model )?output"
        r"|`(?P<what7>\w+)` should contain metrics objects and (?:either be a dict or a"
        r" list )?match"
        r"|The model has multiple outputs, so `(?P<what8>\w+)` should be either",
        stages=("fit", "evaluate", "compile"),
        message="{what}{what2}{what3}{what4}{what5}{what6}{what7}{what8} "
        "{key}{key2}{key3}{key4}{key5}{got} does not go with the model's outputs",
        why="A list needs one entry per output, a dict the outputs' names as its keys.",
        fix="print(model.output_names), and give a dict with these keys, or a list in this order",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "KeyError", "TypeError"),
        pattern=r"y_true and y_pred have different structures"
        r"|`loss_weights` must match the number of losses"
        r"|`loss_weights` argument, it should have equal length"
        r"|If the `loss` argument is provided as a (?:list/tuple|dict), the"
        r" `loss_weight`"
        r"|sample weights must have same length as the number of outputs"
        r"|missing from `_sample_weight_modes`"
        r"|checking model target: the list of Numpy arrays"
        r"|model has multiple outputs, you should provide",
        stages=("fit", "evaluate", "compile"),
        message="a loss, metric or weight does not go with the model's outputs",
        why="A list needs one entry per output, a dict the outputs' names as its keys.",
        fix="print(model.output_names), and give a dict with these keys, or a list in this order",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "KeyError"),
        pattern=r"The two structures don't have the same (?:nested structure|sequence length)"
        r"|(?<!Error: )Expected \w+, but got \w+ of type 'str'",
        stages=("fit", "evaluate"),
        message="the targets are not held as the outputs of the model are",
        why="Targets are matched to the model's outputs, by name in a dict and by order in a list.",
        fix="print(model.output_names), and give one array for each: a list in that order, "
        "or a dict with those keys",
        certainty="likely",
        frames=r"compile_utils|compile_loss|losses?_util|training\w*\.py:_?(?:compile"
        r"|standard)|trainer\.py:|traceback_utils",
        alone=None,
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "KeyError"),
        pattern=r"No data provided for \"(?P<key>[^\"]+)\"",
        stages=("fit", "evaluate"),
        message="the output {key} was given no targets",
        why="Targets are matched to the model's outputs, by name in a dict and by order in a list.",
        fix="print(model.output_names), and give one array for each",
        frames=r"exception_prefix='target'",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError",),
        pattern=r"Expected \w+, but got (?P<name>\w+) of type 'str'",
        stages=("fit", "evaluate"),
        message="the targets are a dictionary, and the key `{name}` was taken for a value",
        why="Targets of a model whose outputs are a list are matched by order, not by name.",
        fix="give a list of targets in the order of model.outputs, or build the model with"
        " a dictionary of outputs",
        certainty="likely",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: In the dict argument `loss`, key 'b' does not correspond to any "
                "model output. Received: loss={'b': 'mse'}",
                "train.py:<module>:model.fit(x, y)",
                "keras/src/trainers/compile_utils.py:build",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: In the dict, key 'b' does not fit.",
                "train.py:<module>:main(x)",
            ),
        ),
    )
