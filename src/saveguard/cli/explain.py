"""`saveguard explain`: the page of a rule, or what a traceback means."""

from __future__ import annotations

import os
import re
import sys

import click

from saveguard.cli import exits
from saveguard.cli.options import color_option, format_option
from saveguard.codes import CODES

_CODE = re.compile(r"SG\d{3}", re.IGNORECASE)


@click.command("explain")
@click.argument("problem", metavar="CODE|FILE|-", default="-")
@format_option
@color_option
@click.pass_context
def command(context: click.Context, /, problem: str, form: str, color: str) -> None:
    """Print what CODE means, or what is wrong in the traceback in FILE, or on stdin (-).

    CODE is a code as findings carry it, SG402, or a rule's name, untracked-variables. The
    traceback may be cut, quoted, coloured, from a log or a notebook, or its last line alone.

    \b
      saveguard explain SG402
      saveguard explain train.log
      python train.py 2>&1 | saveguard explain -
    """
    if problem == "-" or (not _CODE.fullmatch(problem) and os.path.isfile(problem)):
        _explain(context, problem, form, color)
        return
    from saveguard.report import page
    from saveguard.rules import registry

    known = problem.upper() if problem.upper() in CODES else _code_of(problem)
    if known is None:
        click.echo(f"no rule has the code or name {problem!r}{_suggestion(problem)}", err=True)
        context.exit(exits.COULD_NOT_RUN)
    click.echo(f"{page.heading(registry.rule(known))}\n\n{registry.page(known)}")


def _explain(context: click.Context, name: str, form: str, color: str) -> None:
    from saveguard.cli.paste import explain

    if name == "-" and sys.stdin.isatty():
        click.echo("paste the traceback, then press Ctrl-D", err=True)
    try:
        context.exit(explain(name, form, color))
    except OSError as error:
        click.echo(f"{name}: {error.strerror}", err=True)
        context.exit(exits.COULD_NOT_RUN)


def _code_of(name: str) -> str | None:
    from saveguard.rules import registry

    return {rule.name: rule.code for rule in registry.all_rules()}.get(name.lower())


def _suggestion(unknown: str) -> str:
    import difflib

    from saveguard.rules import registry

    names = [rule.name for rule in registry.all_rules()]
    codes = difflib.get_close_matches(unknown.upper(), CODES, n=len(CODES))
    near = sorted(codes, key=lambda code: (-_likeness(unknown.upper(), code), code))[:3]
    near = near or difflib.get_close_matches(unknown.lower(), names)
    told = f"; did you mean {', '.join(near)}?" if near else ""
    return f"{told}; `saveguard rules` lists them all"


def _likeness(unknown: str, code: str) -> float:
    """How alike two codes are; of codes that are equally near, the first is the likelier."""
    import difflib

    return difflib.SequenceMatcher(None, unknown, code).ratio()
