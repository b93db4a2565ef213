"""A stateful recurrent layer gets a batch of another size than it was made for, or of no known one.

## What happens

Building the model or the first call stops; with some releases the first incomplete batch does.

## Why

A stateful layer keeps one state a row from batch to batch, so that the number of rows is part of
the model. The last batch of the data is mostly smaller.

## Fix

Give the batch size with the input, and let every batch have it:

    keras.Input(batch_shape=(32, None, 8))
    data.batch(32, drop_remainder=True)

For predictions one row at a time, build the same model with a batch of 1 and copy the weights.

## Seen in

- TF and Keras 2: "ValueError: If a RNN is stateful, it needs to know its batch size."
- Keras 2: "ValueError: In a stateful network, you should only pass inputs with a number of samples
  that can be divided by the batch size."
- TF 1: "ValueError: The `batch_size` argument value 3 is incompatible with the specified batch size
  of your Input Layer: 4"
- Keras 3: "ValueError: If an RNN is stateful, the batch size of the input sequences must be the
  same as the batch size of the initial state."

## References

- https://github.com/keras-team/keras/issues/6623
- https://github.com/keras-team/keras/issues/4379
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG607", "batch-not-known", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "InvalidArgumentError"),
        pattern=r"`stateful=True` in a RNN, the batch size must be static"
        r"|batch_size and dtype cannot be None while constructing initial state"
        r"|specified batch sizes of the Input Layers are incompatible"
        r"|`Dataset` is (?P<got3>\d+), which is incompatible with the specified batch"
        r" size of your Input Layer: (?P<size3>\d+)"
        r"|If an? RNN is stateful, (?:it needs to know its batch size|the batch size|a"
        r" complete input_shape)"
        r"|In a stateful network, you should only pass inputs"
        r"|Input \d+ (?:of layer \S+ )?is incompatible with (?:the layer|layer \w+):"
        r" expected shape=\((?P<size2>\d+), None, \d+\), found shape=[\[(](?P<got2>\d+),"
        r"|`batch_size` argument value (?P<got>\d+) is incompatible with the specified"
        r" batch size of your Input Layer: (?P<size>\d+)",
        message="a stateful layer does not know its batch size, or gets another: {got}{got2}{got3} "
        "{size}{size2}{size3}",
        why="It keeps one state a row from batch to batch, so that the number of rows is "
        "part of the model.",
        fix="keras.Input(batch_shape=(n, None, features)), and data of which every batch has"
        " n rows (drop_remainder=True)",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("InvalidArgumentError", "ValueError"),
        pattern=r"Incompatible shapes: \[(?P<got>\d+),\d+\] vs\.? \[(?P<size>\d+),\d+\]"
        r"[\s\S]*?(?:lstm|gru|rnn)\w*/(?:\w+/)?while"
        r"|Specified a list with shape \[(?P<size2>\d+),\d+\] from a tensor with shape"
        r" \[(?P<got2>\d+),\d+\]"
        r"|(?:lstm|gru|rnn)[\s\S]*Incompatible shapes: \[(?P<got3>\d+),\d+\] vs\.? "
        r"\[(?P<size3>\d+),\d+\][\s\S]{0,40}while"
        r"|Incompatible shapes: \[(?P<got5>\d+),\d+\] vs\.? \[(?P<size5>\d+),\d+\]"
        r"[\s\S]{0,60}while[\s\S]{0,80}(?:lstm|gru|rnn)"
        r"|Dimensions must be equal, but are (?P<got4>\d+) and (?P<size4>\d+) for"
        r" .{0,60}(?:lstm|gru|rnn)\w*_cell",
        stages=("fit", "evaluate", "predict"),
        message="a stateful layer that was made for {size}{size2}{size3}{size4}{size5} rows gets"
        " {got}{got2}{got3}{got4}{got5}",
        why="It keeps one state a row from batch to batch, so that the number of rows is "
        "part of the model.",
        fix="let every batch have {size}{size2}{size3}{size4}{size5} rows (drop_remainder=True)",
        certainty="likely",
        frames=r"keras",
        alone=r"lstm|gru|rnn|keras",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "TypeError", "ValueError"),
        pattern=r"calling (?:LSTM|GRU|SimpleRNN)Cell\.call\(\)[\s\S]{0,60}(?:size of tensor a"
        r" \((?P<got>\d+)\)"
        r" must match the size of tensor b \((?P<size>\d+)\)"
        r"|incompatible shapes for broadcasting: (?:shapes=\[)?"
        r"\((?P<got2>\d+), \d+\), \((?P<size2>\d+), \d+\))",
        stages=("fit", "evaluate", "predict"),
        frames=r"keras",
        versions=("keras3",),  # more telling than that two shapes differ
        message="a batch of another size than the stateful layer keeps states for: {got}{got2},"
        " {size}{size2}",
        why="A stateful layer keeps one state for each row of its batch.",
        fix="give batches of the size in batch_shape, and leave out the last that is smaller",
        certainty="likely",
    )
)


def bad(_tmp: Path) -> Call:
    """No batch size."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: If a RNN is stateful, it needs to know its batch size. Specify "
                "the batch size of your input tensors",
                "train.py:<module>:model.add(layers.LSTM(4, stateful=True))",
                "keras/layers/rnn/base_rnn.py:reset_states",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A state of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: the state machine is stateful and needs a batch",
                "train.py:<module>:machine.run()",
            ),
        ),
    )
