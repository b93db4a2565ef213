"""`saveguard inspect`: print what a saved model is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from saveguard.cli import exits
from saveguard.cli.options import format_option

if TYPE_CHECKING:
    from saveguard.facts import ArchiveFacts


@click.command("inspect")
@click.argument("path", type=click.Path())
@click.option("--config", is_flag=True, help="Print the configuration alone, as JSON.")
@click.option("--arrays", is_flag=True, help="List every array, too.")
@click.option("--strict", is_flag=True, help="Exit with 3 where something is not read.")
@format_option
@click.pass_context
def command(
    context: click.Context, path: str, config: bool, arrays: bool, strict: bool, form: str
) -> None:
    """Say what a saved model is: layers, inputs, sizes, versions, and what proved it.

    No framework is needed, and nothing of the file is executed.

    \b
      saveguard inspect model.keras
      saveguard inspect model.h5 --format json
      saveguard inspect model.keras --config | jq .config.name
    """
    facts = opened(context, path, arrays=not config)
    if config:
        _print_configuration(context, facts)
    else:
        from saveguard.examine.inspect import of

        inspection = of(facts)
        click.echo(inspection.to_json() if form == "json" else inspection.text(arrays=arrays))
    if strict and facts.unread:
        context.exit(exits.NOT_READ)


def opened(
    context: click.Context, path: str, copy: str = "", *, arrays: bool = True
) -> ArchiveFacts:
    """What a saved model's file says; the program ends where it is none.

    Args:
        copy: Where what lies at an address was brought to.
    """
    import msgspec

    from saveguard.errors import SaveguardError
    from saveguard.remote.far import structure

    try:
        facts = structure(copy or path, arrays=arrays)
    except SaveguardError as error:
        stop(context, str(error.report))
    except OSError as error:
        stop(context, f"{path}: {error.strerror or error}")
    if not facts.layout:
        stop(context, f"{path}: {_why_not(facts)}")
    return msgspec.structs.replace(facts, path=path)


def _print_configuration(context: click.Context, facts: ArchiveFacts) -> None:
    from saveguard.examine import configuration

    found = configuration.of(facts)
    if found is None:
        told = "".join(f"; {part.what}: {part.why}" for part in facts.unread)
        stop(context, f"{facts.path}: it holds no configuration{told}")
    click.echo(configuration.text(found, terminal=sys.stdout.isatty()))


def _why_not(facts: ArchiveFacts) -> str:
    if facts.content == "missing":
        near = f"; did you mean {', '.join(facts.near)}?" if facts.near else ""
        return f"there is no such file{near}"
    return f"no saved model (its content is {facts.content})"


def stop(context: click.Context, told: str) -> NoReturn:
    """Say why nothing can be done, and end the program."""
    from saveguard.finding import printable

    click.echo(printable(told), err=True)
    context.exit(exits.COULD_NOT_RUN)
