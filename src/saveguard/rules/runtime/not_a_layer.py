"""Something that is no layer of this Keras stands among a model's layers.

## What happens

Building the model stops.

## Why

There are three packages with classes of the same names: `keras`, `tensorflow.keras` and `tf_keras`,
and a layer of one is nothing to another; layers of TensorFlow Hub and Probability belong to Keras
2. Or a class stands where its instance belongs: `Dense` for `Dense(2)`.

## Fix

Import from one package throughout. With TensorFlow Hub, Probability or other packages of Keras 2:
`pip install tf_keras`, and set `TF_USE_LEGACY_KERAS=1` before the first import.

## Seen in

- Keras 3: "ValueError: Only instances of `keras.Layer` can be added to a Sequential model.
  Received: <tensorflow_hub.keras_layer.KerasLayer object at 0x...>"
- TF: "TypeError: The added layer must be an instance of class Layer. Found:
  <keras.layers.core.Dense object at 0x...>"
- Keras 3: "ValueError: All `inputs` values must be KerasTensors."

## References

- https://github.com/tensorflow/hub/issues/920
- https://github.com/tensorflow/tensorflow/issues/65419
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG713", "not-a-layer", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "AttributeError"),
        pattern=r"(?:Output|Input) tensors to a \w+ (?:model )?must (?:be the output of|come"
        r" from)"
        r"|Inputs to a layer should be tensors\. Got:? (?P<got3>[^\n]{0,80})"
        r"|not all of the inputs in the first positional argument"
        r"|`outbound_layer` should be a layer instance"
        r"|as a (?:dict|list/tuple), all values in the (?:dict|list/tuple) must be"
        r" KerasTensors"
        r"|Expected a symbolic Tensors? (?:or a callable )?for the (?:loss|metric) value"
        r"|`backward_layer` need to be a"
        r"|initialize `Bidirectional` layer with a"
        r"|Unexpected object from deserialization, expected a layer"
        r"|Only instances of `?keras\.(?:layers\.)?Layer`? can be added to a Sequential"
        r" model\. Received: (?P<got>[^\n]{0,120})"
        r"|added layer must be an instance of class Layer\. (?:Found|Received:"
        r" layer=)(?P<got2>[^\n]{0,120})"
        r"|All `(?:inputs|outputs)` values must be KerasTensors"
        r"|Only input tensors may be passed as positional arguments"
        r"|All `(?:inputs|outputs)` must be"
        r"|Unrecognized type for `(?:inputs|outputs)`"
        r"|Found unexpected instance while processing input tensors"
        r"|Output tensors (?:of|to) a \w* ?[Mm]odel must be"
        r"|'NoneType' object has no attribute '_inbound_nodes'"
        r"|have come from `(?:tf\.)?keras\.\w*\.?Input`"
        r"|get_config\(\) missing 1 required positional argument: 'self'"
        r"|Please initialize `\w+` (?:layer )?with a `?(?:tf\.)?(?:keras\.)?\w*\.?Layer`? instance"
        r"|(?:RNN cell|`cell`) should have an? (?:attribute )?`?(?:state_size|call)"
        r"|All cells must have a `?(?:call|state_size)"
        r"|model (?:inputs|outputs) must be (?:a )?(?:Keras )?[Tt]ensors?",
        message="something that is no layer of this Keras stands among the layers:"
        " {got}{got2}{got3}",
        why="It belongs to another package of Keras, or is a class where an instance belongs.",
        fix="import from one package throughout; for TensorFlow Hub: pip install tf_keras "
        "and TF_USE_LEGACY_KERAS=1 before the first import",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("KeyError", "TypeError", "ValueError", "AttributeError"),
        pattern=r"go_backwards|'Tensor' object has no attribute 'built'|no attribute"
        r" '(?:return_sequences|state_size|stateful)'",
        frames=r"bidirectional\.py|wrappers\.py",
        message="something that is no recurrent layer is wrapped",
        why="Bidirectional runs a layer forwards and backwards, and wants one that has a"
        " direction.",
        fix="wrap LSTM, GRU, SimpleRNN or RNN",
        alone=r"go_backwards",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("AttributeError",),
        pattern=r"'(?:numpy\.)?(?P<got>ndarray|int|float|list|str)' object has no attribute"
        r" '(?:op|_keras_history|_keras_mask)'",
        message="an array {got} stands where a tensor of keras.Input belongs",
        why="A model is made of symbolic tensors; data come later, with fit() and predict().",
        fix="keras.Model(inputs=keras.Input(shape), outputs=layer(...))",
        certainty="likely",
        frames=r"keras",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """A layer of TensorFlow Hub."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Only instances of `keras.Layer` can be added to a Sequential "
                "model. Received: <tensorflow_hub.keras_layer.KerasLayer object at 0x7f> (of"
                " type <class 'tensorflow_hub.keras_layer.KerasLayer'>)",
                "train.py:<module>:model.add(hub)",
                "keras/src/models/sequential.py:add",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """torch, of the same mistake."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: torch.FloatTensor is not a Module subclass",
                "train.py:<module>:torch.nn.Sequential(x)",
                "torch/nn/modules/module.py:add_module",
            ),
        ),
    )
