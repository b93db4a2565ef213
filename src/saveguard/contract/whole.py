"""A contract: the inputs, how they are held, and what can be asked of them."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from saveguard.contract import grammar
from saveguard.contract.parts import Input
from saveguard.contract.preprocessing import Preprocessing

if TYPE_CHECKING:
    from saveguard.finding import Report


class Contract(msgspec.Struct, frozen=True, omit_defaults=True, eq=False):
    """What a model expects of its inputs.

    Two contracts are equal when they ask for the same, wherever they were read.

    Attributes:
        inputs: The input tensors in the order of the structure's leaves (Keras's tree order).
        structure: How the inputs are held: nested lists and dictionaries whose leaves are
            indices into `inputs`; a lone tensor is the index itself.
        source: Where it was read: `model`, `signature` (of a SavedModel), `line`, or `example`
            where the model does not say.
        preprocessing: What makes the inputs out of raw examples, where it was given.
    """

    inputs: tuple[Input, ...]
    structure: Any = 0
    source: str = "model"
    preprocessing: Preprocessing | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Contract):
            return NotImplemented
        return self.inputs == other.inputs and self.structure == other.structure

    def __hash__(self) -> int:
        return hash(self.inputs)

    def __str__(self) -> str:
        """The contract as one line, which `parse` reads back."""
        return grammar.write(self.structure, self.inputs)

    def leaves(self) -> Iterator[tuple[str, Input]]:
        """Each input with its place as the user would write it: `x`, `x['left']`, `x[1]`."""
        return _leaves(self.structure, self.inputs, "x")

    @staticmethod
    def parse(line: str) -> Contract:
        """The contract of a line: `tokens: int32[batch, time<=128] pad=0 side=post`.

        Several inputs are separated by `;`, a dictionary of inputs stands in braces, a list in
        brackets; `saveguard explain SG540` has the grammar.

        Raises:
            SaveguardError: SG540, if it is no contract: with the place and what may be meant.
        """
        try:
            structure, inputs = grammar.read(line)
        except grammar.Typo as typo:
            raise _room("rules.inputs.contract_line_typo").refusal(typo) from None
        return Contract(inputs=inputs, structure=structure, source="line")

    @staticmethod
    def of(data: Any) -> Contract:
        """What a model must take for these data: arrays, nested arrays, lists of sequences.

        The first axis is the batch; an axis along which sequences have unequal lengths is `time`.
        Of `(x, y)` and of data sets, the inputs of the first batch are meant.

        Raises:
            SaveguardError: If a leaf of the data is no array and no list of sequences.
        """
        found: Contract = _room("model.sample").contract(data)
        return found

    def validate(self, batch: Any) -> Report:
        """What of a batch the model will not take, or not as it is meant: leaf, row, and value.

        Nothing is changed, converted or copied for it.

        Args:
            batch: Arrays of any framework, nested as the model's inputs; `(x, y)` and
                `(x, y, weights)` are taken as Keras does.
        """
        found: Report = _room("model.validate").validate(self, batch)
        return found

    def compare(self, newer: Contract) -> Report:
        """What breaks for data that fit this contract where `newer` takes its place (SG544)."""
        found: Report = _room("rules.inputs.contract_changed").compare(self, newer)
        return found

    def with_preprocessing(self, function: Any, raw: Iterable[Any] | None = None) -> Contract:
        """This contract with what makes its inputs: held by its source and by golden pairs.

        Args:
            function: A function that takes one raw example, or a Keras layer or model.
            raw: A few raw examples, which it is called with.

        Raises:
            Exception: What the function raises for one of them.
        """
        found: Contract = _room("persist.preprocessing").with_preprocessing(self, function, raw)
        return found

    def drift(self, function: Any = None) -> Report:
        """What became of the preprocessing: run again on its raw examples, in this process.

        Args:
            function: What to run; None for what the recorded path leads to.
        """
        found: Report = _room("persist.preprocessing").report(self, function)
        return found

    def to_json(self) -> str:
        """The contract as JSON text; `Contract.from_json` reads it back."""
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> Contract:
        """The contract that `to_json` wrote; docs/contract.schema.json is its JSON Schema.

        Raises:
            msgspec.ValidationError: If the text is not such a contract.
        """
        return msgspec.json.decode(text, type=Contract)


def _room(name: str) -> Any:
    """A module of a higher room: a contract is of the vocabulary, and what it can be asked is not.

    By name, so that the arrows between the rooms stay true at import.
    """
    return importlib.import_module(f"saveguard.{name}")


def _leaves(structure: Any, inputs: tuple[Input, ...], path: str) -> Iterator[tuple[str, Input]]:
    if isinstance(structure, dict):
        for key in sorted(structure):
            yield from _leaves(structure[key], inputs, f"{path}[{key!r}]")
    elif isinstance(structure, list):
        for index, part in enumerate(structure):
            yield from _leaves(part, inputs, f"{path}[{index}]")
    elif structure is not None:
        yield path, inputs[structure]
