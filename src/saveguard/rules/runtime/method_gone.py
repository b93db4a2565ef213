"""A method or function of Keras is called that this release does not have.

## What happens

The script stops with an AttributeError.

## Why

`predict_classes` was removed in TF 2.6, `fit_generator` and its kind in Keras 3; `keras.backend`
has lost most of its functions, `CuDNNLSTM` has become `LSTM`.

## Fix

Use what took its place: `model.predict(x).argmax(-1)` for `predict_classes`, `fit` for
`fit_generator`, `keras.ops` for `keras.backend`, `LSTM` for `CuDNNLSTM`.

## Seen in

- TF 2.6 and newer: "AttributeError: 'Sequential' object has no attribute 'predict_classes'"
- Keras 3: "AttributeError: 'Sequential' object has no attribute 'fit_generator'", "module
  'keras.backend' has no attribute 'get_session'", "'Functional' object has no attribute
  '_get_save_spec'"

## References

- https://keras.io/guides/migrating_to_keras_3/
- https://stackoverflow.com/questions/68883510
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG711", "method-gone", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("AttributeError", "RuntimeError", "NotImplementedError"),
        pattern=r"Method `?(?:model\.)?(?P<name3>\w+)\(\)`? has been removed"
        r"|Layer `(?P<name4>\w+)\(\)` method is deprecated"
        r"|'(?P<kind>\w+)' object has no attribute '(?P<name>predict_classes"
        r"|predict_proba|fit_generator|evaluate_generator|predict_generator"
        r"|_get_save_spec|_make_predict_function|uses_learning_phase|_layers"
        r"|get_input_at|get_output_at|_is_graph_network|updates|state_updates"
        r"|_keras_shape|_keras_history|_set_inputs|reset_states|_in_multi_worker_mode)'"
        r"|module '(?P<module>(?:tensorflow\.)?(?:python\.)?(?:keras|tf_keras)[\w.]*)'"
        r" has no attribute '(?P<name2>\w+)'"
        r"|module 'keras[\w.]*' has no attribute",
        message="this Keras has no `{name}{name2}{name3}{name4}` {module}{kind}",
        why="It was removed or moved since the code that calls it was written.",
        fix="predict(x).argmax(-1) for predict_classes, fit for fit_generator, keras.ops for"
        " keras.backend; for a package that calls it: tf_keras and TF_USE_LEGACY_KERAS=1",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("AttributeError",),
        pattern=r"'(?P<kind>Sequential|Functional|Model|InputLayer|Dense|LSTM|GRU|Conv\dD|Embedding"
        r"|History|Adam|SGD|RMSprop|ModelCheckpoint|EarlyStopping)' object has no attribute"
        r" '(?P<name>\w+)'",
        message="a {kind} of this Keras has no `{name}`",
        why="It was removed or renamed since the code that asks for it was written, or is"
        " misspelt.",
        fix="dir() of the object lists what it has; history.history for what fit() logged",
        certainty="likely",
        alone=r"Sequential|Functional|InputLayer|LSTM|Conv\dD|ModelCheckpoint|EarlyStopping|keras",
    )
)


def bad(_tmp: Path) -> Call:
    """A method of TF 2.5."""
    return Call(
        "explain",
        (
            pasted(
                "AttributeError: 'Sequential' object has no attribute 'predict_classes'",
                "train.py:<module>:model.predict_classes(x)",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A method that never was."""
    return Call(
        "explain",
        (
            pasted(
                "AttributeError: 'Tree' object has no attribute 'predict_class'",
                "train.py:<module>:tree.predict_class(x)",
            ),
        ),
    )
