"""`saveguard diff`: print how two saved models differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from saveguard.cli import exits
from saveguard.cli.inspect import opened, stop
from saveguard.cli.options import format_option

if TYPE_CHECKING:
    from saveguard.examine.difference import Difference


@click.command("diff")
@click.argument("before", type=click.Path())
@click.argument("after", type=click.Path())
@click.option("--strict", is_flag=True, help="Exit with 3 where something is not compared.")
@format_option
@click.pass_context
def command(context: click.Context, before: str, after: str, strict: bool, form: str) -> None:
    """Say how the saved model AFTER differs from BEFORE: configuration and weights.

    The two may be of different layouts and ages; arrays are streamed. Exits with 0 where no
    difference was found, with 1 where one was, with 2 where a file is no saved model.

    \b
      saveguard diff epoch-3.keras epoch-9.keras
      saveguard diff old.h5 migrated.keras --strict
      saveguard diff s3://bucket/m.keras.prev s3://bucket/m.keras
    """
    from saveguard.errors import SaveguardError
    from saveguard.examine.diff import of
    from saveguard.remote.near import near

    try:
        with near(before) as one, near(after) as other:
            found = of(opened(context, before, one), opened(context, after, other))
    except SaveguardError as error:
        stop(context, str(error.report))
    click.echo(found.to_json() if form == "json" else str(found))
    context.exit(_exit_code(found, strict=strict))


def _exit_code(found: Difference, *, strict: bool) -> int:
    if not found.same:
        return exits.FINDINGS
    return exits.NOT_READ if strict and found.not_compared else exits.CLEAN
