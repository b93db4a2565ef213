"""Something is used that does not work under this distribution strategy.

## What happens

The call stops.

## Why

With several devices or workers, Keras splits each batch and lets only part of its interface
through: batches must divide by the number of replicas, some callbacks and batch-wise methods are
missing.

## Fix

Choose a batch size that is a multiple of `strategy.num_replicas_in_sync`, give the data as a
`tf.data.Dataset`, and leave the option that the message names out.

## Seen in

- TF 2.2 to 2.15: "ValueError: train_on_batch is not supported in multi-worker mode."
- TF 1.15 to 2.15: "NotImplementedError: `train_on_batch` is not supported for models distributed
  with tf.distribute.Strategy."
- TF 2.1 to 2.15: "ValueError: The `batch_size` argument (5) must be divisible the by number of
  replicas (2)"
- Keras 3: "ValueError: When using a multi-worker distribution with auto-sharding enabled, the
  data must be provided as a `tf.data.Dataset` instance."

## References

- https://keras.io/guides/distribution/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG718", "strategy-lacks", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError", "TypeError", "RuntimeError"),
        pattern=r"`?(?P<what>[\w ]+?)`? (?:is|are) (?:currently )?not (?:yet )?supported (?:in"
        r" multi-worker mode|for models (?:distributed|compiled) with tf\.distribute"
        r"|with tf\.distribute\.Strategy|when using (?:tf\.distribute|TPUStrategy)|with"
        r" `ParameterServerStrategy`)"
        r"|(?P<what2>\S+) is not supported yet\. Currently BackupAndRestore",
        message="{what}{what2} does not work under the distribution strategy",
        why="With several devices or workers, Keras lets only part of its interface through.",
        fix="a batch size that is a multiple of strategy.num_replicas_in_sync, data as a "
        "tf.data.Dataset, and without the option that the message names",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError", "TypeError", "RuntimeError"),
        pattern=r"`batch_size` argument \(?\d+\)? must be divisible"
        r"|cannot be divisible? by (?:the )?number of replicas"
        r"|cannot be divided by number of replicas"
        r"|multi-worker distribution"
        r"|`ParameterServerStrategy`"
        r"|ParameterServerStrategy currently only"
        r"|Currently only support empty strategy"
        r"|(?:Load weights|TPUStrategy)[\s\S]{0,60}steps_per_run"
        r"|do not support (?:enabling `run_eagerly` with|distribution strategy with a"
        r" `Sequential`)"
        r"|dataset is sharded across workers"
        r"|When (?:using a `tf\.keras\.utils\.experimental\.DatasetCreator`|providing a"
        r" distributed dataset|performing exact evaluation)"
        r"|Mixed precision is not supported with the tf\.distribute"
        r"|stateful=True`?\)? (?:are )?not yet supported with tf\.distribute"
        r"|only `tf\.keras\.utils\.experimental\.DatasetCreator`"
        r"|Single core must be used for computation on stateful"
        r"|DType Policies ending"
        r"|called in a cross-replica context",
        message="this does not work under the distribution strategy",
        why="With several devices or workers, Keras lets only part of its interface through.",
        fix="a batch size that is a multiple of strategy.num_replicas_in_sync, data as a "
        "tf.data.Dataset, and without the option that the message names",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: `train_on_batch` is not supported for models distributed "
                "with tf.distribute.Strategy.",
                "train.py:<module>:model.train_on_batch(x, y)",
                "keras/engine/training_v1.py:train_on_batch",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: `tea` is not supported.",
                "train.py:<module>:main()",
            ),
        ),
    )
