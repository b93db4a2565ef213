"""Several training processes with one model: which of them writes, and how the others learn of it.

They all make the same steps together, so that one which stops, or waits for a file, by itself would
leave the others waiting for ever. What the first decides is therefore told at a moment that all of
them come to.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any


def is_chief(model: Any = None) -> bool:
    """Whether this process writes the checkpoints.

    Under a `tf.distribute` strategy of several workers that is the chief; of several JAX
    processes and of a torch process group, the first.
    """
    strategy = _strategy(model)
    if strategy is not None:
        return bool(strategy.extended.should_checkpoint)
    jax = sys.modules.get("jax")
    if jax is not None and jax.process_count() > 1:
        return bool(jax.process_index() == 0)
    torch = _torch_group()
    return torch is None or torch.distributed.get_rank() == 0


def is_alone(model: Any = None) -> bool:
    """Whether this is the only process of the training."""
    strategy = _strategy(model)
    if strategy is not None:
        return not strategy.extended._in_multi_worker_mode()
    jax = sys.modules.get("jax")
    if jax is not None and jax.process_count() > 1:
        return False
    torch = _torch_group()
    return torch is None or torch.distributed.get_world_size() == 1


def told_by_chief(numbers: Sequence[float], model: Any = None) -> list[float]:
    """The numbers of the process that writes, in every process; all of them must call it."""
    if is_alone(model):
        return [float(number) for number in numbers]
    import numpy as np

    strategy = _strategy(model)
    if strategy is not None:
        return _told_by_tensorflow(strategy, numbers)
    if (jax := sys.modules.get("jax")) is not None and jax.process_count() > 1:
        from jax.experimental import multihost_utils

        told = multihost_utils.broadcast_one_to_all(np.asarray(numbers, "float32"))
        return [float(number) for number in np.asarray(told)]
    held = [list(numbers)]
    sys.modules["torch"].distributed.broadcast_object_list(held, src=0)
    return [float(number) for number in held[0]]


def _told_by_tensorflow(strategy: Any, numbers: Sequence[float]) -> list[float]:
    """A sum over all replicas, to which only those of the chief add."""
    import tensorflow

    share = 1.0 if strategy.extended.should_checkpoint else 0.0
    mine = [*numbers, 1.0] if share else [0.0] * (len(numbers) + 1)
    each = strategy.run(lambda: tensorflow.constant(mine, "float32"))
    *total, replicas = strategy.reduce("SUM", each, axis=None).numpy()
    return [float(number / replicas) for number in total]


def _strategy(model: Any) -> Any:
    """The `tf.distribute` strategy that a model was built under, or that is in force."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or not hasattr(tensorflow, "distribute"):
        return None
    held = getattr(model, "distribute_strategy", None)
    if held is None and tensorflow.distribute.has_strategy():
        held = tensorflow.distribute.get_strategy()
    return held if isinstance(held, tensorflow.distribute.Strategy) else None


def _torch_group() -> Any:
    torch = sys.modules.get("torch")
    if torch is None or not torch.distributed.is_available():
        return None
    return torch if torch.distributed.is_initialized() else None
