"""`saveguard explain`: print the page of a rule."""

from __future__ import annotations

import difflib

import click

from saveguard.cli import exits
from saveguard.codes import CODES


@click.command("explain")
@click.argument("code")
@click.pass_context
def command(context: click.Context, code: str) -> None:
    """Print what CODE means: what happens, why, and what mends it.

    CODE is a code as findings carry it, SG402, or a rule's name, untracked-variables.
    """
    from saveguard.report import page
    from saveguard.rules import registry

    known = code.upper() if code.upper() in CODES else _code_of(code)
    if known is None:
        click.echo(f"no rule has the code or name {code!r}{_suggestion(code)}", err=True)
        context.exit(exits.COULD_NOT_RUN)
    click.echo(f"{page.heading(registry.rule(known))}\n\n{registry.page(known)}")


def _code_of(name: str) -> str | None:
    from saveguard.rules import registry

    return {rule.name: rule.code for rule in registry.all_rules()}.get(name.lower())


def _suggestion(unknown: str) -> str:
    from saveguard.rules import registry

    names = [rule.name for rule in registry.all_rules()]
    codes = difflib.get_close_matches(unknown.upper(), CODES, n=len(CODES))
    near = sorted(codes, key=lambda code: (-_likeness(unknown.upper(), code), code))[:3]
    near = near or difflib.get_close_matches(unknown.lower(), names)
    told = f"; did you mean {', '.join(near)}?" if near else ""
    return f"{told}; `saveguard rules` lists them all"


def _likeness(unknown: str, code: str) -> float:
    """How alike two codes are; of codes that are equally near, the first is the likelier."""
    return difflib.SequenceMatcher(None, unknown, code).ratio()
