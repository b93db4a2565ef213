"""A live model, read: its objects, their constructors and its variables."""

from __future__ import annotations

from saveguard.facts.frozen import Frozen


class VariableFacts(Frozen, frozen=True):
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


class Parameter(Frozen, frozen=True):
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


class Unserialisable(Frozen, frozen=True):
    """A value in a configuration that JSON cannot hold: its key and what it is."""

    key: str
    type: str
    value: str


class ObjectFacts(Frozen, frozen=True):
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


class MaskFacts(Frozen, frozen=True):
    """A mask that does not reach the layers that read one.

    Attributes:
        holder, class_name: The layer at which it ends.
        readers: The layers behind it that take a mask and get none.
    """

    holder: str
    class_name: str
    readers: tuple[str, ...]


class ModelFacts(Frozen, frozen=True):
    """A live model, read.

    Attributes:
        subject: How to speak of it: `Sequential "sequential"`.
        target: The path that it is to be saved to, or empty.
        layout: `keras`, `h5`, `weights` or empty.
        built_from_example: Its weights were created by calling it on the example just now.
        untracked: Variables that can be reached from the model but are not in its variables.
        unwritten: Variables in `variables` that the writer did not store.
        masks: Masks that are dropped on their way.
        size: Bytes that its file will have at least, its optimizer's variables included.
        free: Free bytes where it is to be saved; None where nobody looked.
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
    masks: tuple[MaskFacts, ...] = ()
    size: int = 0
    free: int | None = None
