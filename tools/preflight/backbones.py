"""Tiny backbones of keras-hub, where it is installed: sound models by other hands."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

_SIZES = {"vocabulary_size": 10, "num_layers": 2, "num_heads": 2}
_ENCODER = {**_SIZES, "hidden_dim": 4, "intermediate_dim": 8, "max_sequence_length": 6}
_DECODER = {"vocabulary_size": 10, "num_layers": 2, "hidden_dim": 8, "intermediate_dim": 8}
_HEADS = {"num_query_heads": 2, "num_key_value_heads": 1}
_ROTARY = {**_DECODER, **_HEADS}
_IMAGE = {"image_shape": (16, 16, 3)}
_PATCHES = {**_IMAGE, "patch_size": 8, "num_layers": 2, "num_heads": 2, "hidden_dim": 8}
# Of the sizes that keras-hub's own tests use.
SETTINGS: dict[str, dict[str, Any]] = {
    "AlbertBackbone": {**_ENCODER, "embedding_dim": 4},
    "BartBackbone": _ENCODER,
    "BertBackbone": _ENCODER,
    "BloomBackbone": {**_SIZES, "hidden_dim": 4, "intermediate_dim": 8},
    "DebertaV3Backbone": {**_ENCODER, "bucket_size": 4},
    "DistilBertBackbone": _ENCODER,
    "ElectraBackbone": {
        "vocab_size": 10,
        "num_layers": 2,
        "num_heads": 2,
        "hidden_dim": 4,
        "embedding_dim": 4,
        "intermediate_dim": 8,
        "max_sequence_length": 6,
    },
    "FNetBackbone": {key: value for key, value in _ENCODER.items() if key != "num_heads"},
    "FalconBackbone": {
        "vocabulary_size": 10,
        "num_layers": 2,
        "num_attention_heads": 2,
        "hidden_dim": 8,
        "intermediate_dim": 16,
    },
    "GPT2Backbone": _ENCODER,
    "GPTNeoXBackbone": {**_ENCODER, "hidden_dim": 16},
    "GemmaBackbone": {**_ROTARY, "head_dim": 4},
    "LlamaBackbone": _ROTARY,
    "MistralBackbone": {**_ROTARY, "sliding_window": 2},
    "OPTBackbone": _ENCODER,
    "Phi3Backbone": _ROTARY,
    "QwenBackbone": _ROTARY,
    "RobertaBackbone": _ENCODER,
    "T5Backbone": {**_SIZES, "hidden_dim": 4, "intermediate_dim": 8},
    "XLMRobertaBackbone": _ENCODER,
    "CSPNetBackbone": {
        "stem_filters": 8,
        "stem_kernel_size": 3,
        "stem_strides": 1,
        "stackwise_depth": [1, 2],
        "stackwise_strides": [1, 2],
        "stackwise_num_filters": [8, 16],
        "block_type": "dark_block",
        "stage_type": "dark",
    },
    "DeiTBackbone": {**_PATCHES, "intermediate_dim": 16},
    "DenseNetBackbone": {**_IMAGE, "stackwise_num_repeats": [1, 2], "growth_rate": 4},
    "ResNetBackbone": {
        **_IMAGE,
        "input_conv_filters": [64],
        "input_conv_kernel_sizes": [3],
        "stackwise_num_filters": [64, 64],
        "stackwise_num_blocks": [1, 2],
        "stackwise_num_strides": [1, 2],
        "block_type": "basic_block",
    },
    "VGGBackbone": {
        **_IMAGE,
        "stackwise_num_repeats": [1, 2],
        "stackwise_num_filters": [4, 8],
    },
    "ViTBackbone": {**_PATCHES, "mlp_dim": 16},
    "XceptionBackbone": {
        **_IMAGE,
        "stackwise_conv_filters": [[8, 8], [16, 16]],
        "stackwise_pooling": [True, False],
    },
}


def backbones(only: str = "") -> Iterator[tuple[str, Any]]:
    """(name, how to make a model and its example) of those that this keras-hub has.

    None where it is not installed.
    """
    if importlib.util.find_spec("keras_hub") is None:
        return
    import keras_hub

    for name, settings in SETTINGS.items():
        kind = getattr(keras_hub.models, name, None)
        if kind is not None and only in name:
            yield name, partial(_made, kind, settings)


def _made(kind: Any, settings: dict[str, Any]) -> tuple[Any, Any]:
    model = kind(**settings)
    return model, example(model)


def example(model: Any) -> Any:
    """Two rows of five tokens for each of its inputs, or two images of 16 times 16 pixels."""
    draw = np.random.default_rng(0)
    if not isinstance(model.input, dict):
        return draw.uniform(0, 1, (2, 16, 16, 3)).astype("float32")
    held = {}
    for name in model.input:
        high = 10 if "token" in name else 2
        held[name] = draw.integers(1, high, (2, 5)).astype("int32")
        if "segment" in name:
            held[name] = np.zeros((2, 5), "int32")
    return held
