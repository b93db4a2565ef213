"""What a model expects of its inputs: values, the one line that tells them, and their JSON."""

from __future__ import annotations

from saveguard.contract.compare import Change, changes
from saveguard.contract.grammar import Typo
from saveguard.contract.parts import AUTOMATIC, Axis, Input, number
from saveguard.contract.preprocessing import Pair, Preprocessing
from saveguard.contract.whole import Contract

__all__ = [
    "AUTOMATIC",
    "Axis",
    "Change",
    "Contract",
    "Input",
    "Pair",
    "Preprocessing",
    "Typo",
    "changes",
    "number",
]
