"""An argument is given a value that the layer, callback or function does not take.

## What happens

The layer, optimizer or callback cannot be made, or `fit` stops at its own arguments.

## Why

Sizes are whole and positive, rates lie between 0 and 1, modes are among a few words, shapes are
tuples, and what is asked for as an object is no class and no name. Values from a configuration file
or from a command line are often text.

## Fix

The message names the argument and what it takes:

    keras.layers.Dense(int(config["units"]), input_shape=(10,))      # a tuple: (10,), not 10

## Seen in

- Keras 3: "ValueError: Received an invalid value for `units`, expected a positive integer.",
  "Cannot convert '10' to a shape."
- TF 2: "ValueError: The `padding` argument must be a list/tuple or one of", "TypeError: 'int'
  object is not iterable" for a shape that is a number
- All: "ValueError: ReduceLROnPlateau does not support a factor >= 1.0.", "The output of the
  `schedule` function should be a float.", "Invalid merge mode."

## References

- https://keras.io/api/layers/
- https://github.com/keras-team/keras/issues/16866
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG554", "setting-refused", since="0.1")

# What Keras alone calls its settings.
_WORDS = (
    r"[Kk]eras|units|data_format|channels_(?:first|last)|kernel_size|pool_size|dilation_rate"
    r"|merge mode|ReduceLR|save_freq|schedule. function|set_model|on_(?:batch|epoch|train)_\w+"
    r"|floatx"
    r"|clipnorm|Reduction Key|to a shape|input channels|`(?:rate|padding|strides|interpolation"
    r"|momentum"
    r"|reduction|learning_rate|class_weight|validation_split|steps_per_epoch|batch_size"
    r"|target_size)`"
)
_WHY = (
    "Sizes are whole and positive, rates between 0 and 1, modes among a few words, shapes tuples."
)
_FIX = (
    "give a value that the message names; int(...) or float(...) for what comes from a file or a"
    " command line, (10,) for a shape of one size"
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "NotImplementedError"),
        pattern=r"Value not recognized for `(?P<name9>\w+)`|Dimension -\d+ must be >= 0|Cannot"
        r" convert '?(?P<value>\([^\n]{0,60}\)"
        r"|\w{1,20})'? to a shape|(?i:invalid"
        r" value (?:received )?for (?:the )?(?:argument )?)`(?P<name>\w+)`"
        r"|Invalid value [^\n]{0,40} received for `(?P<name2>\w+)`"
        r"|The `(?P<name3>\w+)` argument must be (?:a tuple|a list|an? |one of)"
        r"|Invalid merge mode|ReduceLROnPlateau does not support a factor"
        r"|Unrecognized save_freq|[Oo]utput of the [`\"']schedule[`\"'] function should be"
        r"|`?strides > 1`? not supported in conjunction with `?dilation_rate > 1"
        r"|Received an invalid value for `?(?P<name4>\w+)"
        r"|number of (?:input channels|filters)[^\n]{0,60} divisible by the number of"
        r" groups"
        r"|Unknown `?(?P<name7>floatx|data_format|image_data_format)`?"
        r"|Invalid Reduction Key|Dimension value must be integer or None or have an __index__"
        r"|Expected (?P<name8>\w+) >= 0, received",
        message="{name}{name2}{name3}{name4}{name7}{name8}{name9}{value}: a value that is not"
        " taken",
        why=_WHY,
        fix=_FIX,
        alone=_WORDS,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "AttributeError"),
        pattern=r"`(?P<name>\w+)` (?:argument )?(?:should|must) (?:be|not|have|contain)\b"
        r"|(?:Argument|argument) `(?P<name2>\w+)` (?:should|must)"
        r"|`(?P<name3>\w+)` (?:value )?(?:is )?not (?:understood|supported|valid|recognized)"
        r"|(?:Invalid|Unrecognized|Unsupported|Unknown) `?(?P<name4>(?!(?:dtype|data|variable"
        r"|layer|loss|metric|optimizer|initializer|object)\b)\w+)`?"
        r"(?: mode| argument| type)?:"
        r"|[Cc]annot convert \d\S* to EagerTensor of dtype int"
        r"|(?:str|type)'? object has no attribute '(?:set_(?:model|params)|on_\w+|_implements_\w+)'"
        r"|set_(?:model|params)\(\) missing \d required",
        stages=("build", "compile", "fit", "evaluate", "predict"),
        message="{name}{name2}{name3}{name4} has a value that is not taken",
        why=_WHY,
        fix=_FIX,
        certainty="likely",
        alone=_WORDS,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "ZeroDivisionError"),
        pattern=r"'(?:int|float)' object is not iterable"
        r"|'(?:str|float)' object cannot be interpreted as an integer"
        r"|invalid literal for int\(\) with base 10"
        r"|unsupported operand type\(s\) for [-+/*]: '(?:int|str)' and '(?:int|str)'"
        r"|[Cc]annot convert \S+ to EagerTensor of dtype int"
        r"|'[<>]=?' not supported between instances of '(?:str|int)' and '(?:str|int)'"
        r"|integer division or modulo by zero|division by zero",
        message="a setting has a value of another type than it takes",
        why=_WHY,
        fix=_FIX,
        certainty="likely",
        frames=r"(?:input_layer|core/dense|layers/core|base_layer|input_spec|base_conv"
        r"|convolutional"
        r"|data_adapter\w*|array_data_adapter|adapters/\w+|training\w*|trainer|epoch_iterator"
        r"|conv_utils|generic_utils|argument_validation|tensor_shape)\.py"
        r":(?:__init__|__new__|Input|steps|fit|_validate_\w+|set_\w+|standardize_tuple"
        r"|normalize_tuple"
        r"|enumerate_epochs|num_batches|_adjust\w*|slice_inputs|\w*_steps|convert_to_eager_tensor"
        r"|make_batches|predict|\w+_loop|standardize_shape|get_tf_dataset)",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"invalid literal for int\(\) with base 10: '(?P<value>[^']*)'",
        stages=("build",),
        message="a size is {value}, which is no number",
        why=_WHY,
        fix=_FIX,
        certainty="likely",
        frames=r"keras/src/backend/common/variables\.py|:standardize_shape",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """A number of units that is none."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Received an invalid value for `units`, expected a "
                "positive integer. Received: units=-1",
                "train.py:<module>:layers.Dense(-1)",
                "keras/src/layers/core/dense.py:__init__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """An argument of another library."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: `n_clusters` should be a positive integer",
                "train.py:<module>:KMeans(-1).fit(x)",
                "sklearn/cluster/_kmeans.py:fit",
            ),
        ),
    )
