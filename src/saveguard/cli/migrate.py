"""`saveguard migrate`: an old model, or a folder of them, as files of today's Keras."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from saveguard.cli import exits
from saveguard.cli.options import format_option

if TYPE_CHECKING:
    from saveguard.migration.folder import Done


@click.command("migrate")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path(), required=False)
@click.option("--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@click.option("--diff", is_flag=True, help="Show how the configuration would change.")
@click.option("--show-lambdas", is_flag=True, help="Show what the file has of each Lambda.")
@click.option(
    "--custom", multiple=True, metavar="MODULE:CLASS", help="A class of the model; repeatable."
)
@click.option("--golden", type=click.Path(), help="An .npz of inputs and the old outputs.")
@click.option("--python", type=click.Path(), help="An interpreter with the old version.")
@click.option("--with-uv", metavar="RELEASE", help="Make one: 'tensorflow==2.4.*', or auto.")
@click.option("--overwrite", is_flag=True, help="Replace NEW where it exists.")
@click.option("--strict", is_flag=True, help="Exit with 3 where nothing is proven.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
@format_option
@click.pass_context
def command(
    context: click.Context,
    /,
    old: str,
    new: str | None,
    *,
    dry_run: bool,
    diff: bool,
    **options: Any,
) -> None:
    """Write the model in OLD as NEW, a .keras file of today's Keras, proven to answer the same.

    OLD is .h5 of Keras 1, 2 or tf.keras, .keras of any release, a SavedModel folder, or a folder
    of such; it is never written to, and nothing in it is executed. The old version's answers come
    from one of --golden, --python and --with-uv; without them the result is "not proven".

    \b
      saveguard migrate old.h5 --dry-run
      saveguard migrate old.h5 new.keras --with-uv auto
      saveguard migrate models/ migrated/ --python /envs/tf2.4/bin/python
    """
    lambdas = options.pop("show_lambdas")
    if dry_run or diff or lambdas:
        context.exit(_show(old, options["custom"], diff=diff, lambdas=lambdas))
    if new is None:
        raise click.UsageError("NEW is missing: the file, or of a folder the folder, to write")
    if options["golden"] and _is_many(old):
        raise click.UsageError("--golden is of one model, and OLD is a folder of several")
    found = _migrated(old, new, options)
    _print(found, many=_is_many(old), form=options["form"])
    context.exit(_exit_code(found, strict=options["strict"], many=_is_many(old)))


def _show(old: str, custom: tuple[str, ...], *, diff: bool, lambdas: bool) -> int:
    """Print the plan of each archive; nothing of Keras is imported for it."""
    from saveguard.errors import SaveguardError
    from saveguard.examine import find
    from saveguard.migration import plan, shown

    names = [one.partition("=")[0].rpartition(":")[2] for one in custom]
    code = exits.CLEAN
    for found in find.archives([old]):
        try:
            planned = plan(found.path, custom=names)
        except (SaveguardError, OSError) as error:
            click.echo(str(error).strip(), err=True)
            code = exits.COULD_NOT_RUN
            continue
        click.echo(shown.difference(planned) if diff else shown.steps(planned))
        if lambdas:
            click.echo(shown.lambdas(planned))
        code = exits.FINDINGS if planned.needs and not code else code
    return code


def _is_many(old: str) -> bool:
    from saveguard.examine import find

    return os.path.isdir(old) and not find.is_archive_folder(old)


def _migrated(old: str, new: str, options: dict[str, Any]) -> list[Done]:
    from saveguard.migration import folder

    keys = ("custom", "golden", "python", "with_uv", "overwrite")
    given = {key: options[key] for key in keys if options[key]}
    if not _is_many(old):
        return [folder.done(old, new, given)]
    from saveguard.cli.progress import shown

    pairs = folder.pairs(old, new)
    migrated = folder.migrated(pairs, given)
    return list(shown(migrated, len(pairs), quiet=options["quiet"]))


def _print(found: list[Done], *, many: bool, form: str) -> None:
    import msgspec

    from saveguard.migration import shown

    if form == "json":
        told = {"schema_version": 1, "files": found}
        click.echo(msgspec.json.encode(told).decode())
    elif many:
        click.echo(shown.table(found))
    else:
        click.echo(str(found[0].receipt or found[0].report).strip())


def _exit_code(found: list[Done], *, strict: bool, many: bool) -> int:
    verdicts = {one.verdict for one in found}
    if "differs" in verdicts or (many and "not migrated" in verdicts):
        return exits.FINDINGS
    if "not migrated" in verdicts:
        return exits.COULD_NOT_RUN
    return exits.NOT_READ if strict and "not proven" in verdicts else exits.CLEAN
