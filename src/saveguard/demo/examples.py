"""Three mistakes with a Keras model: a scalar, an empty sequence, sequences of unequal length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saveguard.demo.stage import Stage, report_on, words_of


def scalar(stage: Stage, folder: Path) -> None:
    """A single number where the model takes ten."""
    import keras
    import numpy as np

    import saveguard

    stage.chapter("1. A scalar")
    model = keras.Sequential(
        [keras.Input((10,)), keras.layers.Dense(10), keras.layers.Dense(1)], name="scalar_model"
    )
    kind, words = words_of(lambda: model.predict(np.float32(3.0), verbose=0))
    stage.show("plain Keras, predict(3.0)", f"{kind}: {words}")
    stage.claim("Keras's own words do not say that the input is a number", "scalar" not in words)
    kind, _ = words_of(lambda: model.save(folder / "plain.keras"))
    stage.claim("saving that model works all the same: no data are in a save", kind == "")
    report = report_on(lambda: saveguard.save(model, folder / "scalar.keras", example=3.0))
    stage.show("Saveguard", str(report))
    stage.claim("Saveguard names it, SG601, and writes nothing", report.codes == ("SG601",))
    row = np.arange(1.0, 11.0, dtype="float32").reshape(1, 10)
    receipt = saveguard.save(model, folder / "scalar.keras", example=row)
    stage.claim("with the row that it asks for, the save is proven", receipt.proven)


def empty_sequence(stage: Stage, folder: Path) -> None:
    """A batch of no sequences."""
    import keras
    import numpy as np

    import saveguard

    stage.chapter("2. An empty sequence")
    model = keras.Sequential([keras.Input((10, 1)), keras.layers.LSTM(10), keras.layers.Dense(1)])
    model.compile("adam", "mean_squared_error")
    nothing = np.zeros((0, 10, 1), "float32")
    kind, words = words_of(lambda: model.predict(nothing, verbose=0))
    stage.show("plain Keras, predict(no rows)", f"{kind}: {words}")
    stage.claim("Keras's own words speak of a variable, not of the data", "batch_outputs" in words)
    before = model.get_weights()
    kind, words = words_of(lambda: model.fit(nothing, np.zeros((0, 1)), verbose=0).history)
    same = all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    stage.show("plain Keras, fit(no rows)", f"returns {words}" if not kind else f"{kind}: {words}")
    stage.claim("fit returns as if it had trained, and no weight moved", kind == "" and same)
    report = report_on(lambda: saveguard.save(model, folder / "empty.keras", example=nothing))
    stage.show("Saveguard", str(report))
    stage.claim("Saveguard names it, SG602", report.codes == ("SG602",))


def unequal_lengths(stage: Stage, folder: Path) -> None:
    """Float sequences padded by Keras's default, which rounds them to whole numbers."""
    import keras
    import numpy as np

    import saveguard

    stage.chapter("3. Sequences of unequal length")
    keras.utils.set_random_seed(0)
    sequences = [np.random.rand(5, 1), np.random.rand(10, 1)]
    targets = np.array([[1.0], [2.0]])
    padded = keras.utils.pad_sequences(sequences, maxlen=10, padding="post", value=0.0)
    stage.show(
        "plain Keras, pad_sequences of floats",
        f"dtype {padded.dtype}, largest value"
        f" {padded.max()}: every 0.7 became 0, and 0 is what Masking skips",
    )
    moved = _recurrent_weights_move(padded, targets)
    stage.claim("fit runs without a word, and no weight of the LSTM moves", not moved)
    model = _masked_model()
    report = report_on(lambda: saveguard.save(model, folder / "padded.keras", example=padded))
    stage.show("Saveguard", str(report))
    stage.claim("Saveguard names it, SG605", report.codes == ("SG605",))
    floats = keras.utils.pad_sequences(
        sequences, maxlen=10, padding="post", value=0.0, dtype="float32"
    )
    stage.claim("padded as floats, the LSTM learns", _recurrent_weights_move(floats, targets))


def _masked_model() -> Any:
    import keras

    model = keras.Sequential(
        [
            keras.Input((None, 1)),
            keras.layers.Masking(0.0),
            keras.layers.LSTM(10),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mean_squared_error")
    return model


def _recurrent_weights_move(inputs: Any, targets: Any) -> bool:
    import numpy as np

    model = _masked_model()
    before = model.layers[1].get_weights()
    model.fit(inputs, targets, epochs=2, verbose=0)
    after = model.layers[1].get_weights()
    return any(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))
