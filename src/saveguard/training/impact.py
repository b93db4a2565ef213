"""What defective rows do to a model: copies of it are trained with them and without."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from saveguard.child import running
from saveguard.data.sources import source
from saveguard.data.targets import Labels, targets
from saveguard.data.terms import Terms
from saveguard.training import flagged
from saveguard.training.flagged import Rows
from saveguard.training.trial import BATCH, Trial, structured

ROWS = 4096
SEEDS = 5
_RESAMPLES = 2000


class Interval(msgspec.Struct, frozen=True):
    """A mean over seeds, with the interval that holds 95 % of the means of resampled seeds."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.4g} (95 %: {self.low:.4g} to {self.high:.4g})"


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """What defective rows do to a model.

    Attributes:
        rows, defective, unfed: Rows that were looked at; of them, those that an audit names, and
            those that no model can be fed with, which were left out of both trainings.
        kinds: How many rows show what.
        steps, seeds: How long each copy was trained, and with how many seeds.
        without: The loss on sound rows, held out, after training without the defective rows; of
            several outputs, all that the model minimises.
        difference: How much larger it is after training with them; None where it is not finite.
        not_finite: After how many seeds' trainings the loss was not finite.
        gradient: The norm of a batch's gradient with them, as a multiple of that without.
        turned: One less the cosine between the two gradients.
        stopped: The exception that the training with them ends in, or empty.
    """

    rows: int
    defective: int
    unfed: int
    kinds: Mapping[str, int]
    steps: int = 0
    seeds: int = 0
    without: Interval | None = None
    difference: Interval | None = None
    not_finite: int = 0
    gradient: Interval | None = None
    turned: Interval | None = None
    stopped: str = ""

    def __str__(self) -> str:
        told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.kinds.items()))
        share = self.defective / max(1, self.rows)
        lines = [f"impact: {self.defective:,} of {self.rows:,} rows ({share:.1%}) are defective"]
        lines[0] += f": {told}" if told else ""
        lines += [f"impact: {self.unfed:,} rows cannot be fed at all"] if self.unfed else []
        if self.stopped:
            return "\n".join([*lines, f"impact: training with them stops: {self.stopped}"])
        if self.seeds:
            lines.append(f"impact: {self.steps:,} steps, {self.seeds} seeds, loss on sound rows:")
            lines.append(f"impact: without them {self.without}")
            if self.not_finite:
                lines.append(f"impact: with them not finite in {self.not_finite} of {self.seeds}")
            if self.difference is not None:
                lines.append(f"impact: with them more by {self.difference}")
            if self.gradient is not None:
                lines.append(f"impact: a batch's gradient is {self.gradient} times as long")
        return "\n".join(lines)


def impact(
    model: Any,
    data: Any,
    *,
    labels: Labels,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    classes: int | None = None,
    seconds: float = 60.0,
    rows: int = ROWS,
) -> Impact:
    """What the defective rows of a data set do to a model, measured on copies of it.

    Args:
        model: A compiled Keras model, or the path of a saved one.
        data: As `saveguard.audit` takes it; the first rows of it are looked at.
        labels: The column that has the labels; of a model of several outputs, for each that has
            a loss, by name.
        columns, classes: As for `saveguard.audit`.
        seconds: About how long it may take.
        rows: How many rows are looked at.

    Raises:
        ValueError: If a column is missing, or the labels of an output that has a loss; the model
            is not compiled, or its outputs are nested; or nearly all is defective.
    """
    from saveguard.data import contracts
    from saveguard.persist.load import load

    if isinstance(model, str) and ":" in model and not os.path.exists(model):
        raise ValueError(f"the impact needs a saved model to train, and {model!r} is a line")
    held = load(model) if isinstance(model, (str, os.PathLike)) else model
    known = contracts.known(held)
    given = {
        key: (one,) if isinstance(one, str) else tuple(one) for key, one in (columns or {}).items()
    }
    due = targets(known.outputs, labels, classes)
    terms = Terms(contract=known.contract, columns=given, targets=due)
    found = flagged.rows(source(data), terms, rows)
    labelled = found._replace(targets=structured(held, known.outputs, found.targets))
    return measure(held, labelled, seconds=seconds)


