"""Which of several training processes writes: one, as they all hold the same model."""

from __future__ import annotations

import sys


def is_chief() -> bool:
    """Whether this process writes the checkpoints.

    Under a `tf.distribute` strategy of several workers that is the chief; of several JAX
    processes and of a torch process group, the first.
    """
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and tensorflow.distribute.has_strategy():
        return bool(tensorflow.distribute.get_strategy().extended.should_checkpoint)
    jax = sys.modules.get("jax")
    if jax is not None and jax.process_count() > 1:
        return bool(jax.process_index() == 0)
    torch = sys.modules.get("torch")
    if torch is not None and torch.distributed.is_available():
        return not torch.distributed.is_initialized() or torch.distributed.get_rank() == 0
    return True
