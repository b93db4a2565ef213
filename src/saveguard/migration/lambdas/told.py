"""What can be told of a Lambda's function, as text."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator

from saveguard.archive.bytecode import Code
from saveguard.migration.lambdas import expression, suggestion
from saveguard.migration.lambdas.found import Lambda
from saveguard.migration.lambdas.instructions import Release, instructions

_DEEPEST = 4


def told(one: Lambda) -> str:
    """What the file has of it, and what to give.

    Its name and shapes, the Python that wrote it, its source as far as it can be told, what it
    could be with `keras.ops`, and its instructions.
    """
    head = f"Lambda {one.name}: {_shapes(one)}"
    if one.code is None or not one.releases:
        unread = "its bytecode is of a Python other than 2.7 and 3.5 to 3.13, or damaged"
        return "\n".join([head, f"  {unread}", *_asked(one)])
    lines = [head, f"  written by {_written(one.releases)}, in {one.code.file}:{one.code.line}"]
    if one.arguments:
        lines.append(f"  called with {dict(one.arguments)}")
    if one.defaults:
        lines.append(f"  its last arguments are {one.defaults} where nothing is given")
    return "\n".join([*lines, *_read(one), *_asked(one), *_listed(one.code, one.releases[-1])])


def _shapes(one: Lambda) -> str:
    into = f"{tuple(one.inputs)}" if isinstance(one.inputs, (list, tuple)) else "an unknown shape"
    out = f"{one.shape} without the batch" if one.shape is not None else "an unknown shape"
    return f"{into} -> {out}"


def _written(releases: tuple[Release, ...]) -> str:
    named = [f"{major}.{minor}" for major, minor in releases]
    return f"Python {' or '.join(named)}"


def _read(one: Lambda) -> Iterator[str]:
    made, new = one.function, one.suggested
    if made is None:
        yield "  it has jumps or functions inside of it: its instructions are below"
        return
    yield from _block("reads as", expression.source(made))
    outside = suggestion.unknown(made if new is None else new)
    if new is not None:
        yield from _block("suggestion, to be checked", expression.source(new))
    if outside:
        yield f"  not in the file: what {', '.join(outside)} meant"


def _block(name: str, text: str) -> Iterator[str]:
    first, *more = text.splitlines()
    if not more:
        yield f"  {name}: {first}"
        return
    yield f"  {name}:"
    yield from (f"    {line}" for line in (first, *more))


def _asked(one: Lambda) -> Iterator[str]:
    """A template for the caller."""
    plain = "".join(c if c.isalnum() else "_" for c in one.name)
    name = f"{plain}_" if keyword.iskeyword(plain) else plain
    name = name if name.isidentifier() else f"function_{name}"
    arguments = ", ".join(one.code.arguments) if one.code is not None else "inputs"
    new = one.suggested
    body = new.body if new is not None else [ast.Expr(ast.Constant(...))]
    lines = [line for statement in body for line in ast.unparse(statement).splitlines()]
    yield f"  write it:  def {name}({arguments}): {'; '.join(lines)}"
    yield f"  give it:   --custom {one.name}=MODULE:{name}"


def _listed(code: Code, release: Release, depth: int = 0) -> Iterator[str]:
    """Its instructions, and those of the functions inside of it."""
    try:
        every = instructions(code, release)
    except ValueError:
        yield f"  {code.name}: not to be read as of Python {release[0]}.{release[1]}"
        return
    yield f"  {code.name}({', '.join(code.arguments)}):"
    for one in every:
        meant = f" ({one.told})" if one.told else ""
        yield f"    {one.at:5} {one.name:26} {one.argument}{meant}".rstrip()
    for held in code.constants:
        if isinstance(held, Code) and depth < _DEEPEST:
            yield from _listed(held, release, depth + 1)
