"""`saveguard rules`: list every root cause that Saveguard knows."""

from __future__ import annotations

import json
from typing import Any

import click

from saveguard.cli.options import format_option

SCHEMA_VERSION = 1


@click.command("rules")
@format_option
def command(form: str) -> None:
    """List every rule: its code, name, the senses that notice it, and what it is about."""
    from saveguard.report import page
    from saveguard.rules import registry

    rows = [
        {
            "code": rule.code,
            "name": rule.name,
            "since": rule.since,
            "senses": rule.senses,
            "headline": page.headline(registry.page(rule.code)),
        }
        for rule in registry.all_rules()
    ]
    if form == "json":
        click.echo(json.dumps({"schema_version": SCHEMA_VERSION, "rules": rows}, indent=2))
    else:
        click.echo("\n".join(_lines(rows)))


def _lines(rows: list[dict[str, Any]]) -> list[str]:
    width = max((len(row["name"]) for row in rows), default=0)
    return [f"{row['code']}  {row['name']:{width}}  {row['headline']}" for row in rows]
