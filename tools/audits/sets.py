"""The data sets, as columns and the model that is trained on them; all ship inside packages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np


class Set(NamedTuple):
    """A data set.

    Attributes:
        name, source: What it is, and which package ships it.
        columns: By name; sequences are lists of arrays.
        labels: Class numbers.
        inputs: The same as the model is fed with it.
        model: Compiled, not trained.
        map: The columns that feed its input, where their names differ.
    """

    name: str
    source: str
    columns: dict[str, Any]
    labels: Any
    inputs: Any
    model: Any
    map: dict[str, list[str]]


def vowels() -> Set:
    """Utterances of nine speakers, of unequal lengths."""
    from sktime.datasets import load_japanese_vowels

    import saveguard

    frame, speakers = load_japanese_vowels(split="train", return_type="nested_univ")
    steps = [np.stack([c.to_numpy() for c in row], 1).astype("float32") for row in frame.to_numpy()]
    labels = np.asarray(speakers).astype(int) - 1
    padded = saveguard.pad(steps, value=-100.0).values
    layers = [keras.layers.Masking(-100.0), keras.layers.GRU(16), keras.layers.Dense(9)]
    model = classifier(keras.Input((None, 12), name="steps"), layers)
    about = "sktime (JapaneseVowels, train)"
    return Set("Japanese vowels", about, {"steps": steps}, labels, padded, model, {})


def plaid() -> Set:
    """Currents of household devices, 100 to 1,344 steps."""
    from sktime.datasets import load_plaid

    import saveguard

    frame, devices = load_plaid(split="train", return_type="nested_univ")
    steps = [row.to_numpy().astype("float32")[:, None] for row in frame.iloc[:, 0]]
    labels = np.asarray(devices).astype(float).astype(int)
    padded = saveguard.pad(steps, value=-1000.0).values
    layers = [
        keras.layers.Masking(-1000.0),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(int(labels.max()) + 1),
    ]
    model = classifier(keras.Input((None, 1), name="steps"), layers)
    return Set(
        "PLAID devices", "sktime (PLAID, train)", {"steps": steps}, labels, padded, model, {}
    )


def digits() -> Set:
    """Handwritten digits, 8 by 8, 17 shades."""
    from sklearn.datasets import load_digits

    held = load_digits()
    images = held.images.astype("float32")[..., None]
    layers = [
        keras.layers.Rescaling(1 / 16),
        keras.layers.Conv2D(8, 3),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ]
    model = classifier(keras.Input((8, 8, 1), name="image"), layers)
    columns = {"image": [image.tolist() for image in images]}
    return Set("Digits", "scikit-learn (digits)", columns, held.target, images, model, {})


def table(name: str, load: str) -> Callable[[], Set]:
    """A table of numbers with a class for each row."""

    def found() -> Set:
        import sklearn.datasets

        held = getattr(sklearn.datasets, load)()
        names = [re.sub(r"\W+", "_", said).strip("_") for said in held.feature_names]
        columns = {said: held.data[:, index] for index, said in enumerate(names)}
        scale = keras.layers.Normalization()
        scale.adapt(held.data)
        layers = [scale, keras.layers.Dense(8, "relu"), keras.layers.Dense(len(held.target_names))]
        model = classifier(keras.Input((len(names),), name="features"), layers)
        inputs = held.data.astype("float32")
        about = f"scikit-learn ({load.removeprefix('load_')})"
        return Set(name, about, columns, held.target, inputs, model, {"features": names})

    return found


def text() -> Set:
    """Paragraphs of the descriptions that scikit-learn ships, and which data set they describe."""
    import sklearn.datasets

    import saveguard

    folder = Path(sklearn.datasets.__file__).parent / "descr"
    files = sorted(folder.glob("*.rst"))
    parts = [
        (re.findall(r"[a-z]+", part.lower()), number)
        for number, file in enumerate(files)
        for part in re.split(r"\n\s*\n", file.read_text(encoding="utf-8"))
    ]
    words = sorted({word for part, _ in parts for word in part})
    place = {word: index + 1 for index, word in enumerate(words)}
    ids = [np.array([place[word] for word in part], "int32") for part, _ in parts]
    labels = np.array([number for _, number in parts])
    padded = saveguard.pad(ids, value=0, empty="keep", max_length=100, truncate="post").values
    layers = [
        keras.layers.Embedding(len(words) + 1, 16, mask_zero=True),
        keras.layers.LSTM(16),
        keras.layers.Dense(len(files)),
    ]
    model = classifier(keras.Input((None,), dtype="int32", name="tokens"), layers)
    about = f"scikit-learn (the {len(files)} descriptions of its data sets, by paragraph)"
    return Set("Descriptions", about, {"tokens": ids}, labels, padded, model, {})


def classifier(start: Any, layers: list[Any]) -> Any:
    """A compiled model of these layers."""
    model = keras.Sequential([start, *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    return model


SETS = (
    vowels,
    plaid,
    digits,
    text,
    table("Iris", "load_iris"),
    table("Wine", "load_wine"),
    table("Breast cancer", "load_breast_cancer"),
)
