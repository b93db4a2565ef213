"""A mask reaches a layer that cannot use one.

## What happens

The layer stops at its first call.

## Why

Masking and Embedding with `mask_zero=True` send a mask along with their output, and each layer
either uses it, passes it on, or says that it cannot. Ragged tensors have their lengths within,
and take none.

## Fix

Set `self.supports_masking = True` in the custom layer if it may pass the mask on, or end the mask
before it: a layer whose `compute_mask` returns None.

## Seen in

- TF 1.15 to 2.15: "TypeError: Layer flatten does not support masking, but was passed an
  input_mask: ..."
- TF 2.1 to 2.15: "ValueError: The mask that was passed in was ..., which cannot be applied to
  RaggedTensor inputs."

## References

- https://keras.io/guides/understanding_masking_and_padding/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG536", "mask-not-taken", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=r"Layer (?P<name>\S+) does not support masking, but was passed an input_mask",
        message="layer {name} is given a mask, and cannot use one",
        why="A layer before it (Masking, or Embedding with mask_zero=True) sends a mask "
        "along with its output.",
        fix="self.supports_masking = True in the layer, if it may pass the mask on; or end "
        "the mask before it",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=r"mask that was passed in was [\s\S]{0,200}cannot be applied to RaggedTensor",
        message="a recurrent layer is given ragged data and a mask",
        why="A layer before it (Masking, or Embedding with mask_zero=True) sends a mask "
        "along with its output.",
        fix="self.supports_masking = True in the layer, if it may pass the mask on; or end "
        "the mask before it",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: Layer own does not support masking, but was passed an input_mask: "
                "Tensor(...)",
                "model.py:<module>:model.fit(x, y)",
                "keras/engine/base_layer.py:compute_mask",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: The party does not support masking.",
                "model.py:<module>:main()",
            ),
        ),
    )
