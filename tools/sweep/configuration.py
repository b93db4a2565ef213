"""What is swept: one layer with its arguments and inputs, or one finished model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Configuration:
    """One layer with its arguments and inputs, or one finished model, and where it was found.

    Attributes:
        name: The test that holds it, with a number where one test holds several.
        kind: The name of the layer's class, or of the model's.
        make: Makes the layer, or gives the finished model.
        arguments: What its constructor takes.
        inputs: What it is called on, in the words of `run_layer_test`: `input_shape` and
            `input_dtype`, or `input_data`; `input_sparse`, `input_ragged`.
        call_arguments: Further arguments of the call.
        finished: `make` gives a model.
    """

    name: str
    kind: str
    make: Callable[[], Any]
    arguments: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict)
    call_arguments: dict[str, Any] = field(default_factory=dict)
    finished: bool = False
