"""Layers in the words of Keras 1.

## Recognises

The classes of Keras 1 (`Convolution2D`, `Deconvolution2D`, `AtrousConvolution2D`, ...) and its
arguments (`nb_filter`, `border_mode`, `dim_ordering`, `output_dim`, `W_regularizer`,
`inner_activation`, ...), in files of Keras before 2.0.

## Rewrites

The classes and arguments of today. Arrays that Keras 1 kept in another order, or one for each
gate, are put together as Keras 2 did when it loaded such a file.

## Why

Keras 2.0 renamed most arguments and changed the layout of kernels; Keras 3 no longer reads the
old ones.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/1.2.2/keras/layers/
- https://github.com/keras-team/keras/blob/2.0.0/keras/engine/topology.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree
from saveguard.migration.parts import Raw, made, settings
from saveguard.migration.step import Old, Step

_CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "AtrousConv1D": "Conv1D",
    "AtrousConv2D": "Conv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
}
_RENAMED = {
    "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
    "U_regularizer": "recurrent_regularizer", "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint", "U_constraint": "recurrent_constraint",
    "init": "kernel_initializer", "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation", "bias": "use_bias", "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout", "nb_filter": "filters", "border_mode": "padding",
    "subsample": "strides", "subsample_length": "strides", "filter_length": "kernel_size",
    "atrous_rate": "dilation_rate", "pool_length": "pool_size", "stride": "strides", "p": "rate",
    "sigma": "stddev", "length": "size", "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer", "depthwise_init": "depthwise_initializer",
    "pointwise_init": "pointwise_initializer",
}  # fmt: skip
_DROPPED = ("consume_less", "weights", "input_length", "activity_regularizer_", "nb_feature")
_FORGOTTEN = ("ZeroPadding2D", "ZeroPadding3D")
_ORDERS = {"th": "channels_first", "tf": "channels_last"}
_UNITS = ("Dense", "LSTM", "GRU", "SimpleRNN")
_CONVERTED = {"Conv1D": "keras-1-conv1d", "LSTM": "keras-1-lstm", "GRU": "keras-1-gru",
              "ConvLSTM2D": "keras-1-lstm"}  # fmt: skip
_TRANSPOSED = {"Conv2D": "keras-1-kernel", "Conv3D": "keras-1-kernel",
               "Conv2DTranspose": "keras-1-kernel"}  # fmt: skip


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if old.numbers >= (2,) or node.class_name in old.custom:
        return
    if "layers" in settings(node):
        yield from _ordered(settings(node)["layers"])
        return
    held, before = settings(node), dict(settings(node))
    raw: Raw = node.raw  # type: ignore[assignment]
    name = raw["class_name"] = _CLASSES.get(node.class_name, node.class_name)
    _words(name, held)
    _kernel(held)
    tree.convert(raw, *([_CONVERTED[name]] if name in _CONVERTED else []))
    if not isinstance(node.raw.get("config"), dict):
        return
    first = held.get("data_format") == "channels_first"
    if name in _TRANSPOSED and (first or name == "Conv2DTranspose"):
        tree.convert(raw, _TRANSPOSED[name] if first else "keras-1-transposed")
    if name != node.class_name or held != before:
        yield f"{node.class_name} is written as {name} of today"


def _words(name: str, held: Raw) -> None:
    for old, new in _RENAMED.items():
        if old in held and not (old == "init" and name == "PReLU"):
            held[new] = held.pop(old)
    if name == "PReLU" and "init" in held:
        held["alpha_initializer"] = held.pop("init")
    if name == "Embedding":
        held["embeddings_initializer"] = held.pop("kernel_initializer", "uniform")
        held["embeddings_regularizer"] = held.pop("kernel_regularizer", None)
        held["embeddings_constraint"] = held.pop("kernel_constraint", None)
    if name.startswith("Separable"):
        held.pop("kernel_initializer", None)
    if "output_dim" in held and name in _UNITS:
        held["units"] = held.pop("output_dim")
    if name != "Embedding":
        held.pop("input_dim", None)
    for argument in _DROPPED:
        held.pop(argument, None)
    order = held.pop("dim_ordering", None)
    if order in _ORDERS:
        held["data_format"] = _ORDERS[order]
    if held.pop("forget_bias_init", None) is not None:
        held["unit_forget_bias"] = True
    if name == "BatchNormalization":
        held.pop("mode", None)


def _ordered(layers: list[Raw]) -> Iterator[str]:
    """Keras 1 forgot the order of axes of padding layers; it is that of the layers beside them."""
    configs = [one["config"] for one in layers if isinstance(one.get("config"), dict)]
    orders = {one["data_format"] for one in configs if "data_format" in one}
    for layer in layers:
        silent = "data_format" not in (layer.get("config") or {})
        if layer.get("class_name") in _FORGOTTEN and silent and len(orders) == 1:
            (layer["config"]["data_format"],) = orders
            yield f"`{layer['config'].get('name')}` pads {layer['config']['data_format']} images"


def _kernel(held: Raw) -> None:
    """The size of a kernel, which had one argument an axis."""
    for names in (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3")):
        if all(name in held for name in names):
            held["kernel_size"] = [held.pop(name) for name in names]
            if "output_shape" in held:
                del held["output_shape"]


step = Step(
    name="keras-1-layers",
    rewrite=_rewrite,
    changed="2.0",
    source="https://github.com/keras-team/keras/blob/1.2.2/keras/layers/",
    on=("model", "layer"),
)


def bad() -> Any:
    """A convolution of Keras 1."""
    return made(
        "Convolution2D",
        "convolution2d",
        nb_filter=8,
        nb_row=3,
        nb_col=3,
        border_mode="same",
        dim_ordering="tf",
        init="glorot_uniform",
    )


def good() -> Any:
    """A convolution."""
    return {"class_name": "Functional", "config": {"layers": []}}
