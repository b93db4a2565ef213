"""Tiny backbones of keras-hub, where it is installed: sound models by other hands."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

_SIZES = {"vocabulary_size": 10, "num_layers": 2, "num_heads": 2}
_ENCODER = {**_SIZES, "hidden_dim": 4, "intermediate_dim": 8, "max_sequence_length": 6}
_DECODER = {"vocabulary_size": 10, "num_layers": 2, "hidden_dim": 8, "intermediate_dim": 8}
_HEADS = {"num_query_heads": 2, "num_key_value_heads": 1}
_ROTARY = {**_DECODER, **_HEADS}
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
    "GPTNeoXBackbone": {**_ENCODER, "hidden_dim": 8},
    "GemmaBackbone": {**_ROTARY, "head_dim": 4},
    "LlamaBackbone": _ROTARY,
    "MistralBackbone": {**_ROTARY, "sliding_window": 2},
    "OPTBackbone": _ENCODER,
    "Phi3Backbone": _ROTARY,
    "QwenBackbone": _ROTARY,
    "RobertaBackbone": _ENCODER,
    "T5Backbone": {**_SIZES, "hidden_dim": 4, "intermediate_dim": 8},
    "XLMRobertaBackbone": _ENCODER,
}


def backbones(only: str = "") -> Iterator[tuple[str, Any]]:
    """(name, model) of those that this keras-hub has; none where it is not installed."""
    if importlib.util.find_spec("keras_hub") is None:
        return
    import keras_hub

    for name, settings in SETTINGS.items():
        kind = getattr(keras_hub.models, name, None)
        if kind is not None and only in name:
            keras.utils.clear_session()
            keras.utils.set_random_seed(1)
            yield name, kind(**settings)


def example(model: Any) -> dict[str, Any]:
    """Two rows of five tokens, for each of its inputs."""
    draw = np.random.default_rng(0)
    held = {}
    for name in model.input:
        high = 10 if "token" in name else 2
        held[name] = draw.integers(1, high, (2, 5)).astype("int32")
        if "segment" in name:
            held[name] = np.zeros((2, 5), "int32")
    return held
