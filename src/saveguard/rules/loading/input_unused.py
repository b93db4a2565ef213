"""A declared input reaches no output, and TF 1.14 cannot write such a model.

## What happens

The model trains and predicts. `save`, `to_json` and every checkpoint stop with words about a scalar
and an empty sequence.

## Why

`get_config` of TF 1.14 collects the inputs that the outputs depend on, and packs them into the
structure of all inputs that were declared. An input that is used in the loss alone, that is
replaced by a constant, or that is passed by keyword only, is not among them. The scalar of the
message is the declared input; the empty sequence is the list of those that were reached.

## Fix

Leave the input out of `Model(inputs=...)`, or connect it. From TF 1.15 on such models are written.

## Seen in

- TF 1.14, one input: "ValueError: Structure is a scalar but len(flat_sequence) == 0 > 1"
- TF 1.14, one of two: "ValueError: Could not pack sequence. Structure had 2 elements, but
  flat_sequence had 1 elements."

## References

- https://github.com/tensorflow/tensorflow/issues/27543
- https://github.com/tensorflow/tensorflow/pull/30244
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG248", "input-unused", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Structure is a scalar but len\(flat_sequence\) == 0"
        r"|Could not pack sequence\. Structure had \d+ \w+, but flat_sequence had \d+"
        r" \w+",
        stages=("save", "checkpoint", "export"),
        message="a declared input of the model reaches none of its outputs",
        why="get_config() of TF 1.14 packs the inputs that were reached into the structure "
        "of all that were declared.",
        fix="leave that input out of keras.Model(inputs=...), or connect it; a layer renamed"
        " after the model had been built reads the same",
        certainty="likely",
        frames=r"network\.py:get_config",
        versions=("tf1.14",),
    )
)


def bad(_tmp: Path) -> Call:
    """An input that only the loss uses."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Structure is a scalar but len(flat_sequence) == 0 > 1",
                'train.py:<module>:model.save("m.h5")',
                "tensorflow/python/keras/saving/hdf5_format.py:save_model_to_hdf5",
                "tensorflow/python/keras/engine/network.py:get_config",
                "tensorflow/python/util/nest.py:pack_sequence_as",
            ),
        ),
        codes=("SG247",),
    )


def good(_tmp: Path) -> Call:
    """The same function, used by a script of its own."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Could not pack sequence. Shapes of parts differ.",
                "train.py:<module>:tf.nest.pack_sequence_as(a, b)",
                "tensorflow/python/util/nest.py:pack_sequence_as",
            ),
        ),
    )
