"""Write known/opcodes.json: the instructions of each CPython, as its own `opcode` module has them.

    python tools/opcodes.py PYTHON2.7 PYTHON3.6 ...

Each release is written as its difference from the one before. What 3.5 has and 3.6 has not is
stated here: https://github.com/python/cpython/blob/3.5/Lib/opcode.py
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parents[1] / "src" / "saveguard" / "known" / "opcodes.json"
_ASK = """
import json, opcode, sys
caches = getattr(opcode, "_inline_cache_entries", {})
if isinstance(caches, list):
    caches = dict((opcode.opname[i], n) for i, n in enumerate(caches) if n)
print(json.dumps(["%d.%d" % sys.version_info[:2], opcode.HAVE_ARGUMENT, opcode.opname[:256], caches,
                  [sign for _, sign in getattr(opcode, "_nb_ops", [])]]))
"""
_UNNAMED = ("<", "CACHE", "RESERVED", "INSTRUMENTED")
_OF_3_5 = {"134": "MAKE_CLOSURE", "140": "CALL_FUNCTION_VAR", "141": "CALL_FUNCTION_KW",
           "142": "CALL_FUNCTION_VAR_KW", "152": "BUILD_TUPLE_UNPACK", "151":
           "BUILD_MAP_UNPACK_WITH_CALL"}  # fmt: skip
_SINCE_3_6 = ("85", "127", "155", "156", "157", "158")


def _table(python: str) -> tuple[str, dict[str, Any]]:
    told = subprocess.run([python, "-c", _ASK], check=True, capture_output=True, text=True).stdout
    release, first, names, caches, signs = json.loads(told)
    named = {str(i): name for i, name in enumerate(names) if not name.startswith(_UNNAMED)}
    return release, {"argument": first, "names": named, "caches": caches, "signs": signs}


def main() -> None:
    """Ask each interpreter that is named, and write the tables."""
    tables = dict(_table(python) for python in sys.argv[1:])
    older = {k: v for k, v in tables["3.6"]["names"].items() if k not in _SINCE_3_6}
    tables["3.5"] = tables["3.6"] | {"names": older | _OF_3_5}
    written, before = {}, dict[str, str]()
    for release in sorted(tables, key=lambda one: int(one.partition(".")[2]) + 99 * (one[0] > "2")):
        names = tables[release]["names"]
        changed: dict[str, str | None] = {k: v for k, v in names.items() if before.get(k) != v}
        changed |= {code: None for code in before if code not in names}
        written[release] = tables[release] | {"names": changed}
        before = names
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in written.items())
    TABLES.write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    main()
