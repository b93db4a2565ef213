"""Load mutated `.keras` files: what comes out is the model that was saved, or an error.

    python tools/fuzz/loading.py [--count N] [--seed N]

Of every second file the weights alone are mutated, within the zip file, whose checksums are then
made anew and its receipt left out: no checksum stands before the reader, and what it gives is held
against what Keras's own reader gives for the same bytes.

A load goes wrong where it ends the process, or gives other weights or optimizer variables without
an error than were saved, or than Keras reads. The goal of each is 0.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from mutate import mutated
from seeds import Seed

OUTCOMES = ("crash", "other weights")
NAME, WEIGHTS = "m.keras", "model.weights.h5"


def main() -> int:
    """Fuzz, print what was found, and exit with 1 if it was anything."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--begin", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.begin is not None:
        _work(options)
        return 0
    start, done = time.monotonic(), 0
    total: Counter[str] = Counter()
    while done < options.count:
        for outcome in _outcomes(options, done):
            done += 1
            total[outcome] += 1
            if outcome in OUTCOMES:
                print(f"{outcome}: number {done - 1}", flush=True)
    told = ", ".join(f"{total[name]} {name}" for name in OUTCOMES)
    print(
        f"{done:,} files: {told}; {total['refused']:,} refused,"
        f" {total['same']:,} gave the model that is in the file; {time.monotonic() - start:.0f} s"
    )
    return 1 if any(total[name] for name in OUTCOMES) else 0


def _outcomes(options: argparse.Namespace, begin: int) -> Any:
    """What came of each file from number `begin` on, to the end or to a crash."""
    command = [sys.executable, __file__, "--count", str(options.count), "--seed", str(options.seed)]
    command += ["--begin", str(begin)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                yield json.loads(line)["outcome"]
    if process.returncode:
        yield "crash"


def _work(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = [_saved(folder, by_keras) for by_keras in (False, True)]
        expected = _values(_model())
        for number in range(options.begin, options.count):
            rng = random.Random(f"{options.seed}/{number}")
            seed = seeds[number // 2 % len(seeds)]
            path = folder / NAME
            if number % 2:
                path.write_bytes(_resealed(seed, rng))
                outcome = _outcome(path, None)
            else:
                path.write_bytes(mutated(seed, seeds, rng)[NAME])
                outcome = _outcome(path, expected)
            print(json.dumps({"outcome": outcome}), flush=True)


def _resealed(seed: Seed, rng: random.Random) -> bytes:
    """The archive with mutated weights, whole as a zip file, and without its receipt."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(seed.files[NAME])) as old,
        zipfile.ZipFile(made, "w") as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == WEIGHTS:
                alone = Seed(name=name, entry=name, files={name: content})
                content = mutated(alone, [alone], rng)[name]
            elif name == "metadata.json":
                metadata = json.loads(content)
                metadata.pop("saveguard", None)
                content = json.dumps(metadata).encode()
            new.writestr(name, content)
    return made.getvalue()


def _outcome(path: Path, expected: list[Any] | None) -> str:
    """What came of a load; `expected` is what was saved, or None for what Keras itself gives."""
    import saveguard

    try:
        model = saveguard.load(path)
    except Exception:  # noqa: BLE001  an error is one of the two right answers
        return "refused"
    found = _values(model)
    return "same" if found == (expected or _by_keras(path)) else "other weights"


def _by_keras(path: Path) -> Any:
    """What Keras's own reader makes of the file; None where it raises."""
    import keras

    try:
        return _values(keras.models.load_model(path))
    except Exception:  # noqa: BLE001  then nothing that was given without an error is right
        return None


def _model() -> Any:
    import keras

    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(40), keras.layers.BatchNormalization(), keras.layers.Dense(3)]
    model = keras.Sequential([keras.Input((30,)), *layers])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def _saved(folder: Path, by_keras: bool) -> Seed:
    import saveguard

    path = folder / f"seed-{by_keras}.keras"
    if by_keras:
        _model().save(path)
    else:
        saveguard.save(_model(), path, prove=False)
    return Seed(name=path.stem, entry=NAME, files={NAME: path.read_bytes()})


def _values(model: Any) -> list[Any]:
    import keras

    held = [*model.variables, *getattr(model.optimizer, "variables", ())]
    arrays = [keras.ops.convert_to_numpy(one) for one in held]
    return [(array.shape, array.dtype.name, array.tobytes()) for array in arrays]


if __name__ == "__main__":
    sys.exit(main())