def measure(
    model: Any,
    rows: Rows,
    *,
    seconds: float = 60.0,
    seeds: int = SEEDS,
    steps: int | None = None,
) -> Impact:
    """Train copies of a compiled model with and without its defective rows; it stays as it is.

    Both copies of a pair begin with the model's weights and see the same rows in the same order,
    but for the defective ones, in whose place the second sees sound ones.

    Args:
        seconds: About how long all of it may take.
        steps: How many steps each copy is trained; None: as many as there is time for.

    Raises:
        ValueError: If the model is not compiled, or there are too few sound rows to hold any out.
    """
    if not running.is_compiled(model):
        raise ValueError("the model is not compiled, so it has no loss: model.compile(...) first")
    sound = np.flatnonzero(~rows.bad)
    told: dict[str, Any] = {"unfed": rows.unfed, "kinds": rows.kinds}
    told["rows"] = len(rows.bad) + rows.unfed
    told["defective"] = int(rows.bad.sum()) + rows.unfed
    if not rows.bad.any():
        return Impact(**told)
    if len(sound) < 2 * BATCH:
        raise ValueError(f"{len(sound)} sound rows are too few to compare with")
    with _randomness_kept():
        return _measured(Trial(model, rows, sound, seconds), seeds, steps, told)


def _measured(trial: Trial, seeds: int, steps: int | None, told: dict[str, Any]) -> Impact:
    trial.train(0, 1, 1, 0.0)  # a framework compiles at the first step, which is no measure
    end = time.monotonic() + trial.seconds
    share = trial.seconds / (2 * seeds + 2)
    steps = steps or trial.train(0, 1, 1_000_000, time.monotonic() + share)[1]
    pairs, gradients = [], []
    for seed in range(seeds):
        without, _ = trial.train(seed, 1, steps, end + share)
        try:
            pairs.append((without, trial.train(seed, 0, steps, end + share)[0]))
            gradients.append(_compared(trial.gradient(seed, 0), trial.gradient(seed, 1)))
        except Exception as error:  # noqa: BLE001  that it stops is the impact
            return Impact(**told, stopped=_last_line(error))
        if time.monotonic() > end:
            break
    finite = [(a, b) for a, b in pairs if np.isfinite(a) and np.isfinite(b)]
    lengths = [row for row in gradients if np.isfinite(row).all()]
    return Impact(
        **told,
        steps=steps,
        seeds=len(pairs),
        without=interval([a for a, _ in pairs]),
        difference=interval([b - a for a, b in finite]),
        not_finite=sum(not np.isfinite(b) for _, b in pairs),
        gradient=interval([row[0] for row in lengths]),
        turned=interval([row[1] for row in lengths]),
    )


def _last_line(error: Exception) -> str:
    """What an exception says; TensorFlow's says it last, behind where it happened."""
    lines = [line for line in str(error).splitlines() if line[:1].strip() and "File" not in line]
    return f"{type(error).__name__}: {lines[-1] if lines else error}"[:300]


def _compared(one: Any, other: Any) -> tuple[float, float]:
    """How many times as long a gradient is as another, and one less their cosine."""
    length, base = np.linalg.norm(one), np.linalg.norm(other)
    if not base or not np.isfinite(length):
        return float("nan"), float("nan")
    return float(length / base), float(1 - one @ other / max(length * base, 1e-300))


def interval(values: list[float]) -> Interval | None:
    """The mean of values, and where it lies if seeds are drawn anew; None of no values."""
    if not values:
        return None
    drawn = np.random.default_rng(0).choice(values, (_RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(float(np.mean(values)), float(low), float(high))


@contextlib.contextmanager
def _randomness_kept() -> Iterator[None]:
    """Python's and NumPy's generators are put back; a framework's own counts on unseen."""
    kept, kept_numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(kept)
        np.random.set_state(kept_numpy)
