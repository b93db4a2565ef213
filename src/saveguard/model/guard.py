"""A model whose inputs are held against its contract before they reach it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

from saveguard.contract import Contract
from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.model import batch as batches
from saveguard.model import contract as contracts
from saveguard.model import quick


def guard(model: Any, contract: Contract | None = None) -> Guard:
    """A guard around a model, which is used in the model's place.

    `guard(model).fit(x, y)`, `predict`, `evaluate`, the methods for one batch, and the call itself
    hold their inputs against the contract first: of arrays every value, of tensors shape and
    dtype, of a data set its first batch, of a generator every batch. What is certain to hurt
    stops the call, and what may hurt is a warning. Everything else is the model's own.

    Args:
        model: A Keras model, or anything that is called like one.
        contract: What it expects; needed for a subclassed model, which does not say.

    Raises:
        ValueError: If neither the model nor the caller says what it expects.
    """
    found = contract if contract is not None else contracts.read(model)
    if found is None:
        raise ValueError(
            f"{type(model).__name__} does not say what its inputs are: guard(model, contract=...),"
            " with Contract.of(data) or Contract.parse(line)"
        )
    return Guard(model, found)


class Guard:
    """See `guard`.

    Attributes:
        model: The model itself.
        contract: What its inputs are held against.
    """

    def __init__(self, model: Any, contract: Contract) -> None:
        self.model = model
        self.contract = contract
        self._fits: Callable[[Any], bool] = quick.compiled(contract)

    def __call__(self, inputs: Any, *arguments: Any, **options: Any) -> Any:
        """Call the model."""
        return self.model(self._checked(inputs), *arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def fit(self, x: Any = None, *arguments: Any, **options: Any) -> Any:
        """`model.fit`; the inputs of `validation_data` are looked at, too."""
        held = options.get("validation_data")
        if held is not None:
            options["validation_data"] = self._checked(held)
        return self.model.fit(self._checked(x), *arguments, **options)

    def predict(self, x: Any, *arguments: Any, **options: Any) -> Any:
        """`model.predict`."""
        return self.model.predict(self._checked(x), *arguments, **options)

    def evaluate(self, x: Any = None, *arguments: Any, **options: Any) -> Any:
        """`model.evaluate`."""
        return self.model.evaluate(self._checked(x), *arguments, **options)

    def train_on_batch(self, x: Any, *arguments: Any, **options: Any) -> Any:
        """`model.train_on_batch`."""
        return self.model.train_on_batch(self._checked(x), *arguments, **options)

    def test_on_batch(self, x: Any, *arguments: Any, **options: Any) -> Any:
        """`model.test_on_batch`."""
        return self.model.test_on_batch(self._checked(x), *arguments, **options)

    def predict_on_batch(self, x: Any) -> Any:
        """`model.predict_on_batch`."""
        return self.model.predict_on_batch(self._checked(x))

    def _checked(self, x: Any) -> Any:
        """The same inputs; a generator's batches are looked at as they come."""
        if isinstance(x, Iterator):
            return self._each(x)
        self._check(x)
        return x

    def _each(self, given: Iterator[Any]) -> Iterator[Any]:
        for batch in given:
            self._check(batch)
            yield batch

    def _check(self, x: Any) -> None:
        if x is None or self._fits(x):
            return
        report = self.contract.validate(batches.first_batch(x))
        if report.certain:
            raise SaveguardError(Report(subject="x", findings=report.findings))
        for finding in report.findings:
            warnings.warn(f"\n{finding}", stacklevel=4)
