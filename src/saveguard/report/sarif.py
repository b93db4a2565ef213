"""A report as SARIF 2.1.0, which code scanning services and editors read.

The limits are those of GitHub's code scanning:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from saveguard.report import page
from saveguard.version import __version__

if TYPE_CHECKING:
    from saveguard.finding import Finding, Report

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
# GitHub refuses a run with more results than this.
RESULTS = 25_000
# What is found in a binary file has no line, and GitHub wants one.
_REGION = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}
_LINK = re.compile(r"https://[^\s)>`]+")
_SEVERITY = "8.0"


def render(report: Report, pages: Mapping[str, str], *, indent: int | None = 1) -> str:
    """The report as the text of a SARIF file; certain is `error`, likely `warning`.

    Args:
        pages: The page of each rule that found something, by code (`registry.page`).
    """
    codes = {code: index for index, code in enumerate(report.codes)}
    results = [_result(finding, codes) for finding in report.findings[:RESULTS]]
    run = {
        "tool": {"driver": _driver(report, codes, pages)},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _left(report)}],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the working directory"}}},
        "columnKind": "utf16CodeUnits",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=indent)


def _driver(report: Report, codes: Mapping[str, int], pages: Mapping[str, str]) -> dict[str, Any]:
    names = {finding.code: finding.name for finding in report.findings}
    return {
        "name": "saveguard",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(code, names[code], pages.get(code, "")) for code in codes],
    }


def _rule(code: str, name: str, text: str) -> dict[str, Any]:
    headline = page.headline(text) or name
    what = page.section(text, "What happens") or headline
    security = code.startswith("SG3")
    link = _LINK.search(page.section(text, "References"))
    told: dict[str, Any] = {
        "id": code,
        "name": name,
        "shortDescription": {"text": headline},
        "fullDescription": {"text": " ".join(what.split())},
        "help": {"text": text or headline, "markdown": f"# {text}" if text else headline},
        "properties": {"tags": ["security" if security else "reliability"]},
    }
    if link:
        told["helpUri"] = link[0]
    if security:
        told["properties"]["security-severity"] = _SEVERITY
    return told


def _result(finding: Finding, codes: Mapping[str, int]) -> dict[str, Any]:
    parts = [finding.message, finding.why, f"Fix: {finding.fix}", *finding.evidence]
    return {
        "ruleId": finding.code,
        "ruleIndex": codes[finding.code],
        "level": finding.level,
        "message": {"text": "\n".join(parts)},
        "locations": [_location(finding)],
        "partialFingerprints": {"saveguard/v1": finding.fingerprint},
        "properties": {"certainty": finding.certainty},
    }


def _location(finding: Finding) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if finding.file:
        told["physicalLocation"] = {"artifactLocation": _artifact(finding.file), "region": _REGION}
    if finding.where not in ("", finding.file):
        kind = "member" if "$" not in finding.where else "object"
        told["logicalLocations"] = [{"fullyQualifiedName": finding.where, "kind": kind}]
    return told


def _artifact(path: str) -> dict[str, str]:
    """Relative to the working directory where it lies there, as GitHub wants it."""
    inside = os.path.relpath(path).replace(os.sep, "/")
    if inside.startswith("../"):
        return {"uri": "file://" + quote(os.path.abspath(path).replace(os.sep, "/"))}
    return {"uri": quote(inside), "uriBaseId": "%SRCROOT%"}


def _left(report: Report) -> list[dict[str, Any]]:
    """What was not read, and how many results are over the limit."""
    told: list[dict[str, Any]] = [
        {
            "level": "warning",
            "message": {"text": f"not read: {text}"},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(file.path)}}],
        }
        for file in report.files
        for text in file.not_read
    ]
    over = len(report.findings) - RESULTS
    if over > 0:
        text = f"{over:,} more findings are over the limit of {RESULTS:,} results"
        told.insert(0, {"level": "error", "message": {"text": text}})
    return told
