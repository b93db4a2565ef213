"""One defect in one model: what the preflight tells of it, and of the model without it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras
import msgspec

import saveguard
from saveguard.rules.examples import user_module
from tools.preflight.defects import Defect
from tools.preflight.hosts import Host


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One planted defect.

    Attributes:
        told: What was found: `code certainty at PLACE: message`.
        found: One of the rules told of it.
        located: Its finding names the layer's path and the key.
        twin: What was found in the same model without the defect: nothing is right.
    """

    host: str
    defect: str
    told: tuple[str, ...]
    found: bool
    located: bool
    twin: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Found where it is, and nothing else."""
        return self.found and self.located and not self.twin


def planted(host: Host, defect: Defect, folder: Path) -> Trial:
    """Check the model with the defect, then the same without it."""
    findings, place, layer = _checked(host, defect, folder, defect.bad, defect.after)
    ours = [one for one in findings if one.code in defect.codes]
    twin, _, _ = _checked(host, defect, folder, defect.good, None)
    return Trial(
        host=host.name,
        defect=defect.name,
        told=_told(findings),
        found=bool(ours),
        located=any(_names(one, place, layer, defect.key) for one in ours),
        twin=_told(twin),
    )


def _checked(host: Host, defect: Defect, folder: Path, source: str, after: Any) -> Any:
    module = user_module(folder, f"# {host.name}, {defect.name}\n{source}")
    keras.utils.set_random_seed(1)
    given = eval(f"dict({defect.arguments})", {"module": module})
    part = module.Part(dtype=host.dtype, **given)
    model = host.build(part)
    place = host.place
    example = host.example()
    if after is not None and not part.built:
        model(example[0])
    if after is not None:
        after(module, part)
    loss = getattr(module, "loss", "mse")
    both = {"high": loss, "low": loss} if isinstance(example[1], dict) else loss
    model.compile(keras.optimizers.Adam(0.01), both)
    if model.built or part.built:
        assert eval(place, {"model": model}) is part, place
    report = saveguard.check(model, example)
    place = "model.loss" if defect.key == "loss" else place
    return report.findings, place, part.name


def _names(finding: Any, place: str, layer: str, key: str) -> bool:
    """Whether a finding names the key, and the layer as its user writes it or by Keras's path."""
    text = " ".join((finding.where, finding.message, finding.why, *finding.evidence))
    return (place in text or layer in re.split(r"[/ ]", finding.where)) and key in text


def _told(findings: Any) -> tuple[str, ...]:
    return tuple(f"{one.code} {one.certainty} at {one.where}: {one.message}" for one in findings)
