"""The file loads with `compile=False` only: its loss, metric or optimizer cannot be made.

## What happens

`load_model(path)` stops after the weights were read, where it compiles the model.
`load_model(path, compile=False)` gives the model, which has to be compiled by hand.

## Why

Old files store losses by short names (`mse`), which Keras 3 knows in `compile` but not in a
file; optimizers with settings that are gone (`lr`, `jit_compile`, `is_legacy_optimizer`);
losses with `reduction: auto`; and custom ones by name alone.

## Fix

Load without compiling, and compile again:

    model = keras.saving.load_model("m.h5", compile=False)
    model.compile("adam", "mse")

A custom loss or metric can also be passed: `custom_objects={"my_loss": my_loss}`.

## Seen in

- Keras 3.15.1: "Could not locate function 'mse'. Make sure custom classes and functions are
  decorated with `@keras.saving.register_keras_serializable()`."
- Keras 3.15.1, custom loss: "TypeError: string indices must be integers, not 'str'"
- Keras 3.15.1: "Argument(s) not recognized: {'lr': 0.001}"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/saving_utils.py
  (compile_args_from_training_config)
- https://github.com/keras-team/keras/issues/19508
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG221", "compile-stops", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "compile"):
        role = stop.node.role if stop.node else "object"
        name = stop.node.class_name if stop.node else ""
        yield rule.finding(
            where=stop.where,
            message=f"the {role} `{name}` cannot be made: the file loads with compile=False"
            f" only{more}",
            why=f"{stopping(facts, stop)}; with compile=False it is not looked at.",
            fix=f"model = keras.saving.load_model({facts.path!r}, compile=False), then"
            " model.compile(...) again",
            certainty="likely",
        )


_SHORT = "mse|mae|mape|msle|bce|kld|kl_divergence|cosine|logcosh|acc|MSE|MAE|BCE|KLD"
rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError", "AttributeError"),
        pattern=r"Could not deserialize '(?:keras\.\w+\.)?(?P<name>\w+)' because it is not a "
        r"KerasSaveable subclass|Could not locate (?:class|function) '(?P<name2>\w+)'"
        r"|string indices must be integers|Argument\(s\) not recognized: (?P<arguments>\{.*\})",
        stages=("load",),
        frames=r"saving_utils\.py:(?:compile_args_from_training_config|_resolve_compile)",
        message="the file loads with compile=False only: `{name}{name2}{arguments}` stops the rest",
        why="Keras 3 looks for the losses, metrics and optimizers of an .h5 file in one registry,"
        " where short names and custom functions are not.",
        fix="load_model(path, compile=False), then model.compile(...) again; a custom loss or"
        " metric can be passed in custom_objects",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=rf"Could not deserialize 'keras\.metrics\.(?P<name>\w+)' because it is not"
        rf"|Could not locate function '(?P<name2>{_SHORT})'"
        rf"|Unknown (?:loss|metric) function: '?(?P<name3>{_SHORT})\b",
        stages=("load",),
        message="the file loads with compile=False only: `{name}{name2}{name3}` stops the rest",
        why="The short names of losses are known in compile(), but not where a file is read.",
        fix="load_model(path, compile=False), then model.compile(...) again; saved with"
        ' loss="mean_squared_error" in full, it loads',
    )
)


def bad(tmp: Path) -> Call:
    """A loss by its short name."""
    return _check(tmp, "mse")


def good(tmp: Path) -> Call:
    """The same loss by its full name."""
    return _check(tmp, "mean_squared_error")


def _check(tmp: Path, loss: str) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4])
    optimizer = {"class_name": "SGD", "config": {"learning_rate": 0.1}}
    training = {"loss": loss, "metrics": None, "loss_weights": None, "optimizer_config": optimizer}
    model = sequential(entry, layer("Dropout", "drop", rate=0.5))
    return Call("check", (h5(tmp / "m.h5", model, training),))
