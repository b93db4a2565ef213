"""A function's source, as its instructions tell it: what runs through without a jump."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from saveguard.archive.bytecode import Code
from saveguard.migration.lambdas.instructions import Instruction, Release, instructions

_MOST = 400
_SIGNS = {
    "ADD": ast.Add, "SUBTRACT": ast.Sub, "MULTIPLY": ast.Mult, "TRUE_DIVIDE": ast.Div,
    "DIVIDE": ast.Div, "FLOOR_DIVIDE": ast.FloorDiv, "MODULO": ast.Mod, "POWER": ast.Pow,
    "MATRIX_MULTIPLY": ast.MatMult, "AND": ast.BitAnd, "OR": ast.BitOr,
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "//": ast.FloorDiv, "%": ast.Mod,
    "**": ast.Pow, "@": ast.MatMult, "&": ast.BitAnd, "|": ast.BitOr,
}  # fmt: skip
_COMPARED = {"<": ast.Lt, "<=": ast.LtE, "==": ast.Eq, "!=": ast.NotEq, ">": ast.Gt, ">=": ast.GtE}
_UNARY = {"UNARY_NEGATIVE": ast.USub, "UNARY_POSITIVE": ast.UAdd, "UNARY_NOT": ast.Not,
          "UNARY_INVERT": ast.Invert}  # fmt: skip
_NOTHING = ("RESUME", "NOP", "PUSH_NULL", "PRECALL", "COPY_FREE_VARS", "MAKE_CELL")


def function(code: Code, release: Release) -> ast.FunctionDef | None:
    """The function as a syntax tree; None where it has jumps, or anything else than expressions."""
    try:
        if not all(name.isidentifier() for name in (*code.local, *code.names, *code.free)):
            return None
        body = _Stack(code, release).body()
    except (ValueError, IndexError, KeyError, TypeError):
        return None
    name = code.name if code.name.isidentifier() else "function"
    made = ast.parse(f"def {name}({', '.join(code.arguments)}): pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    made.body = body
    return ast.fix_missing_locations(made)


def source(made: ast.FunctionDef) -> str:
    """Its text: of one expression, a lambda."""
    only = made.body[0]
    if len(made.body) == 1 and isinstance(only, ast.Return) and only.value is not None:
        return f"lambda {ast.unparse(made.args)}: {ast.unparse(only.value)}"
    return ast.unparse(made)


class _Stack:
    """The values that the instructions would have there, as expressions."""

    def __init__(self, code: Code, release: Release) -> None:
        self.code, self.release = code, release
        self.held: list[Any] = []
        self.keywords: tuple[str, ...] = ()

    def body(self) -> list[ast.stmt]:
        every = instructions(self.code, self.release)
        if len(every) > _MOST:
            raise ValueError("a long function")
        found: list[ast.stmt] = []
        left = _pairs_apart(every)
        for one in left:
            if one.name in ("RETURN_VALUE", "RETURN_CONST"):
                value = self.constant(one) if one.name == "RETURN_CONST" else self.pop()
                if self.held or any(left):
                    break
                return [*found, ast.Return(value)]
            if one.name in ("STORE_FAST", "UNPACK_SEQUENCE"):
                found.append(self.stored(one, left))
            elif one.name == "KW_NAMES":
                self.keywords = self.code.constants[one.argument]
            elif one.name not in _NOTHING:
                self.held.append(self.result(one))
        raise ValueError("it does not run through to one result")

    def pop(self) -> Any:
        return self.held.pop()

    def several(self, count: int) -> list[Any]:
        if count > len(self.held):
            raise ValueError("there are not as many")
        cut = len(self.held) - count
        found = self.held[cut:]
        del self.held[cut:]
        return found

    def constant(self, one: Instruction) -> ast.expr:
        return _literal(self.code.constants[one.argument])

    def stored(self, one: Instruction, left: Iterator[Instruction]) -> ast.stmt:
        """What is given a name; several of them at once."""
        value = self.pop()
        if isinstance(value, str):
            return ast.Import([ast.alias(value, None if value == one.told else one.told)])
        targets = [one] if one.name == "STORE_FAST" else [next(left) for _ in range(one.argument)]
        if any(target.name != "STORE_FAST" for target in targets):
            raise ValueError("unpacked into something else")
        names: list[ast.expr] = [ast.Name(target.told, ast.Store()) for target in targets]
        target = names[0] if one.name == "STORE_FAST" else ast.Tuple(names, ast.Store())
        return ast.Assign([target], value)

    def result(self, one: Instruction) -> Any:
        """What an instruction leaves on the stack."""
        kind, _, sign = one.name.partition("_")
        if kind in ("BINARY", "INPLACE") and sign not in ("SUBSCR", "SLICE"):
            left, right = self.several(2)
            return ast.BinOp(left, _SIGNS[one.told.rstrip("=") if sign == "OP" else sign](), right)
        if one.name in _UNARY:
            return ast.UnaryOp(_UNARY[one.name](), self.pop())
        return _RESULTS[one.name](self, one)

    def call(self, one: Instruction) -> ast.expr:
        """A call of CPython 3.6 and newer, or of older ones, with two counts in one number."""
        if self.release < (3, 6):
            pairs = self.several(2 * (one.argument >> 8))
            names = [key.value for key in pairs[::2]]
            given = self.several(one.argument & 255) + pairs[1::2]
        else:
            names = list(self.keywords)
            if one.name in ("CALL_FUNCTION_KW", "CALL_KW"):
                names = [key.value for key in self.pop().elts]
            given, self.keywords = self.several(one.argument), ()
        plain = given[: len(given) - len(names)]
        named = [ast.keyword(n, v) for n, v in zip(names, given[len(plain) :], strict=True)]
        return ast.Call(self.pop(), plain, named)


def _literal(value: Any) -> ast.expr:
    if isinstance(value, tuple):
        return ast.Tuple([_literal(one) for one in value], ast.Load())
    if isinstance(value, (Code, type)):
        raise ValueError("a function inside of it")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def _pairs_apart(every: Sequence[Instruction]) -> Iterator[Instruction]:
    """Each instruction of CPython 3.13 that is two, as two."""
    for one in every:
        first, both, second = one.name.partition("_FAST_")
        if both and "," in one.told:
            a, b = one.told.split(", ")
            yield Instruction(one.at, f"{first}_FAST", one.argument >> 4, a)
            yield Instruction(one.at, second, one.argument & 15, b)
        else:
            yield one


def _sliced(stack: _Stack, one: Instruction) -> ast.expr:
    """`x[a:b]` of Python 2, whose names end in which of the two there are."""
    which = int(one.name[-1])
    high = stack.pop() if which & 2 else None
    low = stack.pop() if which & 1 else None
    return ast.Subscript(stack.pop(), ast.Slice(low, high), ast.Load())


def _slice(stack: _Stack, one: Instruction) -> ast.expr:
    bounds = [None if _is_none(b) else b for b in stack.several(one.argument)]
    return ast.Slice(*bounds)


def _between(stack: _Stack, _one: Instruction) -> ast.expr:
    value, low, high = stack.several(3)
    bounds = [None if _is_none(one) else one for one in (low, high)]
    return ast.Subscript(value, ast.Slice(*bounds), ast.Load())


def _is_none(one: ast.expr) -> bool:
    return isinstance(one, ast.Constant) and one.value is None


def _subscript(stack: _Stack, _one: Instruction) -> ast.expr:
    value, place = stack.several(2)
    return ast.Subscript(value, place, ast.Load())


def _compared(stack: _Stack, one: Instruction) -> ast.expr:
    left, right = stack.several(2)
    return ast.Compare(left, [_COMPARED[one.told]()], [right])


def _name(_stack: _Stack, one: Instruction) -> ast.expr:
    return ast.Name(one.told, ast.Load())


def _attribute(stack: _Stack, one: Instruction) -> ast.expr:
    return ast.Attribute(stack.pop(), one.told, ast.Load())


def _imported(stack: _Stack, one: Instruction) -> str:
    if not _is_none(stack.several(2)[1]) or "." in one.told:
        raise ValueError("a part of a module")
    return one.told


def _extended(stack: _Stack, _one: Instruction) -> ast.expr:
    made, more = stack.several(2)
    return ast.List([*made.elts, *more.elts], ast.Load())


_RESULTS: dict[str, Callable[[_Stack, Instruction], Any]] = {
    "LOAD_CONST": _Stack.constant,
    "LOAD_FAST": _name, "LOAD_FAST_CHECK": _name, "LOAD_GLOBAL": _name, "LOAD_DEREF": _name,
    "LOAD_ATTR": _attribute, "LOAD_METHOD": _attribute, "IMPORT_NAME": _imported,
    "BINARY_SUBSCR": _subscript, "BINARY_SLICE": _between, "BUILD_SLICE": _slice,
    "SLICE+0": _sliced, "SLICE+1": _sliced, "SLICE+2": _sliced, "SLICE+3": _sliced,
    "COMPARE_OP": _compared, "LIST_EXTEND": _extended,
    "BUILD_TUPLE": lambda stack, one: ast.Tuple(stack.several(one.argument), ast.Load()),
    "BUILD_LIST": lambda stack, one: ast.List(stack.several(one.argument), ast.Load()),
    "CALL": _Stack.call, "CALL_FUNCTION": _Stack.call, "CALL_METHOD": _Stack.call,
    "CALL_FUNCTION_KW": _Stack.call, "CALL_KW": _Stack.call,
}  # fmt: skip
