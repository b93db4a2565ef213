"""The house's own rules: short files and functions, names that tell, no swallowed exception."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 300
LONGEST_FUNCTION = 30
TELLS_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager"}
WRITTEN = ["src", "tests", "tools", "benchmarks", "docs", "requirements", ".ci"]
TEXT = {".py", ".md", ".toml", ".lock", ".yaml", ".json", ".txt", ".ambr", ".typed", ""}
CACHE = {"__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache"}
# Old interpreters run it where nothing is installed, so it is one file on purpose.
LONG_ON_PURPOSE = {"tools/claims/probe.py"}
# A path below the folders of a machine on which somebody worked.
MACHINE_PATH = re.compile(r"(?<![\w.~])/(?:work|root|home|tmp)/[\w.]")


def python_files(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def text_files() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT)
    for room in WRITTEN:
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and path.suffix in TEXT and not CACHE.intersection(path.parts):
                yield path


def told(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    if ast.get_docstring(function) is None or first.end_lineno is None:
        return 0
    return first.end_lineno - first.lineno + 1


def long_functions(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node)
            if lines > LONGEST_FUNCTION:
                found.append(f"{node.lineno}: {node.name} has {lines} lines")
    return found


def broad_handlers_without_reason(source: str) -> list[int]:
    """Lines that catch everything, do not raise again, and do not say why."""
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and not isinstance(node.body[-1], ast.Raise)
        and not re.search(r"noqa: BLE001\W+\w+ \w+", comments.get(node.lineno, ""))
    ]


@pytest.mark.parametrize("path", python_files("src"), ids=told)
def test_functions_fit_a_screen(path: Path) -> None:
    assert long_functions(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", python_files("src", "tests", "tools", "benchmarks"), ids=told)
def test_files_are_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE or told(path) in LONG_ON_PURPOSE, f"it has {lines} lines"


def test_file_names_tell_what_is_inside() -> None:
    found = [told(path) for path in python_files("src", "tools") if path.stem in TELLS_NOTHING]
    assert found == []


@pytest.mark.parametrize("path", python_files("src"), ids=told)
def test_whoever_catches_everything_says_why(path: Path) -> None:
    assert broad_handlers_without_reason(path.read_text(encoding="utf-8")) == []


def test_no_path_of_a_machine_in_the_tree() -> None:
    found = [
        f"{told(path)}:{number}: {line.strip()}"
        for path in text_files()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


def test_every_module_says_what_it_is() -> None:
    found = [
        told(path)
        for path in python_files("src", "tools", "benchmarks")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_the_checks_themselves_can_fail() -> None:
    body = "\n".join("    x = 1" for _ in range(LONGEST_FUNCTION))
    assert long_functions(f"def f():\n{body}\n") == ["1: f has 31 lines"]
    documented = f'def f():\n    """One\n\n    two."""\n{body[10:]}\n'
    assert long_functions(documented) == []
    silent = "try:\n    x\nexcept Exception:  # noqa: BLE001\n    pass\n"
    assert broad_handlers_without_reason(silent) == [3]
    assert broad_handlers_without_reason(silent.replace("01\n", "01  told in the report\n")) == []
    assert broad_handlers_without_reason("try:\n    x\nexcept Exception:\n    raise\n") == []
    assert MACHINE_PATH.search("see /" + "root/x") and not MACHINE_PATH.search("https://a.b/x/y")
