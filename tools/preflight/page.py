"""The page of the planted defects: what was found, what was located, what was said for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

import keras
import msgspec

from tools.preflight.controls import Control
from tools.preflight.planting import Trial

if TYPE_CHECKING:
    from typing import Self


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """All trials; `+` puts parts of a run together."""

    trials: tuple[Trial, ...] = ()
    sound: tuple[Control, ...] = ()

    def __add__(self, other: Self) -> Found:
        return Found(trials=self.trials + other.trials, sound=self.sound + other.sound)

    @property
    def names(self) -> set[tuple[str, ...]]:
        """What was tried: the model and the defect, or the sound model."""
        return {(t.host, t.defect) for t in self.trials} | {(s.name,) for s in self.sound}

    @property
    def right(self) -> bool:
        """Whether every defect was found where it is, and nothing else."""
        return all(trial.right for trial in self.trials) and not any(s.told for s in self.sound)


def summary(found: Found) -> str:
    """One line."""
    trials, count = found.trials, len(found.trials)
    return (
        f"{sum(t.found for t in trials)} of {count} defects found,"
        f" {sum(t.located for t in trials)} of {count} with the layer and the key;"
        f" {sum(bool(t.twin) for t in trials)} of {count} mended twins and"
        f" {sum(bool(s.told) for s in found.sound)} of {len(found.sound)} sound models with a"
        " finding"
    )


def text(found: Found) -> str:
    """The page."""
    return f"""\
# Defects planted, and found before training

This page is written by `make defects`; do not edit it.

Twenty kinds of defect, each in models of ten styles, were checked by `saveguard.check(model,
example)` before a step of training was made. A defect is **found** where a rule that may tell of it
does, and **located** where its finding names the layer, by the path that its user writes or by
Keras's, and the key: the argument, attribute, variable or class. The same layer was then mended and
checked in the same model: its **twin** must have no finding at all.

Keras {keras.__version__} on {keras.backend.backend()}, Saveguard {version("saveguard")}.
**{summary(found)}.**

## By defect

{_table("defect", sorted({t.defect for t in found.trials}), found)}

## By model

{_table("host", list(dict.fromkeys(t.host for t in found.trials)), found)}

## Not as it should be

{chr(10).join(_wrong(found)) or "Nothing."}

## Sound models

One architecture of each family of `keras.applications`, or two, with random weights and at the
smallest size that it takes; and tiny backbones of keras-hub, where that is installed. EfficientNet
has a `Normalization`, which Keras leaves unadapted where no weights are given; SG409 tells so, and
here it is adapted first.

{chr(10).join(f"- {one.name}: {', '.join(one.told) or 'silent'}" for one in found.sound)}
"""


def _table(key: str, names: list[str], found: Found) -> str:
    rows = [
        f"| {'defect' if key == 'defect' else 'model'} | planted | found | located | twins told |"
    ]
    rows.append("|---|---|---|---|---|")
    for name in names:
        trials = [trial for trial in found.trials if getattr(trial, key) == name]
        counts = (
            len(trials),
            sum(trial.found for trial in trials),
            sum(trial.located for trial in trials),
            sum(bool(trial.twin) for trial in trials),
        )
        rows.append(f"| {name} | {' | '.join(map(str, counts))} |")
    return "\n".join(rows)


def _wrong(found: Found) -> Iterator[str]:
    for trial in found.trials:
        if not trial.right:
            told = "; ".join(trial.told) or "nothing"
            yield f"- {trial.defect}, in {trial.host}: told {told}; of the twin {trial.twin or '-'}"
