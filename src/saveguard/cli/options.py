"""Options that several commands share."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from saveguard.finding import Report

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the result.",
)

page_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="How to print the result.",
)

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text; auto heeds NO_COLOR, FORCE_COLOR and the terminal.",
)


def print_report(report: Report, form: str, color: str = "auto") -> None:
    """Print a report to stdout, in the form and the colour that were asked for."""
    if form != "text":
        click.echo(_rendered(report, form))
        return
    from saveguard.report import text

    colored = text.wants_color(color, os.environ, terminal=sys.stdout.isatty())
    click.echo(text.render(report, colored=colored), color=colored)


def _rendered(report: Report, form: str) -> str:
    """The report for a program; a form's module is imported where it is asked for."""
    renderer = importlib.import_module(f"saveguard.report.{form}")
    if form == "sarif":
        from saveguard.rules import registry

        return str(renderer.render(report, {code: registry.page(code) for code in report.codes}))
    return str(renderer.render(report))
