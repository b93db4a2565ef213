"""`keras.utils.pad_sequences` with its own arguments, of the data's dtype."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from saveguard.sequences import sources
from saveguard.sequences.flat import Flat
from saveguard.sequences.pad import as_dtype, in_dtype
from saveguard.sequences.scatter import scatter


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = None,
    padding: Literal["pre", "post"] = "pre",
    truncating: Literal["pre", "post"] = "pre",
    value: Any = 0.0,
) -> Any:
    """Pad sequences as `keras.utils.pad_sequences` of Keras 3.15 does, but change no number.

    Its arguments, in its order and with its meanings: longer sequences are cut at `maxlen`, empty
    ones are padding alone. Only the default of `dtype` is another: that of the data, where Keras
    has `int32` and makes 0.7 to 0. Any form of sequences is taken that `saveguard.pad` takes.

    Returns:
        An array of shape (rows, maxlen, ...).

    Raises:
        SaveguardError: SG541, if `dtype` does not hold a value, or the dtype not the padding
            value; SG601 or SG623, if a row is no sequence.
        ValueError: If `padding` or `truncating` is neither "pre" nor "post".
    """
    for name, side in (("Truncating", truncating), ("Padding", padding)):
        if side not in ("pre", "post"):
            raise ValueError(f'{name} type "{side}" not understood')
    held = as_dtype(sources.read(sequences), dtype)
    width = int(held.lengths.max(initial=0)) if maxlen is None else maxlen
    lengths = np.minimum(held.lengths, width)
    cut = held.lengths - lengths if truncating == "pre" else 0
    shape = (len(lengths), width, *held.values.shape[1:])
    filled = in_dtype(value, held.values.dtype)
    out = np.full(shape, filled, held.values.dtype)
    scatter(Flat(held.values, lengths, held.starts + cut), out, padding)
    return out
