"""What the senses of a rule read: facts, as frozen values, with no framework behind them.

Each is filled by one room (`model`, `archive`, `persist`) and only read by the rules, so that a
rule needs neither Keras nor a file to be understood or tested.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saveguard.contract import Contract


class Frozen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all facts."""


class VariableFacts(Frozen):
    """One variable of a model or an optimizer.

    Attributes:
        path: Keras's own path, `dense/kernel`.
        holder: Where it hangs, as the user would write it: `model.layers[2].kernel`.
        nan, infinite: How many of its values are NaN or infinite.
        digest: CRC-32 of its bytes, in hexadecimal; empty where it was not read.
    """

    path: str
    shape: tuple[int, ...] = ()
    dtype: str = ""
    holder: str = ""
    nan: int = 0
    infinite: int = 0
    digest: str = ""


class Parameter(Frozen):
    """A parameter of a constructor, with what the object holds under that name.

    Attributes:
        required: It has no default.
        in_config: `get_config()` has a key of that name.
        differs: The object's attribute of that name is not the default.
        value: The attribute, shortened for a message.
    """

    name: str
    required: bool = False
    in_config: bool = False
    differs: bool = False
    value: str = ""


class Unserialisable(Frozen):
    """A value in a configuration that JSON cannot hold: its key and what it is."""

    key: str
    type: str
    value: str


class ObjectFacts(Frozen):
    """One object whose configuration goes into the file: a layer, loss, metric or optimizer.

    Attributes:
        holder: Where it hangs, as the user would write it: `model.layers[2]`, `model.loss`.
        kind: `model`, `layer`, `loss`, `metric` or `optimizer`.
        builtin: It is one of Keras's own classes or functions.
        registered: Its registered name, or empty.
        importable: A fresh process finds the class under `module` and `class_name`.
        function: It is a plain function (a loss, a metric, an activation).
        python_lambda: The name under which it holds a Python lambda, or empty.
        own_config: Its class defines `get_config` itself.
        config_error: What `get_config()` raised (`Type: message`), or empty.
        adapted: False for a preprocessing layer that was never adapted.
        stateful: It is a recurrent layer that keeps its states between batches.
        source: The source of its class where it is not Keras's and can be read.
    """

    holder: str
    kind: str
    name: str
    class_name: str
    module: str
    builtin: bool = True
    registered: str = ""
    importable: bool = True
    function: bool = False
    python_lambda: str = ""
    built: bool = True
    own_config: bool = False
    config_error: str = ""
    unserialisable: tuple[Unserialisable, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    adapted: bool = True
    stateful: bool = False
    source: str = ""


class ModelFacts(Frozen):
    """A live model, read.

    Attributes:
        subject: How to speak of it: `Sequential "sequential"`.
        target: The path that it is to be saved to, or empty.
        layout: `keras`, `h5`, `weights` or empty.
        built_from_example: Its weights were created by calling it on the example just now.
        untracked: Variables that can be reached from the model but are not in its variables.
        unwritten: Variables in `variables` that the writer did not store.
        reset_states: Stateful layers hold states other than zero.
    """

    subject: str
    kind: str
    built: bool
    compiled: bool
    objects: tuple[ObjectFacts, ...]
    variables: tuple[VariableFacts, ...]
    optimizer_variables: tuple[VariableFacts, ...] = ()
    untracked: tuple[VariableFacts, ...] = ()
    unwritten: tuple[VariableFacts, ...] = ()
    built_from_example: bool = False
    target: str = ""
    layout: str = ""
    keras: str = ""
    backend: str = ""


class LeafFacts(Frozen):
    """One leaf of a batch.

    Attributes:
        path: As the user would write it: `x`, `x['tokens']`, `x[1]`.
        kind: `array`, `scalar`, `ragged` or `other`.
        lengths: Of a ragged leaf, the first few rows' lengths.
        masked_rows: Rows in which every step is the padding value (the first few).
        rows: How many rows there are.
        type: The Python type that was given.
    """

    path: str
    kind: str
    shape: tuple[int, ...] = ()
    dtype: str = ""
    lengths: tuple[int, ...] = ()
    masked_rows: tuple[int, ...] = ()
    rows: int = 0
    type: str = ""
    value: str = ""


class BatchFacts(Frozen):
    """A batch held against a contract.

    Attributes:
        structure: How the leaves are held, with `.` for a leaf; `expected` is the contract's.
    """

    leaves: tuple[LeafFacts, ...]
    structure: str
    expected: str
    contract: Contract


class ArchiveFacts(Frozen):
    """A file on disk, as far as its structure tells without a framework.

    Attributes:
        path: As it was given.
        layout: `keras`, `h5`, `weights` or empty where the content is none of these.
        content: What the first bytes say: `zip`, `hdf5`, `empty`, `git-lfs`, `html`, `text`,
            `directory`, `missing` or `unknown`.
        size: Bytes.
        damage: What is wrong with its structure, in words; empty where nothing is.
        changed: Members whose digest is not the one that the receipt recorded.
        receipt: The receipt that Saveguard stored in it, as JSON, or empty.
        near: Names in the same folder that look like the missing one.
    """

    path: str
    layout: str = ""
    content: str = ""
    size: int = 0
    damage: str = ""
    changed: tuple[str, ...] = ()
    receipt: str = ""
    near: tuple[str, ...] = ()


class OutputDifference(Frozen):
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


class TraitDifference(Frozen):
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


class ScalarDifference(Frozen):
    """A loss or a metric compared with the value at the save."""

    name: str
    before: float
    after: float


class ProofFacts(Frozen):
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
    extra: dict[str, Any] = msgspec.field(default_factory=dict)
