"""What is due of labels: the output and the loss that they are compared by, and their column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from saveguard.contract import Axis, Input
from saveguard.data.expected import Expected
from saveguard.facts import Output

# Losses of Keras by their names without underscores: those whose labels are class numbers, whose
# labels lie between 0 and 1, and which compare value by value, so that both have one shape.
_SPARSE = "sparsecategoricalcrossentropy"
_BINARY = {"binarycrossentropy", "binaryfocalcrossentropy"}
_SHARES = {"categoricalcrossentropy", "categoricalfocalcrossentropy"}
_VALUE_BY_VALUE = {
    *_BINARY,
    *_SHARES,
    *("categoricalhinge", "cosinesimilarity", "dice", "hinge", "huber", "kldivergence", "kld"),
    *("logcosh", "mae", "mape", "meanabsoluteerror", "meanabsolutepercentageerror"),
    *("meansquarederror", "meansquaredlogarithmicerror", "mse", "msle", "poisson"),
    *("squaredhinge", "tversky"),
}


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of labels, and what it is held against.

    Attributes:
        column: The column that has them.
        output: The output that they are compared with, by name; empty of a model's only one.
        axes: The axes behind the rows that the loss takes; None where that is not known.
        classes: Labels are class numbers below it; None where they are none, or nobody knows.
        shares: Each value is a share, 0 to 1.
        ignored: A label that the loss leaves out.
        follows: The input, by its place in the contract, that has a step for each label of a row.
        named: Whether somebody named the column; else it is taken if it is there.
    """

    column: str
    output: str = ""
    axes: tuple[Axis, ...] | None = None
    classes: int | None = None
    shares: bool = False
    ignored: float | None = None
    follows: int | None = None
    named: bool = True

    @property
    def expected(self) -> Expected:
        """What is due in the column."""
        high = 1 if self.shares else None if self.classes is None else self.classes - 1
        return Expected(
            axes=self.axes,
            dtype="int64" if self.classes is not None and not self.shares else "",
            pad=self.ignored,
            low=None if high is None else 0,
            high=high,
        )

    @property
    def input(self) -> Input:
        """The same as a rule reads it, beside what is due of the inputs."""
        return Input(
            name=self.column,
            axes=None if self.axes is None else (Axis("batch"), *self.axes),
            dtype=self.expected.dtype,
            vocabulary=self.classes,
            minimum=0 if self.shares else None,
            maximum=1 if self.shares else None,
        )


Labels = str | Mapping[str, str]


def targets(
    outputs: Sequence[Output], labels: Labels | None, classes: int | None
) -> tuple[Target, ...]:
    """What is due of the labels.

    Args:
        outputs: Of the model, as far as they are known.
        labels: The column, or for each output, by name, its column. None: data in memory have
            them as `y`, `y['name']` or `y[0]`, and others have none that are known.
        classes: How many classes there are, where the model does not say.

    Raises:
        ValueError: If the model has no such output, or several, and none is named; or if no model
            has so few classes.
    """
    if classes is not None and classes < 1:
        raise ValueError(f"classes={classes}: a model has one class at least")
    outputs = outputs or (Output(),)
    if labels is None:
        known = [one for one in outputs if one.loss or classes is not None]
        places = [_in_memory(one, at, len(outputs)) for at, one in enumerate(outputs)]
        return tuple(
            _target(one, column, classes, named=False)
            for one, columns in zip(outputs, places, strict=True)
            if one in known
            for column in columns
        )
    by_name = {one.name: one for one in outputs}
    given = {_only(outputs, labels): labels} if isinstance(labels, str) else labels
    strange = sorted(given.keys() - by_name.keys())
    if strange:
        has = ", ".join(f"`{name}`" for name in by_name if name) or "one, without a name"
        raise ValueError(
            f"the model has no output `{strange[0]}` to compare labels with; it has {has}"
        )
    return tuple(_target(by_name[name], column, classes) for name, column in given.items())


def _in_memory(one: Output, at: int, count: int) -> tuple[str, ...]:
    return ("y",) if count == 1 else (f"y[{one.name!r}]", f"y[{at}]")


def _only(outputs: Sequence[Output], column: str) -> str:
    """The output that a single column of labels is for: the one of its name, or the only one."""
    compared = [one.name for one in outputs if one.loss] or [one.name for one in outputs]
    if column in compared:
        return column
    if len(compared) > 1:
        each = " ".join(f"--labels {name}=COLUMN" for name in compared)
        raise ValueError(f"the model has several outputs; say which labels are whose: {each}")
    return compared[0]


def _target(one: Output, column: str, classes: int | None, *, named: bool = True) -> Target:
    loss = one.loss.replace("_", "").lower()
    told = one.units if loss == _SPARSE else 2 if loss in _BINARY else None
    axes = _axes(one, loss, classes)
    return Target(
        column=column,
        output=one.name,
        axes=axes,
        classes=classes or told,
        shares=loss in _BINARY | _SHARES and classes is None,
        ignored=one.ignored,
        # Steps that the model fixes are held against its number of them.
        follows=one.follows if axes and axes[0].size is None else None,
        named=named,
    )


def _axes(one: Output, loss: str, classes: int | None) -> tuple[Axis, ...] | None:
    if not loss:
        return None if classes is None else ()
    if one.axes is None or not (loss == _SPARSE or loss in _VALUE_BY_VALUE):
        return None
    # A last axis of one value may be left out: Keras adds it to the labels.
    few = loss == _SPARSE or one.axes[-1:] == (1,)
    return tuple(Axis(size=size) for size in (one.axes[:-1] if few else one.axes))
