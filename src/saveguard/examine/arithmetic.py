"""What comes out of the common layers, computed from their configuration and what enters them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from saveguard.archive import topology
from saveguard.archive.topology import Shape

Config = Mapping[str, Any]
Extent = int | None
# Their output has their input's shape.
_SAME = frozenset(
    [
        "Activation",
        "ActivityRegularization",
        "AlphaDropout",
        "BatchNormalization",
        "Dropout",
        "ELU",
        "GaussianDropout",
        "GaussianNoise",
        "GroupNormalization",
        "Identity",
        "LayerNormalization",
        "LeakyReLU",
        "Masking",
        "Normalization",
        "PReLU",
        "RandomBrightness",
        "RandomContrast",
        "RandomFlip",
        "RandomRotation",
        "RandomTranslation",
        "RandomZoom",
        "RMSNormalization",
        "ReLU",
        "Rescaling",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "ThresholdedReLU",
        "UnitNormalization",
    ]
)
_MERGES = frozenset(["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"])


def output(layer: Mapping[str, Any], taken: Sequence[Shape | None]) -> Shape | None:
    """The shape of a layer's first output; None where that cannot be told.

    Args:
        layer: The layer's dictionary.
        taken: The shapes of the tensors that it is called with.
    """
    known = [shape for shape in taken if shape is not None]
    class_name, config = str(layer.get("class_name")), topology.config(layer)
    if not known or len(known) < len(taken):
        return None
    if class_name in _SAME:
        return known[0]
    try:
        if class_name in _MERGES:
            return _broadcast(known)
        if class_name in ("AdditiveAttention", "Attention"):
            return (*known[0][:-1], known[1][-1])
        if class_name == "Concatenate":
            return _concatenated(config.get("axis", -1), known)
        return _TABLE[class_name](config, known[0])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError):
        return None  # a layer that is not known, or arguments of another kind than Keras writes


def _concatenated(axis: int, shapes: Sequence[Shape]) -> Shape:
    joined = list(shapes[0])
    extents = [shape[axis] for shape in shapes]
    joined[axis] = None if None in extents else sum(n for n in extents if n is not None)
    return tuple(joined)


def _broadcast(shapes: Sequence[Shape]) -> Shape | None:
    """The shape of numbers that are combined one by one; None of shapes with different ranks."""
    if len({len(shape) for shape in shapes}) != 1:
        return None
    joined = []
    for extents in zip(*shapes, strict=True):
        longer = [extent for extent in extents if extent != 1]
        joined.append(longer[0] if longer else 1)
        if len(set(longer)) > 1:
            return None
    return tuple(joined)


def _product(extents: Sequence[Extent]) -> Extent:
    known = [n for n in extents if n is not None]
    return math.prod(known) if len(known) == len(extents) else None


def _each(count: int, value: Any) -> list[int]:
    """An argument of each spatial axis: one for all of them, or a list."""
    return [value] * count if isinstance(value, int) else _items(value)


def _items(value: Any) -> list[Any]:
    """A list, which TensorFlow writes as an object where it was a tuple."""
    return list(value["items"] if isinstance(value, dict) else value)


def _spatial(
    config: Config, shape: Shape, change: Callable[[int, int], Extent], last: Extent
) -> Shape:
    """`shape` with its spatial axes changed, and its channels where `last` says so."""
    first = config.get("data_format") == "channels_first"
    axes = shape[2:] if first else shape[1:-1]
    changed = [None if n is None else change(at, n) for at, n in enumerate(axes)]
    channels = (shape[1] if first else shape[-1]) if last == -1 else last
    return (shape[0], channels, *changed) if first else (shape[0], *changed, channels)


def _windows(config: Config, sizes: list[int], strides: list[int]) -> Callable[[int, int], Extent]:
    """How many windows fit, by `padding`."""
    spread = _each(len(sizes), config.get("dilation_rate", 1))
    inside = config.get("padding", "valid") == "valid"

    def change(at: int, extent: int) -> Extent:
        left: int = extent - (sizes[at] - 1) * spread[at] if inside else extent
        return -(-left // strides[at])

    return change


def _conv(config: Config, shape: Shape) -> Shape:
    sizes = _each(len(shape) - 2, config["kernel_size"])
    strides = _each(len(shape) - 2, config.get("strides", 1))
    return _spatial(config, shape, _windows(config, sizes, strides), config["filters"])


def _depthwise(config: Config, shape: Shape) -> Shape:
    channels = shape[1] if config.get("data_format") == "channels_first" else shape[-1]
    last = _product((channels, config.get("depth_multiplier", 1)))
    return _conv({**config, "filters": last}, shape)


def _transposed(config: Config, shape: Shape) -> Shape | None:
    if config.get("output_padding") is not None:
        return None
    sizes = _each(len(shape) - 2, config["kernel_size"])
    strides = _each(len(shape) - 2, config.get("strides", 1))
    inside = config.get("padding", "valid") == "valid"

    def change(at: int, extent: int) -> Extent:
        return extent * strides[at] + (max(sizes[at] - strides[at], 0) if inside else 0)

    return _spatial(config, shape, change, config["filters"])


def _pool(config: Config, shape: Shape) -> Shape:
    sizes = _each(len(shape) - 2, config["pool_size"])
    strides = config.get("strides")
    steps = sizes if strides is None else _each(len(shape) - 2, strides)
    return _spatial(config, shape, _windows(config, sizes, steps), -1)


def _global_pool(config: Config, shape: Shape) -> Shape:
    pooled = _spatial(config, shape, lambda _at, _extent: 1, -1)
    ones = len(shape) - 2
    if config.get("keepdims"):
        return pooled
    first = config.get("data_format") == "channels_first"
    return pooled[:2] if first else (pooled[0], *pooled[1 + ones :])


def _flatten(_config: Config, shape: Shape) -> Shape:
    return shape[0], _product(shape[1:])


def _reshape(config: Config, shape: Shape) -> Shape:
    target = _items(config["target_shape"])
    if -1 in target:
        total, rest = _product(shape[1:]), -math.prod(target)
        target[target.index(-1)] = None if total is None else total // rest
    return (shape[0], *target)


def _recurrent(config: Config, shape: Shape) -> Shape | None:
    if config.get("return_state"):
        return None
    steps = shape[1:2] if config.get("return_sequences") else ()
    return (shape[0], *steps, config["units"])


def _bidirectional(config: Config, shape: Shape) -> Shape | None:
    inner = output(config["layer"], [shape])
    if inner is None or config.get("merge_mode", "concat") != "concat":
        return inner if config.get("merge_mode") else None
    return (*inner[:-1], _product((inner[-1], 2)))


def _time_distributed(config: Config, shape: Shape) -> Shape | None:
    inner = output(config["layer"], [(shape[0], *shape[2:])])
    return inner and (shape[0], shape[1], *inner[1:])


def _resized(key: str, sign: int) -> Callable[[Config, Shape], Shape]:
    """Padding and cropping: two numbers at each spatial axis, or one for both ends."""

    def resize(config: Config, shape: Shape) -> Shape:
        count = len(shape) - 2
        given = config[key]
        pairs: list[Any] = [given] if count == 1 else _each(count, given)
        ends = [2 * pair if isinstance(pair, int) else sum(_items(pair)) for pair in pairs]
        return _spatial(config, shape, lambda at, extent: extent + sign * ends[at], -1)

    return resize


def _cropped(config: Config, shape: Shape) -> Shape:
    sides = config["height"], config["width"]
    return _spatial(config, shape, lambda at, _extent: int(sides[at]), -1)


def _upsampled(config: Config, shape: Shape) -> Shape:
    times = _each(len(shape) - 2, config["size"])
    return _spatial(config, shape, lambda at, extent: extent * times[at], -1)


_TABLE: dict[str, Callable[[Config, Shape], Shape | None]] = {
    "Bidirectional": _bidirectional,
    "Dense": lambda config, shape: (*shape[:-1], config["units"]),
    "Embedding": lambda config, shape: (*shape, config["output_dim"]),
    "Flatten": _flatten,
    **dict.fromkeys(("CenterCrop", "Resizing"), _cropped),
    "MultiHeadAttention": lambda config, shape: None if config.get("output_shape") else shape,
    "Permute": lambda config, shape: (shape[0], *(shape[axis] for axis in _items(config["dims"]))),
    "RepeatVector": lambda config, shape: (shape[0], config["n"], *shape[1:]),
    "Reshape": _reshape,
    "TimeDistributed": _time_distributed,
    **dict.fromkeys(("GRU", "LSTM", "SimpleRNN"), _recurrent),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **{f"{kind}{n}D": _conv for kind in ("Conv", "SeparableConv") for n in (1, 2, 3)},
    **{f"Conv{n}DTranspose": _transposed for n in (1, 2, 3)},
    **{f"{kind}Pooling{n}D": _pool for kind in ("Average", "Max") for n in (1, 2, 3)},
    **{f"Global{k}Pooling{n}D": _global_pool for k in ("Average", "Max") for n in (1, 2, 3)},
    **{f"ZeroPadding{n}D": _resized("padding", 1) for n in (1, 2, 3)},
    **{f"Cropping{n}D": _resized("cropping", -1) for n in (1, 2, 3)},
    **{f"UpSampling{n}D": _upsampled for n in (1, 2, 3)},
}
