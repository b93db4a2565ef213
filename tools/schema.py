"""Write the JSON Schemas of reports, contracts and summaries into docs, from the values themselves.

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

from saveguard.contract import Axis, Contract, Input, Pair, Preprocessing
from saveguard.data.keys import Keys
from saveguard.data.summary import SCHEMA_VERSION as SUMMARY_VERSION
from saveguard.data.summary import Column, Seen, Summary, Witness
from saveguard.facts import Trouble, Troubles
from saveguard.finding import SCHEMA_VERSION, Examined, Finding, Report

FILE = Path(__file__).resolve().parent.parent / "docs" / "report.schema.json"
CONTRACT = FILE.with_name("contract.schema.json")
SUMMARY = FILE.with_name("summary.schema.json")
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def text() -> str:
    """The text of the report's schema."""
    schema = _schema("A report of Saveguard", Report, Finding, Examined)
    schema["$defs"]["Report"]["properties"]["schema_version"]["const"] = SCHEMA_VERSION
    return json.dumps(schema, indent=2) + "\n"


def contract() -> str:
    """The text of the contract's schema."""
    schema = _schema("A contract of Saveguard", Contract, Input, Axis, Preprocessing, Pair)
    return json.dumps(schema, indent=2) + "\n"


def summary() -> str:
    """The text of the summary's schema."""
    parts = (Column, Seen, Witness, Keys, Trouble, Troubles)
    schema = _schema("A summary of data, of Saveguard", Summary, *parts)
    schema["$defs"]["Summary"]["properties"]["schema_version"]["const"] = SUMMARY_VERSION
    return json.dumps(schema, indent=2) + "\n"


def _schema(title: str, whole: type, *others: type) -> dict[str, Any]:
    """A schema; what the values' docstrings say of a key is its description."""
    (schema,), parts = msgspec.json.schema_components((whole,), ref_template="#/$defs/{name}")
    for kind in (whole, *others):
        told = described(kind)
        parts[kind.__name__]["description"] = told.pop("")
        for key, description in told.items():
            for name in key.split(", "):
                parts[kind.__name__]["properties"][name]["description"] = description
    return {"$schema": DIALECT, "title": title, **schema, "$defs": dict(sorted(parts.items()))}


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
    parser = argparse.ArgumentParser(description="Write the JSON Schemas in docs.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    check, stale = parser.parse_args(arguments).check, 0
    for file, wanted in ((FILE, text()), (CONTRACT, contract()), (SUMMARY, summary())):
        if not check:
            file.write_text(wanted, encoding="utf-8")
        elif not file.is_file() or file.read_text(encoding="utf-8") != wanted:
            print(f"docs/{file.name} is stale; run `make schema`", file=sys.stderr)
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
