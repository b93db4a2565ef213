"""The backend that Keras runs on does not have this.

## What happens

The call stops.

## Why

Keras 3 runs on TensorFlow, JAX, torch and OpenVINO, and not everything exists on each: OpenVINO
only predicts, TFSMLayer needs TensorFlow, sparse and ragged inputs and `steps_per_execution` are
not for all.

## Fix

Choose a backend that has it, before Keras is imported:

    os.environ["KERAS_BACKEND"] = "tensorflow"

## Seen in

- Keras 3.9 and later: "NotImplementedError: `fit` is not supported with openvino backend"
- Keras 3: "NotImplementedError: The TFSMLayer is only currently supported with the TensorFlow
  backend."
- Keras 3: "ValueError: `sparse=True` is not supported with the torch backend"
- Keras 3: "ValueError: `steps_per_execution` must be 1 with the PyTorch backend."
- Keras 3.15: "ValueError: LiteRT export requires TensorFlow or PyTorch backend."

## References

- https://keras.io/getting_started/#configuring-your-backend
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG717", "backend-lacks", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError", "ValueError", "RuntimeError", "ImportError"),
        pattern=r"`(?P<what>[\w=]+)` is not supported with (?:the )?(?:backend:"
        r" )?(?P<backend>openvino|torch|jax|numpy|tensorflow)(?: backend)?"
        r"|(?P<what2>TFSMLayer) is only currently supported with the TensorFlow backend"
        r"|`(?P<what3>steps_per_execution)` must be 1 with the PyTorch"
        r"|(?P<what4>LiteRT|Torch|ONNX|OpenVINO) export requires"
        r"|`?(?P<what5>ExportArchive|export API)`? is only compatible with"
        r"|only supported with the (?P<backend2>\w+) backend\. Current backend",
        message="{what}{what2}{what3}{what4}{what5} is not there on this backend "
        "{backend}{backend2}",
        why="Not everything of Keras 3 exists on each of its backends.",
        fix='os.environ["KERAS_BACKEND"] = "tensorflow" before Keras is imported, or another '
        "backend that has it",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError", "ValueError", "RuntimeError", "ImportError"),
        pattern=r"use_cudnn=True was specified, but cuDNN is not supported",
        message="cuDNN cannot run this layer as it is configured",
        why="Not everything of Keras 3 exists on each of its backends.",
        fix='os.environ["KERAS_BACKEND"] = "tensorflow" before Keras is imported, or another '
        "backend that has it",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: `sparse=True` is not supported with the torch backend",
                "model.py:<module>:keras.Input((4,), sparse=True)",
                "keras/src/layers/core/input_layer.py:__init__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: `tea` is not supported with the milk",
                "model.py:<module>:main()",
            ),
        ),
    )
