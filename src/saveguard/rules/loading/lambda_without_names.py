"""A Lambda layer runs where the names that its function uses are not defined.

## What happens

The model loads, or nearly so; the Lambda layer raises a NameError for a module or a function that
is there in the training script.

## Why

A file holds the bytecode of a Lambda's function, not its imports, its globals or the variables
around it. When it is loaded, the function sees the globals of Keras's own module.

## Fix

Make it a registered function of a module, or a layer of its own:

    @keras.saving.register_keras_serializable("shop")
    def times(inputs):
        return inputs * 2

For a file that cannot be written again, pass the missing name: `load_model(path,
custom_objects={"times": times})`.

## Seen in

- TF 1.15 to 2.15: "NameError: name 'times' is not defined", raised under `keras/layers/core`

## References

- https://github.com/keras-team/keras/issues/13697
- https://github.com/keras-team/keras/issues/10192
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG258", "lambda-without-names", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("NameError",),
        pattern=r"\(type Lambda\)[\s\S]*name '(?P<name>\w+)' is not defined",
        message="a Lambda layer of the model uses `{name}`, which is not defined where it was "
        "loaded",
        why="The file holds the function's bytecode, not its imports and globals.",
        fix="load_model(path, custom_objects={{'{name}': {name}}}); then save it anew with a"
        " registered function in place of the lambda",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("NameError",),
        pattern=r"name '(?P<name>\w+)' is not defined",
        message="a Lambda layer of the model uses `{name}`, which is not defined where it was "
        "loaded",
        why="The file holds the function's bytecode, not its imports and globals.",
        fix="load_model(path, custom_objects={{'{name}': {name}}}); then save it anew with a"
        " registered function in place of the lambda",
        frames=r"keras/(?:src/)?(?:layers/core(?:/lambda_layer)?|engine/base_layer"
        r"|layers/core/tf_op_layer)(?:_v1)?\.py",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """A lambda that calls a function of the training script."""
    return Call(
        "explain",
        (
            pasted(
                "NameError: name 'times' is not defined",
                'serve.py:<module>:model = keras.models.load_model("m.h5")',
                "keras/src/layers/core/lambda_layer.py:call",
                "train.py:<lambda>:return times(inputs)",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A misspelt name in a script."""
    return Call(
        "explain",
        (
            pasted(
                "NameError: name 'modle' is not defined",
                "train.py:<module>:modle.fit(x)",
            ),
        ),
    )
