"""An object in the file has an argument that the loading release does not take.

## What happens

`load_model` stops at the first such object, before any weight is read. The file is whole; the
release that wrote it still loads it.

## Why

A configuration is the keyword arguments of a constructor. Keras 3 refuses those that it does
not know; Keras 2 wrote some that are gone (`time_major` of recurrent layers, `groups` of
depthwise and transposed convolutions, `dtype` of initializers, the `*_shape` of attention), and
a newer release writes some that an older one never had (`quantization_config`).

## Fix

For an `.h5` file, hand the loader a class that takes the argument and drops it:

    class LSTM(keras.layers.LSTM):
        def __init__(self, *args, time_major=False, **kwargs):
            super().__init__(*args, **kwargs)

    model = keras.saving.load_model("m.h5", custom_objects={"LSTM": LSTM}, compile=False)

Save the model again afterwards. A `.keras` file that a newer release wrote needs that release,
or one in which the argument is taken out of `config.json`.

## Seen in

- Keras 3.0 to 3.15.1: "Unrecognized keyword arguments passed to LSTM: {'time_major': False}"
- Keras 3.0 to 3.15.1: "Unrecognized keyword arguments passed to DepthwiseConv2D: {'groups': 1}"
- Keras 3.0 to 3.15.1: "SpatialDropout2D.__init__() got an unexpected keyword argument
  'trainable'"
- Keras 3.0 to 3.15.1: "Zeros() takes no arguments"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/layer.py
- https://github.com/keras-team/keras/issues/19441
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard import known
from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.revive import Stop
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, is_h5, named, release_told, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG210", "argument-refused", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "argument"):
        argument = stop.values["argument"]
        yield rule.finding(
            where=stop.where,
            message=f"{named(stop)} has the argument `{argument}`, which Keras {facts.keras} does"
            f" not take{more}",
            why=f"{_history(facts, stop)}; {stopping(facts, stop)}.",
            fix=_fix(facts, stop),
        )


def _history(facts: ArchiveFacts, stop: Stop) -> str:
    """Which releases took the argument."""
    argument, path = stop.values["argument"], stop.values["class"]
    span = known.argument_span(path, argument)
    if span is None:
        return f"No release of Keras has `{argument}` in {path}"
    if known.numbers(span[0]) > known.release(facts.keras).numbers:
        return f"{path} has `{argument}` since Keras {span[0]}"
    return f"{path} had `{argument}` until Keras {release_told(span[1])}"


def _fix(facts: ArchiveFacts, stop: Stop) -> str:
    path, names = stop.values["class"], stop.values["arguments"].split(", ")
    span = known.argument_span(path, names[0])
    if span and known.numbers(span[0]) > known.release(facts.keras).numbers:
        return f"load it with Keras {span[0]} or newer"
    if not is_h5(facts) or stop.node is None:
        return f"load it with the release that wrote it and save it again without `{names[0]}`"
    name = stop.node.class_name
    dropped = ", ".join(f"{one}=None" for one in names)
    return (
        f"class {name}({path}):\n"
        f"    def __init__(self, *args, {dropped}, **kwargs):\n"
        "        super().__init__(*args, **kwargs)\n\n"
        f"keras.saving.load_model({facts.path!r}, custom_objects={{{name!r}: {name}}},"
        " compile=False)"
    )


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Unrecognized keyword arguments? passed to (?P<kind>\w+):"
        r" (?P<arguments>(?!\{'go_back)\{.*?\})"
        r"|Unrecognized keyword arguments:?',? ?(?P<arguments2>dict_keys\(.*?\)|\[.*?\])"
        r"|Unrecognized keyword arguments: (?P<arguments3>\[.*?\])"
        r"|Keyword argument not understood:',? '(?P<arguments4>\w+)'"
        r"|got an unexpected keyword argument '(?P<arguments5>\w+)'",
        stages=("load",),
        frames=r":(?:from_config|deserialize\w*|load_model\w*|model_from_\w+|class_and_config\w*)"
        r"|load_model\(|model_from_\w+\(",
        message="{kind} of this release takes no"
        " {arguments}{arguments2}{arguments3}{arguments4}{arguments5}, which the file holds",
        why="Another release wrote the file: an older one with arguments that have been removed, or"
        " a newer one with arguments that this one does not know.",
        fix="saveguard check FILE says which release wrote it; load it there, or upgrade, or save"
        " the weights alone and rebuild the model by its code",
        alone=r"batch_shape|ragged|time_major|groups|optional|sparse|synchronized|quantization",
    )
)


def bad(tmp: Path) -> Call:
    """A layer of Keras 2, which took `trainable`; that of Keras 3 takes no such thing."""
    return _check(tmp, trainable=True)


def good(tmp: Path) -> Call:
    """The same layer without it."""
    return _check(tmp)


def _check(tmp: Path, **more: bool) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4, 3])
    drop = layer("SpatialDropout1D", "drop", rate=0.5, **more)
    return Call("check", (h5(tmp / "m.h5", sequential(entry, drop)),))
