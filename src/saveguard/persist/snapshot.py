"""A model's variables as they were at one moment, while a training goes on changing them.

A background save runs Keras's own code in another thread: its walk over the model and its layers'
calls. Keras lets a thread see other values of variables than the others see
(`keras.StatelessScope`): there the copies are put, and whatever reads a variable reads its copy.
"""

from __future__ import annotations

import contextlib
import mmap
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.child import running
from saveguard.persist.golden import on_accelerator

# Copies that may be in memory at a time; who wants another one waits until one is written.
COPIES = 1
# Where TensorFlow and JAX take over NumPy's memory instead of copying it once more.
_ALIGNMENT = 64


class _Room:
    """How many copies there may be more."""

    left = threading.Semaphore(COPIES)


class Memory:
    """Memory for one copy after the other, so that the system has to give it only once.

    To give a process fresh memory takes several times as long as to copy weights into it.
    """

    def __init__(self) -> None:
        self._block: mmap.mmap | None = None

    def of(self, size: int) -> mmap.mmap:
        """At least so many bytes; what they held before is no longer needed."""
        if self._block is None or len(self._block) < size:
            self._block = None
            self._block = _fresh(max(size, 1))
        return self._block


def _fresh(size: int) -> mmap.mmap:
    """Memory of this process alone; in large pages, which it gets much sooner than small ones."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size)
    block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):  # a system that was built without them
            block.madvise(mmap.MADV_HUGEPAGE)
    return block


class Snapshot:
    """Copies of all of a model's variables, its optimizer's and its metrics', in main memory.

    Args:
        memory: Where to copy to; None for memory of its own.
        more: Further variables of Keras, which the model does not track.

    Whoever has made one must `release` it.
    """

    def __init__(
        self, model: Any, memory: Memory | None = None, more: tuple[Any, ...] = ()
    ) -> None:
        _Room.left.acquire()
        self._held = True
        try:
            self._variables = variables(model)
            every = [*self._variables, *more]
            arrays = [readable(one) for one in every]
            copies = _copied(arrays, memory or Memory())
            self._values = dict(zip(map(id, every), copies, strict=True))
            self._kept = every  # so that no other object takes the identity of one of them
            self._generator = _seeds_of_all()
        except BaseException:
            self.release()
            raise

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """While the block runs, this thread, and no other, sees the copies in the variables.

        What it assigns to them is forgotten with the snapshot.
        """
        import keras
        from keras.src.backend.common import global_state
        from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR, SeedGenerator

        # A thread without the generator of all would make one by drawing from Python's.
        generator = self._generator or SeedGenerator(0)
        global_state.set_global_attribute(GLOBAL_SEED_GENERATOR, generator)
        device = keras.device("cpu:0") if on_accelerator() else contextlib.nullcontext()
        with device, _scope(self._values):
            yield

    def is_of(self, model: Any) -> bool:
        """Whether the model still has the variables that it had."""
        return [id(one) for one in variables(model)] == [id(one) for one in self._variables]

    def release(self) -> None:
        """Let the memory go; the next save need not wait any longer."""
        if self._held:
            self._held = False
            self._values = {}
            _Room.left.release()


def variables(model: Any) -> list[Any]:
    """Every variable of a model, of its optimizer and of its metrics, once."""
    optimizer = getattr(model, "optimizer", None)
    found = [*model.variables, *getattr(model, "metrics_variables", ())]
    found += getattr(optimizer, "variables", None) or []
    return list({id(one): one for one in found}.values())


def forget_after_fork() -> None:
    """In a fork there is no thread that would release what its parent holds."""
    _Room.left = threading.Semaphore(COPIES)


def copy_of(variable: Any) -> np.ndarray[Any, Any] | None:
    """The copy that this thread sees in a variable, as it lies in memory; None where it sees none.

    Keras itself would make a tensor of it first, which copies it once more.
    """
    from keras.src.backend.common.stateless_scope import get_stateless_scope

    scope = get_stateless_scope()
    copies: dict[int, np.ndarray[Any, Any]] = getattr(scope, "copies", {})
    changed = scope is not None and id(variable) in scope.state_mapping
    return None if changed else copies.get(id(variable))


def readable(variable: Any) -> np.ndarray[Any, Any]:
    """A variable's value, where NumPy can read it: in place, if it lies in main memory."""
    held = getattr(variable, "value", variable)
    if hasattr(held, "distribute_strategy") and hasattr(held, "values"):
        return running.value_of(variable)  # type: ignore[no-any-return]
    if callable(getattr(held, "value", None)) and hasattr(held, "handle"):
        return np.asarray(held.value())  # TensorFlow's: `numpy` would make a copy of its own
    if hasattr(held, "detach"):
        return _of_torch(held, variable)
    return np.asarray(held)


def _of_torch(held: Any, variable: Any) -> np.ndarray[Any, Any]:
    try:
        return np.asarray(held.detach().cpu().numpy())
    except TypeError:  # bfloat16, which only Keras turns into NumPy's
        return np.asarray(running.value_of(variable))


def _copied(arrays: list[np.ndarray[Any, Any]], memory: Memory) -> list[np.ndarray[Any, Any]]:
    block = memory.of(sum(array.nbytes + _ALIGNMENT for array in arrays))
    copies, at = [], 0
    for array in arrays:
        if array.dtype.hasobject:
            copies.append(array.copy())
            continue
        copy: np.ndarray[Any, Any] = np.ndarray(array.shape, array.dtype, block, at)
        np.copyto(copy, array)
        copies.append(copy)
        at += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    return copies


def _scope(values: dict[int, Any]) -> Any:
    """Keras's scope, which makes a tensor of a copy when it is read, and not of all at once."""
    import keras

    class Copies(keras.StatelessScope):  # type: ignore[misc]
        copies = values

        def get_current_value(self, variable: Any) -> Any:
            value = self.state_mapping.get(id(variable))
            if value is None and id(variable) in values:
                value = keras.ops.convert_to_tensor(values[id(variable)])
            return value

    return Copies(initialize_variables=False)


def _seeds_of_all() -> Any:
    """The generator that draws for what was given no seed; None before its first use."""
    from keras.src.backend.common import global_state
    from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR

    return global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)
