"""Write docs/report.schema.json, the JSON Schema of every report, from the values themselves.

python tools/schema.py            write it
python tools/schema.py --check    exit with 1 where it is not what it would write
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from saveguard.finding import SCHEMA_VERSION, Examined, Finding, Report

FILE = Path(__file__).resolve().parent.parent / "docs" / "report.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def text() -> str:
    """The text of the schema; what the values' docstrings say of a key is its description."""
    (schema,), parts = msgspec.json.schema_components((Report,), ref_template="#/$defs/{name}")
    for kind in (Report, Finding, Examined):
        told = described(kind)
        parts[kind.__name__]["description"] = told.pop("")
        for key, description in told.items():
            parts[kind.__name__]["properties"][key]["description"] = description
    parts["Report"]["properties"]["schema_version"]["const"] = SCHEMA_VERSION
    whole: dict[str, Any] = {"$schema": DIALECT, "title": "A report of Saveguard", **schema}
    return json.dumps({**whole, "$defs": dict(sorted(parts.items()))}, indent=2) + "\n"


def described(kind: type) -> dict[str, str]:
    """What a docstring says: its first line under the empty key, then each of its attributes."""
    told, key = {"": ""}, ""
    for line in inspect.cleandoc(kind.__doc__ or "").splitlines():
        if line.startswith("        "):
            told[key] += f" {line.strip()}"
        elif line.startswith("    "):
            key, _, first = line.strip().partition(": ")
            told[key] = first
        elif not told[""]:
            told[""] = line
    return told


def main(arguments: list[str] | None = None) -> int:
    """Write or check the schema; 0 when it is as it should be."""
    parser = argparse.ArgumentParser(description="Write docs/report.schema.json.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    if not parser.parse_args(arguments).check:
        FILE.write_text(text(), encoding="utf-8")
        return 0
    if FILE.is_file() and FILE.read_text(encoding="utf-8") == text():
        return 0
    print("docs/report.schema.json is stale; run `make schema`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
