"""The arrays that a layer of Keras keeps, as far as its configuration alone tells their shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from saveguard.facts import Node

Extent = int | None
Shape = tuple[Extent, ...]
Arrays = tuple[tuple[str, Shape], ...]

# Quantised weights, and those with low-rank additions, have other arrays.
_OTHERWISE = ("lora_rank", "quantization_config")


def arrays_of(node: Node) -> Arrays | None:
    """Name and shape of the arrays of a layer, in Keras's order; None where it cannot be told.

    An extent that the configuration does not tell is None, as the input's in a legacy `.h5`.
    """
    table = _TABLE.get(node.class_name)
    if table is None or node.module not in (None, "keras.layers"):
        return None
    config = node.config
    if any(config.get(key) for key in _OTHERWISE) or _is_quantized(config.get("dtype")):
        return None
    try:
        return table(config, _input_shape(node.raw))
    except (KeyError, TypeError, ValueError, IndexError):
        return None  # arguments of another kind than Keras writes; other rules tell of them


def _is_quantized(dtype: Any) -> bool:
    if isinstance(dtype, dict):
        told = dtype.get("config")
        dtype = told.get("name") if isinstance(told, dict) else None
    return isinstance(dtype, str) and "_from_" in dtype


def _input_shape(raw: Mapping[str, Any]) -> Shape:
    build = raw.get("build_config")
    shape = build.get("input_shape") if isinstance(build, dict) else None
    if not isinstance(shape, list) or not all(n is None or isinstance(n, int) for n in shape):
        return ()
    return tuple(shape)


def _channels(config: Mapping[str, Any], shape: Shape) -> Extent:
    if not shape:
        return None
    return shape[1] if config.get("data_format") == "channels_first" else shape[-1]


def _times(*extents: Extent) -> Extent:
    product = 1
    for extent in extents:
        if extent is None:
            return None
        product *= extent
    return product


def _with_bias(config: Mapping[str, Any], kernel: Arrays, bias: Shape) -> Arrays:
    return (*kernel, ("bias", bias)) if config["use_bias"] else kernel


def _dense(config: Mapping[str, Any], shape: Shape) -> Arrays:
    units = config["units"]
    kernel = (("kernel", (shape[-1] if shape else None, units)),)
    return _with_bias(config, kernel, (units,))


def _embedding(config: Mapping[str, Any], _shape: Shape) -> Arrays:
    return (("embeddings", (config["input_dim"], config["output_dim"])),)


def _conv(config: Mapping[str, Any], shape: Shape) -> Arrays:
    entered, groups = _channels(config, shape), config.get("groups", 1)
    kernel = (
        *config["kernel_size"],
        None if entered is None else entered // groups,
        config["filters"],
    )
    return _with_bias(config, (("kernel", kernel),), (config["filters"],))


def _conv_transpose(config: Mapping[str, Any], shape: Shape) -> Arrays:
    kernel = (*config["kernel_size"], config["filters"], _channels(config, shape))
    return _with_bias(config, (("kernel", kernel),), (config["filters"],))


def _depthwise(config: Mapping[str, Any], shape: Shape) -> Arrays:
    entered, times = _channels(config, shape), config["depth_multiplier"]
    kernel = (*config["kernel_size"], entered, times)
    return _with_bias(config, (("kernel", kernel),), (_times(entered, times),))


def _separable(config: Mapping[str, Any], shape: Shape) -> Arrays:
    entered, times = _channels(config, shape), config["depth_multiplier"]
    size = config["kernel_size"]
    kernels: Arrays = (
        ("depthwise_kernel", (*size, entered, times)),
        ("pointwise_kernel", (*(1 for _ in size), _times(entered, times), config["filters"])),
    )
    return _with_bias(config, kernels, (config["filters"],))


def _batch_normalization(config: Mapping[str, Any], shape: Shape) -> Arrays:
    axis = config["axis"]
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    extent = shape[axis] if shape else None
    names = ["gamma"] * bool(config["scale"]) + ["beta"] * bool(config["center"])
    return tuple((name, (extent,)) for name in (*names, "moving_mean", "moving_variance"))


def _recurrent(gates: int) -> Callable[[Mapping[str, Any], Shape], Arrays]:
    def arrays(config: Mapping[str, Any], shape: Shape) -> Arrays:
        units = config["units"]
        kernels: Arrays = (
            ("kernel", (shape[-1] if shape else None, gates * units)),
            ("recurrent_kernel", (units, gates * units)),
        )
        # Keras 3's default; a file that says nothing was written when it was False.
        twice = gates == 3 and config.get("reset_after", True)
        return _with_bias(config, kernels, (2, gates * units) if twice else (gates * units,))

    return arrays


_TABLE: dict[str, Callable[[Mapping[str, Any], Shape], Arrays]] = {
    "BatchNormalization": _batch_normalization,
    "Conv1D": _conv,
    "Conv2D": _conv,
    "Conv3D": _conv,
    "Conv1DTranspose": _conv_transpose,
    "Conv2DTranspose": _conv_transpose,
    "Conv3DTranspose": _conv_transpose,
    "Dense": _dense,
    "DepthwiseConv1D": _depthwise,
    "DepthwiseConv2D": _depthwise,
    "Embedding": _embedding,
    "GRU": _recurrent(3),
    "LSTM": _recurrent(4),
    "SeparableConv1D": _separable,
    "SeparableConv2D": _separable,
    "SimpleRNN": _recurrent(1),
}
