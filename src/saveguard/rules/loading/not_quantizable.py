"""A model or layer cannot be quantised as it is.

## What happens

`quantize` stops, or the dtype policy of a quantised layer cannot be set.

## Why

Quantising replaces kernels that exist by kernels of fewer bits: the layer must be built, be of a
kind that can be quantised, not be quantised yet, and its compute type must hold the results. GPTQ
and AWQ need data to calibrate with, so they cannot be switched on by a policy's name.

## Fix

Build the model first (call it once), quantise it once, and save it after that; load it with the
release that wrote it or a newer one.

## Seen in

- Keras 3.3 and later: "ValueError: Cannot quantize a layer that isn't yet built."
- Keras 3.3 and later: "ValueError: Layer 'dense' is already quantized with
  dtype_policy='int8_from_float32'."
- Keras 3.3 and later: "ValueError: Invalid quantization mode."
- Keras 3.15: "ValueError: Implicitly enabling GPTQ quantization by setting `dtype_policy`"

## References

- https://keras.io/guides/quantization_overview/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG277", "not-quantizable", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError", "TypeError"),
        pattern=r"Cannot quantize a layer that isn't yet built\. Layer '(?P<name>[^']+)'"
        r"|Layer '(?P<name2>[^']+)' is already quantized"
        r"|(?:Layer|Model) (?P<name3>\w+) does not have (?:a )?`quantize\(\)`"
        r" implemented",
        message="{name}{name2}{name3} cannot be quantised as it is",
        why="Only built layers that are not quantised yet can be, in a mode and a compute "
        "type that fit.",
        fix="build the model first (call it once on data), quantise it once, then save it",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError", "TypeError"),
        pattern=r"must be built first before calling `quantize\(\)`"
        r"|Invalid quantization mode"
        r"|Quantization mode='?[\w]*'? doesn't work well with"
        r"|Implicitly enabling \w+ quantization"
        r"|requires a valid `config` argument of type `\w+Config`"
        r"|`config` argument is only supported for '\w+' mode"
        r"|a valid quantization structure must be provided"
        r"|does not have a `(?:quantize|quantized_call|_int8_build|_int8_call)\(\)`"
        r" method"
        r"|`filters` argument must be a regex string",
        message="the model cannot be quantised as it is",
        why="Only built layers that are not quantised yet can be, in a mode and a compute "
        "type that fit.",
        fix="build the model first (call it once on data), quantise it once, then save it",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Cannot quantize a layer that isn't yet built. Layer 'dense' (of "
                "type 'Dense') is not built yet.",
                'train.py:<module>:model.quantize("int8")',
                "keras/src/layers/layer.py:_check_quantize_args",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Cannot quantize a word.",
                'train.py:<module>:quantize("word")',
            ),
        ),
    )
