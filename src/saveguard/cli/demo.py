"""`saveguard demo`: the main job on real data, as a story."""

from __future__ import annotations

import click


@click.command("demo")
@click.pass_context
def command(context: click.Context) -> None:
    """Show the main job on real data; exits with 0 only if every claim was observed."""
    from saveguard.demo.story import main

    context.exit(main())
