"""`saveguard verify`: have a fresh process reload a file and say whether it comes back."""

from __future__ import annotations

import click

from saveguard.cli import exits
from saveguard.cli.options import color_option, page_option, print_report


@click.command("verify")
@click.argument("model", type=click.Path())
@click.option(
    "--python",
    type=click.Path(),
    help="An interpreter with Keras, of another environment; Saveguard is not needed there.",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long the proof may take.",
)
@click.option(
    "--import",
    "modules",
    multiple=True,
    metavar="MODULE",
    help="Import this module there first; it registers custom classes. May be repeated.",
)
@click.option(
    "--preprocessing",
    metavar="MODULE:NAME|no",
    help="Where the preprocessing lies now that the file records; `no` leaves it out.",
)
@click.option("--strict", is_flag=True, help="Exit with 3 where something could not be compared.")
@page_option
@color_option
@click.pass_context
def command(
    context: click.Context,
    model: str,
    python: str | None,
    limit: float | None,
    modules: tuple[str, ...],
    preprocessing: str | None,
    strict: bool,
    form: str,
    color: str,
) -> None:
    """Prove that MODEL, a .keras or .h5 file, comes back in a fresh process.

    \b
      saveguard verify model.keras
      saveguard verify model.keras --python /production/bin/python
      saveguard verify model.keras --import shop.layers --format json
    """
    from saveguard.errors import SaveguardError
    from saveguard.persist import proof
    from saveguard.persist.verify import verify

    seconds = proof.LIMIT if limit is None else limit
    try:
        report = verify(
            model,
            python=python,
            limit=seconds,
            modules=modules,
            preprocessing=False if preprocessing == "no" else preprocessing,
        )
    except SaveguardError as error:
        print_report(error.report, form, color)
        context.exit(exits.COULD_NOT_RUN)
    print_report(report, form, color)
    context.exit(exits.exit_code(report, strict=strict))
