"""Collect real configurations from the tests that ship inside the installed Keras wheel.

Keras's own layer tests hand every layer's arguments and inputs to one method, `run_layer_test`.
The tests run here with that method replaced by one that writes the call down and does nothing
else, and Keras's tests of saving run with every way to save a model replaced likewise. What is
collected holds live objects (inner layers, initializers, functions), so it is of use only in the
process that collected it.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import io
import shutil
import sys
import tempfile
import unittest
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from configuration import Configuration
from defaults import LEFT_OUT, defaults
from recorders import Recorder

# Copies of test modules, kept as long as this process: a fresh process imports their classes.
_copies = tempfile.TemporaryDirectory(prefix="keras-tests-")


def harvest(pattern: str = "") -> list[Configuration]:
    """Every configuration whose name or kind holds `pattern`, in whatever case; in fixed order."""
    public = _public_layers()
    found = [one for one in layer_tests() if one.kind in public]
    found += mixed(found)
    found += called_layers(public.keys() - {one.kind for one in found} - LEFT_OUT.keys())
    found += saved_models()
    found = _numbered(found)
    found += defaults()
    wanted = pattern.lower()
    return [one for one in found if wanted in one.name.lower() or wanted in one.kind.lower()]


def layer_tests() -> Iterator[Configuration]:
    """What Keras's layer tests give to `run_layer_test`."""
    from keras.src.testing import TestCase

    for module, case, name in _tests("layers", {"run_layer_test"}):
        recorder = Recorder(f"{module}.{name}")
        with mock.patch.object(TestCase, "run_layer_test", recorder.run_layer_test()):
            _run(case, name)
        yield from recorder.found


def mixed(found: list[Configuration]) -> list[Configuration]:
    """The first configuration of each layer in mixed precision, as `run_layer_test` tries it."""
    first = {one.kind: one for one in reversed(found) if "dtype" not in one.arguments}
    return [
        replace(
            one, name=f"{one.name} in mixed_float16", make=partial(one.make, dtype="mixed_float16")
        )
        for one in reversed(first.values())
    ]


def called_layers(kinds: set[str]) -> Iterator[Configuration]:
    """Layers of these kinds, and layers with a state to adapt, as Keras's tests call them."""
    import keras
    from keras.src.testing import TestCase

    kinds = kinds | {kind for kind, layer in _public_layers().items() if hasattr(layer, "adapt")}
    for module, case, name in _tests("layers", kinds):
        recorder = Recorder(f"{module}.{name}", kinds)
        with (
            mock.patch.object(TestCase, "run_layer_test"),
            mock.patch.object(keras.Layer, "__call__", recorder.call(keras.Layer.__call__)),
        ):
            _run(case, name)
        yield from recorder.found


def saved_models() -> Iterator[Configuration]:
    """The models that Keras's tests of saving save.

    The tests run as a copy outside of Keras's package, as the classes that they define are not
    Keras's own: nobody's environment has them loaded.
    """
    import keras
    from keras.src.saving import saving_lib

    copied = Path(_copies.name) / "keras_saving_tests.py"
    shutil.copy(Path(inspect.getfile(saving_lib)).with_name("saving_lib_test.py"), copied)
    if _copies.name not in sys.path:
        sys.path.append(_copies.name)
    for module, case, name in _of_module(copied, copied.stem, {"save", "save_model"}):
        recorder = Recorder(f"{module}.{name}")
        with (
            mock.patch.object(saving_lib, "save_model", recorder.save()),
            mock.patch.object(keras.Model, "save", recorder.save()),
        ):
            _run(case, name)
        yield from recorder.found


def _public_layers() -> dict[str, type]:
    import keras

    return {
        item.__name__: item
        for item in vars(keras.layers).values()
        if isinstance(item, type) and issubclass(item, keras.Layer)
    }


def _tests(folder: str, wanted: set[str]) -> Iterator[tuple[str, type, str]]:
    """(module, class, method) of every test below a folder of Keras that names what is wanted."""
    import keras

    root = Path(keras.__file__).parent
    for path in sorted((root / "src" / folder).rglob("*_test.py")):
        name = ".".join(("keras", *path.relative_to(root).with_suffix("").parts))
        yield from _of_module(path, name, wanted)


def _of_module(path: Path, name: str, wanted: set[str]) -> Iterator[tuple[str, type, str]]:
    methods = set(_methods_that_name(path, wanted))
    module = _imported(name) if methods else ModuleType(name)
    for case in list(vars(module).values()):
        if not (isinstance(case, type) and issubclass(case, unittest.TestCase)):
            continue
        for method in unittest.TestLoader().getTestCaseNames(case):
            if inspect.unwrap(getattr(case, method)).__name__ in methods:
                yield path.stem, case, method


def _imported(name: str) -> ModuleType:
    """A test module; a module that it wants and that is not installed gets a stand-in.

    Such are Google's data loader `grain`, and the `conftest` of Keras's repository, whose
    decorators skip tests. No layer needs either.
    """
    absent: list[str] = []
    try:
        while True:
            try:
                return importlib.import_module(name)
            except ModuleNotFoundError as error:
                if error.name is None or error.name in absent:
                    raise
                absent.append(error.name)
                sys.modules[error.name] = _StandIn(error.name)
    finally:
        for module in absent:
            del sys.modules[module]


class _StandIn(ModuleType):
    """A module whose every attribute is a decorator that changes nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *rest, **options: lambda function: function


def _methods_that_name(path: Path, wanted: set[str]) -> Iterator[str]:
    """Names of the test methods that call `wanted`, by themselves or through a helper."""
    functions: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            called = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
            functions.setdefault(node.name, set()).update(called)
    helpers = {name for name, called in functions.items() if wanted & called}
    for name, called in functions.items():
        if name.startswith("test") and called & (wanted | helpers):
            yield name


def _run(case: type, name: str) -> None:
    """Run one test; that it fails because nothing is saved or run is no concern here."""
    import keras

    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        keras.utils.set_random_seed(0)  # the same data in every sweep
        case(name).run(unittest.TestResult())


def _numbered(found: list[Configuration]) -> list[Configuration]:
    """The same, with a number behind each name that occurs more than once."""
    total, seen = Counter(one.name for one in found), Counter[str]()
    named = []
    for one in found:
        seen[one.name] += 1
        number = f" #{seen[one.name]}" if total[one.name] > 1 else ""
        named.append(replace(one, name=one.name + number))
    return named
