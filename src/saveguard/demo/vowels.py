"""A model of real recordings: trained, saved, proven, and killed in the middle of a save.

The Japanese vowels recordings (Kudo, Toyama and Shimbo 1999) ship inside the package sktime: 270
utterances of nine speakers to train on and 370 to test, of 7 to 29 steps of 12 coefficients.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from saveguard.demo.stage import Stage

PAD = -100.0  # no coefficient is near it
_KILLS = 3
_ATTEMPTS = 12


def train_and_save(stage: Stage, folder: Path) -> Path:
    """Train for some seconds, save, and show the receipt."""
    import keras

    import saveguard

    stage.chapter("5. Real recordings, trained, saved, proven")
    keras.utils.set_random_seed(0)
    inputs, speakers, lengths = _recordings("train")
    tests, test_speakers, test_lengths = _recordings("test")
    stage.say(
        f"Japanese vowels: {len(inputs)} utterances of {min(lengths + test_lengths)} to"
        f" {max(lengths + test_lengths)} steps, nine speakers, padded with {PAD:g} and masked."
    )
    model = _model()
    model.fit(inputs, speakers, batch_size=32, epochs=12, verbose=0)
    accuracy = model.evaluate(tests, test_speakers, verbose=0)[1]
    stage.claim(f"it tells {accuracy:.0%} of 370 unheard utterances' speakers", accuracy > 0.8)
    path = folder / "speakers.keras"
    receipt = saveguard.save(model, path, example=(tests, test_speakers))
    stage.show("the receipt", str(receipt))
    stage.claim("a fresh process reloaded the file and agreed in all of that", receipt.proven)
    loaded = saveguard.load(path, compare=True)
    again = loaded.evaluate(tests, test_speakers, verbose=0)[1]
    stage.claim(f"loaded back, it tells {again:.0%}, the same", again == accuracy)
    return path


def survive_kills(stage: Stage, path: Path) -> None:
    """`kill -9` in the middle of the next save, with Saveguard and with plain Keras."""
    import saveguard

    stage.chapter("6. kill -9 in the middle of the next save")
    plain = path.with_name("plain.keras")
    shutil.copy(path, plain)
    survived = 0
    for _ in range(_KILLS):
        _kill_while_saving("saveguard", path)
        saveguard.load(path, compare=True)
        survived += 1
    stage.claim(
        f"Saveguard: killed {_KILLS} times, the file loads and agrees {survived} times",
        survived == _KILLS,
    )
    kills = _kills_until_lost(plain)
    stage.claim(
        f"plain Keras: the only copy is lost after {kills} kill{'s' * (kills > 1)}", kills > 0
    )
    receipt = saveguard.save(saveguard.load(path), path)
    left = [entry.name for entry in path.parent.iterdir() if entry.name.startswith(".")]
    stage.claim("the next save is proven and leaves no stray file", receipt.proven and not left)


def _kills_until_lost(path: Path) -> int:
    """How many kills of a plain save it takes until the file is gone; 0 if it never is."""
    good = path.read_bytes()
    for kills in range(1, _ATTEMPTS + 1):
        path.write_bytes(good)
        _kill_while_saving("keras", path)
        if not _loads(path):
            return kills
    return 0


def _model() -> Any:
    import keras

    model = keras.Sequential(
        [
            keras.Input((None, 12), name="coefficients"),
            keras.layers.Masking(PAD),
            keras.layers.GRU(48),
            keras.layers.Dense(9, activation="softmax", name="speaker"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def _recordings(split: str) -> tuple[Any, Any, list[int]]:
    """Padded inputs (utterances, 29, 12) float32, speakers 0 to 8, and the true lengths."""
    import keras
    import numpy as np
    from sktime.datasets import load_japanese_vowels

    frames, names = load_japanese_vowels(split=split, return_type="df-list")
    sequences = [frame.to_numpy("float32") for frame in frames]
    padded = keras.utils.pad_sequences(
        sequences, maxlen=29, dtype="float32", padding="post", value=PAD
    )
    lengths = [len(sequence) for sequence in sequences]
    return padded, np.array([int(name) - 1 for name in names]), lengths


_SAVER = """
import sys
import keras
import saveguard
who, path = sys.argv[1:]
model = keras.saving.load_model(path)
print("saving", flush=True)
while True:
    if who == "keras":
        model.save(path)
    else:
        saveguard.save(model, path, prove=False)
"""


def _kill_while_saving(who: str, path: Path) -> None:
    """Start a process that saves over `path` again and again, and kill it while it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SAVER, who, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    while "saving" not in (line := process.stdout.readline()):
        if not line:
            raise RuntimeError(f"the process that saves with {who} ended with {process.wait()}")
    time.sleep(1.0)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def _loads(path: Path) -> bool:
    import keras

    try:
        keras.saving.load_model(path)
    except Exception:  # noqa: BLE001  any exception means that the file is lost
        return False
    return True
