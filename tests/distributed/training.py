"""A training on several devices or in several processes, told as JSON: one of the test's own.

python training.py KIND FOLDER [RANK PORT]
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    kind, folder = sys.argv[1:3]
    rank, port = (int(one) for one in (*sys.argv[3:5], 0, 0)[:2])
    scope = {"mirrored": mirrored, "jax": jax_devices, "jax-processes": jax_processes}.get(
        kind, tensorflow_workers
    )(rank, port)
    import keras
    import numpy as np

    import saveguard

    keras.utils.set_random_seed(1)
    x, y = np.random.rand(32, 4).astype("float32"), np.random.rand(32, 2).astype("float32")
    with scope:
        layers = [keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dropout(0.5)]
        model = keras.Sequential([*layers, keras.layers.Dense(2)])
        model.compile("adam", "mse")
    checkpoint = saveguard.Checkpoint(
        f"{folder}/m-{{epoch}}.keras", monitor="loss", mode="min", save_best_only=True
    )
    data: Any = x
    options: dict[str, Any] = {"y": y, "batch_size": 8}
    if kind == "tensorflow-workers":
        import tensorflow

        data, options = tensorflow.data.Dataset.from_tensor_slices((x, y)).batch(8), {}
    if os.environ.get("PLAIN"):
        model.fit(data, epochs=2, verbose=0, **options)
        print("{}", flush=True)
        return
    preflight = saveguard.preflight(verbose=0)
    model.fit(data, epochs=2, verbose=0, callbacks=[preflight, checkpoint], **options)
    told = {
        "written": [outcome.proven for outcome in checkpoint.outcomes],
        "best": checkpoint.best,
        "preflight": None if preflight.report is None else preflight.report.ok,
    }
    print(json.dumps(told), flush=True)


def mirrored(_rank: int, _port: int) -> Any:
    """Two virtual CPUs of one process."""
    import tensorflow

    one = tensorflow.config.list_physical_devices("CPU")[0]
    half = tensorflow.config.LogicalDeviceConfiguration()
    tensorflow.config.set_logical_device_configuration(one, [half, half])
    return tensorflow.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope()


def jax_devices(_rank: int, _port: int) -> Any:
    """Two devices of one process; the caller sets XLA_FLAGS."""
    import keras

    return keras.distribution.DataParallel().scope()


def jax_processes(rank: int, port: int) -> Any:
    """One device in each of two processes."""
    import jax

    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(f"localhost:{port}", 2, rank)
    import keras

    keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
    return keras.distribution.distribution().scope()


def tensorflow_workers(rank: int, port: int) -> Any:
    """Two workers of one cluster."""
    workers = [f"localhost:{port}", f"localhost:{port + 1}"]
    task = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": rank}}
    os.environ["TF_CONFIG"] = json.dumps(task)
    import tensorflow

    return tensorflow.distribute.MultiWorkerMirroredStrategy().scope()


if __name__ == "__main__":
    main()
