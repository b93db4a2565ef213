"""What is said of a wrong rank, over families of layers: written as told, the model takes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from saveguard.model.contract import read

layers = keras.layers
STEPS, SERIES = (6, 4), (None, 4)
IMAGE, VOLUME = (8, 8, 3), (4, 4, 4, 2)

# A layer that wants its rank, and the shape of one sample.
FAMILIES: dict[str, tuple[Callable[[], Any], tuple[int | None, ...]]] = {
    "Dense": (lambda: layers.Dense(2), (10,)),
    "Dense on steps": (lambda: layers.Dense(2), STEPS),
    "EinsumDense": (lambda: layers.EinsumDense("abc,cd->abd", (None, 2)), STEPS),
    "Embedding": (lambda: layers.Embedding(9, 2), (None,)),
    "Embedding of a length": (lambda: layers.Embedding(9, 2), (5,)),
    "LSTM": (lambda: layers.LSTM(2), SERIES),
    "GRU of a length": (lambda: layers.GRU(2), STEPS),
    "SimpleRNN": (lambda: layers.SimpleRNN(2), SERIES),
    "Bidirectional": (lambda: layers.Bidirectional(layers.LSTM(2)), SERIES),
    "ConvLSTM1D": (lambda: layers.ConvLSTM1D(2, 3), (4, 8, 3)),
    "ConvLSTM2D": (lambda: layers.ConvLSTM2D(2, 3), (2, 8, 8, 3)),
    "TimeDistributed": (lambda: layers.TimeDistributed(layers.Dense(2)), STEPS),
    "Conv1D": (lambda: layers.Conv1D(2, 3), SERIES),
    "Conv1D of one channel": (lambda: layers.Conv1D(2, 3), (9, 1)),
    "Conv2D": (lambda: layers.Conv2D(2, 3), IMAGE),
    "Conv2D of grey": (lambda: layers.Conv2D(2, 3), (8, 8, 1)),
    "Conv2D of any size": (lambda: layers.Conv2D(2, 3, padding="same"), (None, None, 3)),
    "Conv3D": (lambda: layers.Conv3D(2, 2), VOLUME),
    "SeparableConv2D": (lambda: layers.SeparableConv2D(2, 3), IMAGE),
    "DepthwiseConv1D": (lambda: layers.DepthwiseConv1D(3), STEPS),
    "Conv2DTranspose": (lambda: layers.Conv2DTranspose(2, 3), IMAGE),
    "MaxPooling1D": (lambda: layers.MaxPooling1D(2), STEPS),
    "AveragePooling2D": (lambda: layers.AveragePooling2D(2), IMAGE),
    "GlobalMaxPooling3D": (layers.GlobalMaxPooling3D, VOLUME),
    "UpSampling2D": (lambda: layers.UpSampling2D(2), IMAGE),
    "ZeroPadding1D": (lambda: layers.ZeroPadding1D(1), STEPS),
    "Cropping3D": (lambda: layers.Cropping3D(1), VOLUME),
    "RepeatVector": (lambda: layers.RepeatVector(2), (4,)),
    "SpatialDropout2D": (lambda: layers.SpatialDropout2D(0.5), IMAGE),
    "BatchNormalization": (layers.BatchNormalization, (7,)),
    "Flatten": (layers.Flatten, IMAGE),
    "Reshape": (lambda: layers.Reshape((4, 6)), STEPS),
}


def wrong(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Batches as people give them by mistake, of five rows or of one."""
    held = [shape, (5, *shape, 1), (5, 1, *shape), (1, 1, *shape), (5, int(np.prod(shape)))]
    held += [(5, *shape[:-1])] if shape[-1] == 1 or len(shape) == 1 else []
    held += [shape[:-1]] if shape[-1] == 1 else []
    held += [(5, *shape[:-2], shape[-2] * shape[-1])] if len(shape) > 1 else []
    return [one for one in dict.fromkeys(held) if one]


CODE = re.compile(r"^(?P<code>(?:x|np\.squeeze).*?)(?= makes|, if| leaves)")


@pytest.mark.backend
@pytest.mark.parametrize("family", FAMILIES)
def test_the_model_takes_what_is_advised(family: str) -> None:
    layer, shape = FAMILIES[family]
    dtype = "int32" if "Embedding" in family else "float32"
    model = keras.Sequential([keras.Input(shape, dtype=dtype), layer()])
    contract = read(model)
    assert contract is not None
    told = 0
    for given in wrong(tuple(size or 6 for size in shape)):
        x = np.arange(np.prod(given)).reshape(given).astype(dtype) % 5
        report = contract.validate(x)
        if len(given) == len(shape) + 1 or not report.findings:
            continue
        (finding,) = report.findings
        assert finding.code in ("SG502", "SG601") and str(given) in finding.message, finding
        advice = CODE.match(finding.fix)
        if advice is None:
            assert finding.fix.startswith("give arrays of"), finding.fix
            continue
        held = eval(advice["code"], {"x": x, "np": np})
        assert contract.validate(held).findings == (), finding.fix
        assert sorted(held.ravel().tolist()) == sorted(x.ravel().tolist())
        model(held)
        told += 1
    assert told >= 1
