"""What a class's constructor takes, followed through its bases by what it hands on."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass

from sources import Sources

Place = tuple[str, str]


@dataclass(frozen=True)
class Constructor:
    """Arguments in order, those without a default, and whether any other is taken in silence."""

    arguments: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    catch_all: bool = False


class Classes:
    """The classes of one release: their bases, constructors and configurations."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources

    @functools.cache  # noqa: B019  one instance a release, gone with the script
    def line(self, place: Place) -> tuple[Place, ...]:
        """The class and its bases, nearest first; an approximation of the MRO."""
        statement = self.sources.statement(place)
        if not isinstance(statement, ast.ClassDef):
            return ()
        found = [place]
        for base in statement.bases:
            parent = self.sources.resolve(place[0], base)
            if parent and parent != place:
                found += [further for further in self.line(parent) if further not in found]
        return tuple(found)

    def method(self, place: Place, name: str) -> tuple[int, ast.FunctionDef] | None:
        """The nearest definition of a method, with how far up the line it stands."""
        for step, ancestor in enumerate(self.line(place)):
            for statement in self.sources.statement(ancestor).body:  # type: ignore[attr-defined]
                if isinstance(statement, ast.FunctionDef) and statement.name == name:
                    return step, statement
        return None

    def constructor(self, place: Place) -> Constructor:
        """What the class takes, `from_config` included, which may take more."""
        taken = self._constructor(self.line(place))
        further = self.method(place, "from_config")
        extra = tuple(_popped(further[1], "config")) if further else ()
        return Constructor(
            tuple(dict.fromkeys(taken.arguments + extra)),
            tuple(name for name in taken.required if name not in extra),
            taken.catch_all or bool(further and _picks(further[1])),
        )

    def _constructor(self, line: tuple[Place, ...]) -> Constructor:
        for step, place in enumerate(line):
            for statement in self.sources.statement(place).body:  # type: ignore[attr-defined]
                if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
                    return self._followed(statement, line[step + 1 :])
        return Constructor()

    def _followed(self, function: ast.FunctionDef, parents: tuple[Place, ...]) -> Constructor:
        own, required = named(function)
        rest = function.args.kwarg.arg if function.args.kwarg else ""
        if not rest:
            return Constructor(own, required)
        popped = tuple(_popped(function, rest))
        handed = _handed_on(function, rest)
        if handed is None:
            open_end = not _refused(function, rest)
            return Constructor(own + popped + tuple(_allowed(function)), required, open_end)
        above = self._constructor(_from(parents, handed, self.sources))
        positional = above.arguments[: len(handed.args)]
        given = {keyword.arg for keyword in handed.keywords} | set(positional)
        further = tuple(n for n in above.arguments if n not in given and n not in own)
        needed = tuple(n for n in above.required if n not in given and n not in own)
        return Constructor(own + popped + further, required + needed, above.catch_all)


def named(function: ast.FunctionDef) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A function's arguments without `self`, and those of them without a default."""
    positional = [a.arg for a in function.args.posonlyargs + function.args.args]
    keywords = [a.arg for a in function.args.kwonlyargs]
    bare = positional[: len(positional) - len(function.args.defaults)]
    bare += [
        name
        for name, default in zip(keywords, function.args.kw_defaults, strict=True)
        if default is None
    ]
    names = [name for name in positional + keywords if name not in ("self", "cls")]
    return tuple(names), tuple(name for name in bare if name not in ("self", "cls"))


def _picks(function: ast.FunctionDef) -> bool:
    """Whether a `from_config` hands on chosen values only, and passes over the rest."""
    given = [k.arg for call in _calls(function) for k in call.keywords]
    called = [call for call in _calls(function) if ast.unparse(call.func) == "cls"]
    return bool(called) and None not in given


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _handed_on(function: ast.FunctionDef, rest: str) -> ast.Call | None:
    """The call of a base's constructor that is given `**rest`."""
    for call in _calls(function):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
            for keyword in call.keywords:
                if keyword.arg is None and ast.unparse(keyword.value) == rest:
                    return call
    return None


def _from(parents: tuple[Place, ...], call: ast.Call, sources: Sources) -> tuple[Place, ...]:
    """The line from which a call of `__init__` goes on: a base's own name starts there."""
    target = call.func.value  # type: ignore[attr-defined]
    name = ast.unparse(target).rpartition(".")[2]
    for step, parent in enumerate(parents):
        if parent[1] == name:
            return parents[step:]
    return parents


def _popped(function: ast.FunctionDef, name: str) -> Iterator[str]:
    """Keys that a function takes out of the dictionary `name`."""
    for call in _calls(function):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=owner), attr="pop"),
                args=[ast.Constant(value=str(key)), *_],
            ) if owner == name:
                yield key


def _allowed(function: ast.FunctionDef) -> Iterator[str]:
    """Keys that a constructor of Keras 2 lists as allowed."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id="allowed_kwargs")], value=value):
                yield from (n.value for n in ast.walk(value) if isinstance(n, ast.Constant))


def _refused(function: ast.FunctionDef, rest: str) -> bool:
    """Whether what is left in `rest` is looked at, rather than passed over."""
    for node in ast.walk(function):
        match node:
            case ast.If(test=test) if rest in ast.unparse(test) and not _constants(test):
                if any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
                    return True
            case ast.Call(args=[ast.Name(id=first), *_]) if first == rest:
                return True
            case ast.For(iter=ast.Name(id=name)) if name == rest:
                return True
    return False


def _constants(node: ast.expr) -> bool:
    return any(isinstance(inner, ast.Constant) for inner in ast.walk(node))
