"""The modules of a release, parsed out of its wheel: who is called what, and from where."""

from __future__ import annotations

import ast
import functools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("keras", "tf_keras")


@dataclass
class Module:
    """One module: its definitions by name, and what its imports bind.

    `imports` maps a local name to `(module, name)`; the name is empty for a whole module.
    """

    name: str
    tree: ast.Module
    package: bool
    definitions: dict[str, ast.stmt] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)


class Sources:
    """Every module of one release."""

    def __init__(self, wheel: Path) -> None:
        self.modules: dict[str, Module] = {}
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if _wanted(name):
                    module = parsed(name, archive.read(name).decode("utf-8"))
                    self.modules[module.name] = module

    @functools.cache  # noqa: B019  one instance a release, gone with the script
    def find(self, module: str, name: str, depth: int = 0) -> tuple[str, str] | None:
        """Where `name` of `module` is defined: `(module, name)`, through re-exports."""
        here = self.modules.get(module)
        if here is None or depth > 12:
            return None
        if name in here.definitions:
            return module, name
        if name in here.imports:
            source, original = here.imports[name]
            return self.find(source, original, depth + 1) if original else None
        for star in here.stars:
            found = self.find(star, name, depth + 1)
            if found and not name.startswith("_"):
                return found
        return None

    def resolve(self, module: str, node: ast.expr) -> tuple[str, str] | None:
        """Where the class that `node` names in `module` is defined."""
        match node:
            case ast.Name(id=name):
                return self.find(module, name)
            case ast.Attribute(value=value, attr=name):
                inner = self._module(module, value)
                return self.find(inner, name) if inner else None
        return None

    def _module(self, module: str, node: ast.expr) -> str:
        """The full name of the module that `node` means in `module`, or nothing."""
        match node:
            case ast.Name(id=name):
                source, original = self.modules[module].imports.get(name, ("", ""))
                return f"{source}.{original}".strip(".")
            case ast.Attribute(value=value, attr=name):
                return f"{self._module(module, value)}.{name}".strip(".")
        return ""

    def statement(self, place: tuple[str, str]) -> ast.stmt:
        """The definition at a place that `find` gave."""
        return self.modules[place[0]].definitions[place[1]]

    def classes(self) -> Iterator[tuple[tuple[str, str], ast.ClassDef]]:
        """Every class with its place."""
        for module in self.modules.values():
            for name, statement in module.definitions.items():
                if isinstance(statement, ast.ClassDef):
                    yield (module.name, name), statement

    def functions(self) -> Iterator[tuple[tuple[str, str], ast.FunctionDef]]:
        """Every function of a module with its place."""
        for module in self.modules.values():
            for name, statement in module.definitions.items():
                if isinstance(statement, ast.FunctionDef):
                    yield (module.name, name), statement


def parsed(path: str, text: str) -> Module:
    """One module from its path in the wheel and its text."""
    name = path.removesuffix(".py").replace("/", ".")
    package = name.endswith(".__init__")
    module = Module(name.removesuffix(".__init__"), ast.parse(text), package)
    for statement in _statements(module.tree.body):
        match statement:
            case ast.ClassDef(name=defined) | ast.FunctionDef(name=defined):
                module.definitions[defined] = statement
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.Name(id=source)):
                module.imports.setdefault(target, (module.name, source))
            case ast.Import(names=names):
                for alias in names:
                    module.imports[alias.asname or alias.name] = (alias.name, "")
            case ast.ImportFrom():
                _bind(module, statement)
    return module


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those under `if` and `try` too, the first branch last."""
    for statement in body:
        match statement:
            case ast.If(body=then, orelse=otherwise):
                yield from _statements([*otherwise, *then])
            case ast.Try(body=then):
                yield from _statements(then)
            case _:
                yield statement


def _bind(module: Module, statement: ast.ImportFrom) -> None:
    source = statement.module or ""
    if statement.level:
        parts = module.name.split(".")
        parts = parts[: len(parts) - statement.level + module.package]
        source = ".".join([*parts, source]).strip(".")
    for alias in statement.names:
        if alias.name == "*":
            module.stars.append(source)
        else:
            module.imports[alias.asname or alias.name] = (source, alias.name)


def _wanted(name: str) -> bool:
    first, _, rest = name.partition("/")
    skipped = ("api/", "_tf_keras/", "applications/", "benchmarks/", "tests/")
    return (
        first in PACKAGES
        and name.endswith(".py")
        and not name.endswith("_test.py")
        and not rest.startswith(skipped)
    )
