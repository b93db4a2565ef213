"""What is done to the arrays of a layer on their way into the new model.

A conversion takes the arrays of one layer, in the order of the file, and gives those of the new
layer, in the order in which Keras 3 creates them. Those of a Bidirectional are two layers' in a
row, and are converted by halves where the count tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Conversion = Callable[[list[Array]], list[Array]]


def converted(names: Sequence[str], arrays: list[Array]) -> list[Array]:
    """The arrays after the conversions of these names, in order."""
    for name in names:
        arrays = CONVERSIONS[name](arrays)
    return arrays


def _conv1d(arrays: list[Array]) -> list[Array]:
    """Keras 1 kept `(length, 1, inputs, filters)`, and 1.1 `(filters, inputs, length, 1)`."""
    kernel, *rest = arrays
    if kernel.ndim == 4 and kernel.shape[1] != 1:
        kernel = kernel.transpose(2, 3, 1, 0)
    return [kernel[:, 0] if kernel.ndim == 4 else kernel, *rest]


def _kernel(arrays: list[Array]) -> list[Array]:
    """`(filters, inputs, *space)` of channels-first layers to `(*space, inputs, filters)`."""
    kernel, *rest = arrays
    return [kernel.transpose(*range(2, kernel.ndim), 1, 0), *rest]


def _transposed(arrays: list[Array]) -> list[Array]:
    """The kernel of a transposed convolution: inputs and filters change places."""
    kernel, *rest = arrays
    return [kernel.swapaxes(-1, -2), *rest]


def _gates(order: tuple[int, ...]) -> Conversion:
    """One array for each gate and kind, `W_i U_i b_i W_c ...`, to one for each kind."""

    def convert(arrays: list[Array]) -> list[Array]:
        count = 3 * len(order)
        if len(arrays) == 2 * count:  # both directions
            return convert(arrays[:count]) + convert(arrays[count:])
        if len(arrays) != count:
            return arrays
        return [
            np.concatenate([arrays[3 * gate + kind] for gate in order], axis=-1)
            for kind in range(3)
        ]

    return convert


def _cudnn(gates: int, *, add: bool) -> Conversion:
    """Kernels that cuDNN keeps transposed; its two biases one under the other, or added.

    Source: `_convert_rnn_weights` in keras/saving/legacy/hdf5_format.py of Keras 2.15.
    """

    def convert(arrays: list[Array]) -> list[Array]:
        if len(arrays) == 6:
            return convert(arrays[:3]) + convert(arrays[3:])
        kernel, recurrent, bias = arrays
        halves = bias.reshape(2, -1)
        return [
            _each(kernel, gates, lambda one: one.T.reshape(one.shape, order="F")),
            _each(recurrent, gates, lambda one: one.T),
            halves.sum(axis=0) if add else halves,
        ]

    return convert


def _each(kernel: Array, gates: int, change: Callable[[Array], Array]) -> Array:
    return np.hstack([change(one) for one in np.hsplit(kernel, gates)])


def _turned(count: int) -> Conversion:
    """Kernels turned around along their spatial axes."""

    def convert(arrays: list[Array]) -> list[Array]:
        spatial = (slice(None, None, -1),) * (arrays[0].ndim - 2)
        return [one[spatial] for one in arrays[:count]] + arrays[count:]

    return convert


def _locally_connected(arrays: list[Array]) -> list[Array]:
    """The kernel and bias of each place, and the fixed kernel that cuts a patch out of an image."""
    kernel, *bias = arrays
    cut = np.eye(kernel.shape[1], dtype=kernel.dtype)
    return [kernel, *(one.reshape(-1, one.shape[-1]) for one in bias), cut]


def _low_rank(arrays: list[Array]) -> list[Array]:
    """The kernel, which stands last as it was not trained, with its update; then the bias."""
    *bias, first, second, kernel = arrays
    return [kernel + first @ second, *bias]


def _scale(arrays: list[Array]) -> list[Array]:
    """One scale and one shift of a whole image to a Dense layer's of one unit."""
    return [arrays[0].reshape(1, 1), *arrays[1:]]


def _scales(arrays: list[Array]) -> list[Array]:
    """The scale of each channel as the kernel of a convolution channel by channel."""
    scale, *shift = arrays
    return [scale.reshape(1, 1, -1, 1), *shift]


def _flat(arrays: list[Array]) -> list[Array]:
    """Arrays with axes of length 1 around that of the channels."""
    return [one.reshape(-1) for one in arrays]


def _pruned(arrays: list[Array]) -> list[Array]:
    """A layer's own weights: each mask stands before its threshold, and the counter is whole."""
    behind = [*arrays[1:], np.ones(1)]
    pairs = zip(arrays, behind, strict=False)
    return [one for one, after in pairs if one.ndim and (after.ndim or after.dtype.kind != "f")]


def _weight_normalized(arrays: list[Array]) -> list[Array]:
    """The kernel of a WeightNormalization out of its length and direction; then the bias."""
    length, direction, *rest = arrays
    squares = np.square(direction).sum(axis=tuple(range(direction.ndim - 1)), keepdims=True)
    kernel = direction / np.sqrt(np.maximum(squares, 1e-12)) * length
    return [kernel.astype(direction.dtype), *(one for one in rest[:1] if one.ndim)]


CONVERSIONS: dict[str, Conversion] = {
    "keras-1-conv1d": _conv1d,
    "keras-1-kernel": _kernel,
    "keras-1-transposed": _transposed,
    "keras-1-lstm": _gates((0, 2, 1, 3)),
    "keras-1-gru": _gates((0, 1, 2)),
    "cudnn-lstm": _cudnn(4, add=True),
    "cudnn-gru": _cudnn(3, add=False),
    "locally-connected": _locally_connected,
    "flat": _flat,
    "low-rank": _low_rank,
    "pruned": _pruned,
    "scales-of-channels": _scales,
    "scale-of-all": _scale,
    "theano-kernel": _turned(1),
    "theano-two-kernels": _turned(2),
    "weight-normalization": _weight_normalized,
}
