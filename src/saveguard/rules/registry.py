"""Find rules by code, and let all of them look at some facts."""

from __future__ import annotations

import functools
import importlib
from types import ModuleType
from typing import Any

from saveguard.codes import CODES
from saveguard.finding import Finding
from saveguard.rule import Rule
from saveguard.rules.senses import SENSES


@functools.cache
def module(code: str) -> ModuleType:
    """The module of the rule with this code.

    Raises:
        KeyError: If there is no such code.
    """
    return importlib.import_module(f"saveguard.rules.{CODES[code]}")


def rule(code: str) -> Rule:
    """The rule with this code.

    Raises:
        KeyError: If there is no such code.
    """
    found = module(code).rule
    assert isinstance(found, Rule)
    return found


def page(code: str) -> str:
    """The page that explains the rule: its module's docstring, in Markdown.

    Raises:
        KeyError: If there is no such code.
    """
    import inspect  # slow to import, and no sense asks for a page

    return inspect.cleandoc(module(code).__doc__ or "")


def all_rules() -> list[Rule]:
    """Every rule, by code."""
    return [rule(code) for code in sorted(CODES)]


@functools.cache
def sensing(sense: str) -> tuple[Rule, ...]:
    """The rules that have this sense, by code; the modules of the others are not imported.

    A rule that `rules.senses` does not know yet is imported and asked.
    """
    codes = [code for code in sorted(CODES) if sense in SENSES.get(code, (sense,))]
    return tuple(found for found in map(rule, codes) if sense in found.senses)


def notice(sense: str, facts: Any) -> tuple[Finding, ...]:
    """The findings of every rule that has this sense, best first."""
    found = [finding for rule in sensing(sense) for finding in rule.notice(sense, facts)]
    return tuple(sorted(found, key=lambda finding: finding.rank))


def notice_error(error: BaseException, stage: str, where: str) -> tuple[Finding, ...]:
    """The findings of every rule whose signature an exception matches, best first."""
    rules = sensing("traceback")
    found = [finding for rule in rules for finding in rule.notice_error(error, stage, where)]
    return tuple(sorted(found, key=lambda finding: finding.rank))
