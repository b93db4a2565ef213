"""Stand-ins for the methods that Keras's tests call, which write down what they are given."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from configuration import Configuration

INPUTS = ("input_shape", "input_dtype", "input_data", "input_sparse", "input_ragged")
# In the order of `run_layer_test`, for tests that give some of them by position.
POSITIONS = ("input_shape", "input_dtype", "input_sparse", "input_ragged", "input_data")


class Recorder:
    """What one test gives away.

    Args:
        test: The test's name.
        kinds: Names of the layer classes whose calls `call` notes.
    """

    def __init__(self, test: str, kinds: Collection[str] = ()) -> None:
        self.test = test
        self.kinds = kinds
        self.found: list[Configuration] = []
        self._seen: list[Any] = []
        self._inside = False

    def run_layer_test(self) -> Callable[..., None]:
        """For `TestCase.run_layer_test`: notes the configuration and runs nothing."""

        def record(case: Any, layer_cls: Any, init_kwargs: Any, *rest: Any, **options: Any) -> None:
            options.update(zip(POSITIONS, rest, strict=False))
            arguments = dict(init_kwargs or {})
            self.found.append(
                Configuration(
                    name=self.test,
                    kind=layer_cls.__name__,
                    make=partial(layer_cls, **arguments),
                    arguments=arguments,
                    inputs={key: options[key] for key in INPUTS if options.get(key) is not None},
                    call_arguments=dict(options.get("call_kwargs") or {}),
                )
            )

        return record

    def save(self) -> Callable[..., None]:
        """For `Model.save`: notes the model and writes nothing."""

        def record(model: Any, *rest: Any, **options: Any) -> None:
            kind = type(model).__name__
            found = Configuration(name=self.test, kind=kind, make=lambda: model, finished=True)
            self.found.append(found)

        return record

    def call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `Layer.__call__`: notes a layer of the wanted kinds once, and calls it."""

        def record(layer: Any, *given: Any, **options: Any) -> Any:
            outer, self._inside = not self._inside, True
            try:
                if outer and type(layer).__name__ in self.kinds and given:
                    self._note(layer, given[0])
                return original(layer, *given, **options)
            finally:
                self._inside = not outer

        return record

    def _note(self, layer: Any, given: Any) -> None:
        inputs = _inputs(given)
        if inputs is None or any(layer is seen for seen in self._seen):
            return
        self._seen.append(layer)
        arguments = dict(getattr(getattr(layer, "_auto_config", None), "config", {}))
        self.found.append(
            Configuration(
                name=self.test,
                kind=type(layer).__name__,
                make=lambda: layer,
                arguments=arguments,
                inputs=inputs,
            )
        )


def _inputs(given: Any) -> dict[str, Any] | None:
    """What a layer was called on, as `run_layer_test` would be told; None for a graph's tensor."""
    import keras
    import numpy as np

    if isinstance(given, keras.KerasTensor):
        shape = tuple(2 if extent is None else extent for extent in given.shape)
        return {"input_shape": shape, "input_dtype": str(given.dtype)}
    if type(given).__name__ == "SparseTensor" and hasattr(given, "dense_shape"):
        import tensorflow

        return {"input_data": tensorflow.sparse.to_dense(given).numpy(), "input_sparse": True}
    try:
        data = np.asarray(given)
    except Exception:  # noqa: BLE001  a tensor of a graph has no value, and says so in many ways
        return None
    return {"input_data": data} if data.dtype != object or data.ndim else None
