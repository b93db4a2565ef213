"""A save whose file is written and proven behind what the program does next.

Before it returns, everything is read that may be another a moment later: the variables are copied,
and the configuration, the settings of every layer and the example are read. Calls of the model on
the example, the walk over it and the file come after that, from the copies.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from saveguard.child import running
from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.model.untracked import reachable
from saveguard.persist import background
from saveguard.persist.background import Done, Saving
from saveguard.persist.preflight import Prepared
from saveguard.persist.snapshot import Memory, Snapshot
from saveguard.persist.staging import Staging
from saveguard.persist.steps import Save, Written
from saveguard.persist.telling import told, traits_of
from saveguard.receipt import Receipt
from saveguard.rules import registry

Finish = Callable[[Save, Staging, Written], Receipt]


def begun(
    save: Save,
    example: Any,
    tolerance: float | None,
    finish: Finish,
    *,
    memory: Memory | None = None,
    done: Done | None = None,
) -> Saving:
    """Copy the model, and have the rest of a save done in the background.

    Args:
        finish: What proves the written file and gives it its name.
        memory: Where to copy to.
        done: Called when the save has ended, in the thread of the background; who gives it sees to
            it that errors are told.

    Raises:
        SaveguardError: If the target, the model or the example cannot be used.
        Exception: If the configuration cannot be made, as `save`.
    """
    background.tell_errors()
    ready = save.prepare(example)
    _describe(save, ready)
    if _adds_losses(save.model):
        save.recorded = save.record(ready.example, tolerance)
    snapshot = Snapshot(save.model, memory, _more(save.model, ready))

    def work() -> Receipt:
        try:
            with snapshot.in_force():
                return _written_and_finished(save, ready, tolerance, snapshot, finish)
        finally:
            snapshot.release()

    return background.submit(Saving(save.path, work, done))


def _written_and_finished(
    save: Save, ready: Prepared, tolerance: float | None, snapshot: Snapshot, finish: Finish
) -> Receipt:
    save.unchanged = functools.partial(_require_unchanged, save, snapshot)
    staging, written = save.written(ready, tolerance)
    if not (written.facts.untracked or written.facts.unwritten):
        snapshot.release()  # else a rescue may need it yet
    return finish(save, staging, written)


def _require_unchanged(save: Save, snapshot: Snapshot) -> None:
    if not snapshot.is_of(save.model):
        finding = registry.module("SG731").changed(save.path)
        raise SaveguardError(Report(subject=save.path, findings=(finding,)))


def _describe(save: Save, ready: Prepared) -> None:
    """Read what is no variable: the model may be compiled anew, or frozen, in the next line."""
    save.behind = True
    with save.explained(ready.facts, ready.contract):
        if save.layout != "h5" and save.described is None:  # the writer of .h5 makes it itself
            save.described = told(save.model)
        if save.prove:
            save.before = traits_of(save.model)


def _adds_losses(model: Any) -> bool:
    """Whether layers add losses of their own, which each call of the model begins anew.

    Keras keeps them on the layer, whoever calls it: a call from another thread could take them
    from a training that is just being traced. Such a model is called before the save returns.
    """
    return any(
        getattr(layer, "_losses", None)
        or getattr(layer, "_loss_ids", None)
        or getattr(layer, "activity_regularizer", None) is not None
        for layer in [model, *running.layers_of(model)]
    )


def _more(model: Any, ready: Prepared) -> tuple[Any, ...]:
    """Variables of Keras that the model does not track: a rescue holds them too."""
    import keras

    if not ready.facts.untracked:
        return ()
    return tuple(one for _, one in reachable(model) if isinstance(one, keras.Variable))
