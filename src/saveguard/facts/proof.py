"""What a fresh process saw when it reloaded a file."""

from __future__ import annotations

from typing import Any

import msgspec

from saveguard.facts.frozen import Frozen
from saveguard.facts.live import ModelFacts, VariableFacts
from saveguard.facts.preprocessing import PreprocessingFacts


class OutputDifference(Frozen, frozen=True):
    """One output compared with its golden.

    Attributes:
        path: `output`, `output['mask']`, ...
        largest: The largest absolute difference; None where shapes or kinds differ.
        tolerance: The absolute difference that was allowed at that element.
        index: Where the largest difference is.
    """

    path: str
    expected: str
    got: str
    largest: float | None = None
    tolerance: float = 0.0
    index: tuple[int, ...] = ()


class TraitDifference(Frozen, frozen=True):
    """A value that an object holds before the save and no longer after the reload.

    Attributes:
        holder, class_name, builtin: The object.
        attribute: The attribute, or the argument's name.
        argument: The attribute is named as an argument of the constructor.
        in_config: Keras's configuration of the object has that key.
        kind: As in `ObjectFacts`.
    """

    holder: str
    class_name: str
    builtin: bool
    kind: str
    attribute: str
    argument: bool
    in_config: bool
    before: str
    after: str


class ScalarDifference(Frozen, frozen=True):
    """A loss or a metric compared with the value at the save."""

    name: str
    before: float
    after: float


class Place(Frozen, frozen=True):
    """Where a model and what came back from its file part.

    Attributes:
        kind: `config` (its configuration does not give it back), `arrays` (it does not take its
            arrays), `raises` (it raises when it is called), `output` (it takes the same and gives
            something else).
        holder: The object, as the user would write it: `model.layers[2]`.
        class_name: Its class.
        key: The key of its configuration, where one is known.
        error: What it raised.
        largest: The largest absolute difference of its output, if it has one.
    """

    kind: str
    holder: str
    class_name: str = ""
    key: str = ""
    error: str = ""
    largest: float | None = None


class ProofFacts(Frozen, frozen=True):
    """What a fresh process saw when it reloaded a file.

    Attributes:
        subject: The file.
        python: The interpreter that ran it.
        outcome: `finished`, `failed` (an exception), `died`, `timeout` or `no-keras`.
        stage: How far it came: `start`, `import`, `load`, `call`.
        error_type, error, traceback: The exception of a failed proof.
        exit: The exit status or, negative, the signal of a process that died.
        limit: Seconds that it was given.
        unread: Arrays in the file that nothing consumed.
        unfilled: Variables of the reloaded model whose values are not in the file.
        changed_variables: Variables whose values differ from those at the save.
        random: The outputs change from call to call.
        preprocessing: What became of the model's preprocessing, where the file records one.
        place: Where the two models part, where that was looked for.
    """

    subject: str
    python: str = ""
    outcome: str = "finished"
    stage: str = ""
    error_type: str = ""
    error: str = ""
    traceback: str = ""
    exit: int = 0
    limit: float = 0.0
    unread: tuple[str, ...] = ()
    unfilled: tuple[VariableFacts, ...] = ()
    changed_variables: tuple[VariableFacts, ...] = ()
    outputs: tuple[OutputDifference, ...] = ()
    traits: tuple[TraitDifference, ...] = ()
    scalars: tuple[ScalarDifference, ...] = ()
    random: bool = False
    compared: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()
    environment: dict[str, str] = msgspec.field(default_factory=dict)
    model: ModelFacts | None = None
    preprocessing: PreprocessingFacts | None = None
    place: Place | None = None
    extra: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def doing(self) -> str:
        """What the process was at when it was last heard of: ` while it was ...`, or empty."""
        doing = {
            "start": "importing Keras",
            "import": "importing modules",
            "load": "loading the model",
            "call": "calling the model",
            "prepare": "running the preprocessing",
        }.get(self.stage)
        return f" while it was {doing}" if doing else ""
