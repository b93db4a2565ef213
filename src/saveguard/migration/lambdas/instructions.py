"""The instructions of a function, by the tables of the Python that wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from reprlib import Repr

from saveguard.archive.bytecode import Code
from saveguard.facts import Frozen
from saveguard.known.opcodes import Opcodes, opcodes

Release = tuple[int, int]
_COMPARE = ("<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not", "exception match")
_SHIFTS = {(3, 12): 4, (3, 13): 5}
_CONSTANTS = ("LOAD_CONST", "RETURN_CONST", "KW_NAMES")
_FAST = ("LOAD_FAST", "STORE_FAST", "DELETE_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_AND_CLEAR")
_FREE = ("LOAD_DEREF", "STORE_DEREF", "LOAD_CLOSURE", "DELETE_DEREF", "MAKE_CELL")
_NAMES = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_ATTR", "LOAD_METHOD", "IMPORT_NAME", "IMPORT_FROM",
          "STORE_ATTR", "STORE_GLOBAL", "STORE_NAME")  # fmt: skip
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60


class Instruction(Frozen, frozen=True):
    """One instruction.

    Attributes:
        at: Its place, in bytes.
        name: As in the module `opcode`.
        argument: As it stands in the bytecode.
        told: The name, constant or sign that the argument means; empty where it means a number.
    """

    at: int
    name: str
    argument: int
    told: str = ""


def releases(code: Code) -> tuple[Release, ...]:
    """Those whose instructions it can be made of; the form of the code object tells most of it."""
    every = list(opcodes())
    forms = [(2, 7), (3, 5), (3, 8), (3, 11), (4, 0)]
    form = (3, 5) if code.form == (3, 0) else code.form
    end = forms[forms.index(form) + 1]
    return tuple(one for one in every if form <= one < end and _is_of(code, one))


def instructions(code: Code, release: Release) -> tuple[Instruction, ...]:
    """Its instructions, as `release` reads them.

    Raises:
        ValueError: If that release has no such instruction, name or constant.
    """
    table = opcodes()[release]
    try:
        return tuple(
            Instruction(at, name, argument, _told(code, release, table, name, argument))
            for at, name, argument in _words(code.code, release, table)
        )
    except (IndexError, KeyError) as error:
        raise ValueError("instructions of another release") from error


def _is_of(code: Code, release: Release) -> bool:
    if code.form == (3, 8) and (release == (3, 10)) != (sum(code.lines[::2]) == len(code.code)):
        return False  # 3.10 writes a length for every line, the others none for the last
    try:
        found = instructions(code, release)
    except ValueError:
        return False
    return bool(found) and found[-1].name.startswith(("RETURN", "RAISE", "RERAISE", "JUMP"))


def _words(raw: bytes, release: Release, table: Opcodes) -> Iterator[tuple[int, str, int]]:
    """Place, name and argument of each; extended arguments are put together, caches left out."""
    at = extended = 0
    while at < len(raw):
        start, name = at, table.names[raw[at]]
        argument, at = _argument(raw, at, release, table)
        argument |= extended
        if name == "EXTENDED_ARG":
            extended = argument << (8 if release >= (3, 6) else 16)
            continue
        extended = 0
        yield start, name, argument
        at += 2 * table.caches.get(name, 0)


def _argument(raw: bytes, at: int, release: Release, table: Opcodes) -> tuple[int, int]:
    """The argument of the instruction at `at`, and where the next one is."""
    if release >= (3, 6):
        return (raw[at + 1] if raw[at] >= table.argument else 0), at + 2
    if raw[at] < table.argument:
        return 0, at + 1
    return raw[at + 1] | raw[at + 2] << 8, at + 3


def _told(code: Code, release: Release, table: Opcodes, name: str, argument: int) -> str:
    if name in _CONSTANTS:
        held = code.constants[argument]
        return f"<the function {held.name}>" if isinstance(held, Code) else _SHORT.repr(held)
    if name in _FAST:
        return code.local[argument]
    if name in _FREE:
        return (code.local if release >= (3, 11) else code.free)[argument]
    if name in _NAMES:
        return code.names[argument >> _flags(name, release)]
    if name == "BINARY_OP":
        return table.signs[argument]
    if name == "COMPARE_OP":
        return _COMPARE[argument >> _SHIFTS.get(release, 0)]
    if name in ("LOAD_FAST_LOAD_FAST", "STORE_FAST_LOAD_FAST", "STORE_FAST_STORE_FAST"):
        return f"{code.local[argument >> 4]}, {code.local[argument & 15]}"
    return ""


def _flags(name: str, release: Release) -> int:
    """How many bits of the argument say something else than the name."""
    return int(
        (name == "LOAD_GLOBAL" and release >= (3, 11))
        or (name == "LOAD_ATTR" and release >= (3, 12))
    )
