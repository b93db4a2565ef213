"""Sources -> every `raise` in them, with what it says: constant words, and holes between them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

HOLE = "\0"
_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?[-#0 +]*[\d*]*(?:\.\d+)?(?P<kind>[sdrfgixc%])")
_BRACES = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}!:]*)[^{}]*\}")


@dataclass(frozen=True)
class Raise:
    """One `raise` statement.

    Attributes:
        module: Path of its file below Keras's folder.
        function: The function that it stands in, with its class.
        kind: The exception's class; empty where what came is raised again.
        says: The message; each value that is filled in is a hole, `{hint}`, where the hint is the
            expression or nothing.
    """

    module: str
    function: str
    line: int
    kind: str
    says: str


def raises(module: str, source: str) -> Iterator[Raise]:
    """Every `raise` of a module."""
    tree = ast.parse(source)
    yield from _inside(tree, module, "", _assigned(ast.Module(_top(tree), [])))


def _top(tree: ast.Module) -> list[ast.stmt]:
    """The assignments of a module: messages that several functions share."""
    return [node for node in tree.body if isinstance(node, ast.Assign)]


def _inside(node: ast.AST, module: str, function: str, known: dict[str, str]) -> Iterator[Raise]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                inner = f"{function}.{name}".strip(".")
                yield from _inside(child, module, inner, known | _assigned(child))
            case ast.ClassDef(name=name):
                yield from _inside(child, module, f"{function}.{name}".strip("."), known)
            case ast.Raise():
                kind, says = _told(child, known)
                yield Raise(module, function, child.lineno, kind, says)
            case _:
                yield from _inside(child, module, function, known)


def _told(node: ast.Raise, known: dict[str, str]) -> tuple[str, str]:
    """(class, message) of what a statement raises."""
    match node.exc:
        case ast.Call(func=func, args=args):
            says = [_text(argument, known) for argument in args]
            return _name(func), " ".join(says[0].split(" ")) if len(says) == 1 else " ".join(says)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name[:1].isupper():
            return name, ""
    return "", ""


def _name(func: ast.expr) -> str:
    """`errors.InvalidArgumentError` -> `InvalidArgumentError`; `type(e)` is what came."""
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name if name[:1].isupper() else ""
    return ""


def _text(node: ast.expr, known: dict[str, str]) -> str:
    """An expression as text with holes."""
    match node:
        case ast.Constant(value=str(value)):
            return _braced(value)
        case ast.JoinedStr(values=values):
            return "".join(_text(value, known) for value in values)
        case ast.FormattedValue(value=ast.Constant(value=str(value))):
            return _braced(value)
        case ast.FormattedValue(value=ast.Name(id=name)) if known.get(name):
            return known[name]
        case ast.FormattedValue(value=value):
            return _hole(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, known) + _text(right, known)
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return _percent(_text(left, known), right)
        case ast.Call(func=ast.Attribute(value=value, attr="format"), args=args, keywords=words):
            return _formatted(_text(value, known), args, words)
        case ast.Call(func=ast.Attribute(value=value, attr="strip" | "lstrip")):
            return _text(value, known)
        case ast.Call(func=ast.Attribute(attr="dedent"), args=[value]):
            return _text(value, known)
        case ast.IfExp(body=body):
            return _text(body, known)
        case ast.Name(id=name) if known.get(name):
            return known[name]
    return _hole(node)


def _braced(text: str) -> str:
    return text.replace("{", "\1").replace("}", "\2")


def _hole(node: ast.expr) -> str:
    told = re.sub(r"[{}\s]+", " ", ast.unparse(node))
    return "{" + (told if len(told) <= 40 else "") + "}"


def _percent(text: str, values: ast.expr) -> str:
    given = list(values.elts) if isinstance(values, ast.Tuple) else [values]

    def fill(found: re.Match[str]) -> str:
        if found["kind"] == "%":
            return "%"
        if found["name"] or not given:
            return "{" + (found["name"] or "") + "}"
        return _hole(given.pop(0))

    return _PERCENT.sub(fill, text)


def _formatted(text: str, args: list[ast.expr], words: list[ast.keyword]) -> str:
    named = {word.arg: word.value for word in words if word.arg}
    given = list(args)

    def fill(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return found[0][0]
        if name.isdigit() and int(name) < len(args):
            return _hole(args[int(name)])
        if name in named:
            return _text(named[name], {}) if name == "self" else _hole(named[name])
        return _hole(given.pop(0)) if given and not name else "{" + name + "}"

    plain = text.replace("\1", "{").replace("\2", "}")
    return _BRACES.sub(fill, plain)


def _assigned(function: ast.AST) -> dict[str, str]:
    """What the text variables of a function hold, put together in the order of its lines."""
    known: dict[str, str] = {}
    lines = [n for n in ast.walk(function) if isinstance(n, ast.Assign | ast.AugAssign)]
    for node in sorted(lines, key=lambda node: node.lineno):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                told = _text(value, known)
                if _wordy(told):
                    known[name] = told
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                if name in known:
                    known[name] += _text(value, known)
    return known


def _wordy(text: str) -> bool:
    return len(re.sub(r"\{[^{}]*\}", "", text).split()) > 3


def finished(found: Raise) -> Raise:
    """With its message in one line, and braces of its own doubled."""
    says = " ".join(found.says.split()).replace("\1", "{{").replace("\2", "}}")
    return replace(found, says=says)
