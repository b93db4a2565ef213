"""`saveguard config`: what `saveguard check` would look for here, and where that stands."""

from __future__ import annotations

import json

import click

from saveguard.cli import exits
from saveguard.cli.options import format_option


@click.command("config")
@click.option("--config", "path", type=click.Path(), help="A pyproject.toml; else the nearest.")
@click.option("--show-origin", is_flag=True, help="Also say where each setting stands.")
@format_option
@click.pass_context
def command(context: click.Context, path: str | None, show_origin: bool, form: str) -> None:
    """Print the settings of `saveguard check`, as the nearest pyproject.toml has them.

    \b
      saveguard config
      saveguard config --show-origin
    """
    from saveguard.examine import settings

    found = path or settings.nearest()
    try:
        told = settings.told(settings.load(found) if found else settings.Settings())
        there = settings.written(found) if found else ()
    except settings.Refused as error:
        click.echo(str(error), err=True)
        context.exit(exits.COULD_NOT_RUN)
    origins = {key: found if key in there else "default" for key in told}
    if form == "json":
        click.echo(json.dumps({"settings": told, "origins": origins}, indent=2))
        return
    for key, value in told.items():
        origin = f"  # {origins[key]}" if show_origin else ""
        click.echo(f"{key} = {_toml(value)}{origin}")


def _toml(value: object) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{json.dumps(key)} = {_toml(own)}" for key, own in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return json.dumps(value)
