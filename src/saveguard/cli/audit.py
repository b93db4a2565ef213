"""`saveguard audit`: a data set of any size, held against what a model expects."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from saveguard.cli import exits
from saveguard.cli.options import color_option, print_report
from saveguard.examine.settings import FORMS

if TYPE_CHECKING:
    from saveguard.data.result import Audit

_FORMS = tuple(dict.fromkeys((*FORMS, "html")))
_ENGINES = ("local", "processes", "ray")


def _share(_context: click.Context, _option: click.Parameter, given: str) -> float:
    """`0.1` or `10%`."""
    try:
        share = float(given.removesuffix("%")) / (100 if given.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise click.BadParameter(f"{given!r} is no share of the data, such as 0.1 or 10%")
    return share


def _columns(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """`tokens=input_ids`; `x=a,b,c` for an input whose values are several columns."""
    for one in given:
        if "=" not in one:
            raise click.BadParameter(f"{one!r} is not INPUT=COLUMN")
    pairs = (one.partition("=") for one in given)
    return {name: tuple(column.split(",")) for name, _, column in pairs}


def _labels(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> str | dict[str, str] | None:
    """`label`, or `class=label` for the labels of one output of several."""
    if len(given) == 1 and "=" not in given[0]:
        return given[0]
    if any("=" not in one for one in given):
        raise click.BadParameter("of several, each is OUTPUT=COLUMN")
    pairs = (one.partition("=") for one in given)
    return {output: column for output, _, column in pairs} or None


@click.command("audit")
@click.argument("data", nargs=-1, required=True, metavar="DATA...")
@click.option("--contract", metavar="MODEL|FILE|LINE", help="What the data are held against.")
@click.option("--test", metavar="DATA", help="Other data, of which no row may be among these.")
@click.option(
    "--labels",
    multiple=True,
    callback=_labels,
    metavar="[OUTPUT=]COLUMN",
    help="The column that has the labels; of several outputs, one for each.",
)
@click.option("--classes", type=int, help="How many classes there are.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_columns,
    help="Which column feeds an input.",
    metavar="INPUT=COLUMN",
)
@click.option("--engine", type=click.Choice(_ENGINES), default="local", show_default=True)
@click.option("--workers", type=click.IntRange(1), help="How many; by default one a core.")
@click.option("--memory", type=click.IntRange(96), default=512, help="Megabytes that may be held.")
@click.option("--sample", default="1", callback=_share, help="The share of the data to read: 10%.")
@click.option("--resume", type=click.Path(), help="Keep finished parts here, and go on with them.")
@click.option(
    "--impact",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Train copies of the model for so long, with and without the defective rows.",
)
@click.option("--strict", is_flag=True, help="Exit with 3 where something is not read.")
@click.option("--format", "form", type=click.Choice(_FORMS), default="text", show_default=True)
@color_option
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
@click.pass_context
def command(context: click.Context, /, data: tuple[str, ...], **options: Any) -> None:
    """Look at a whole data set: files, folders, globs or addresses, of any known format.

    \b
      saveguard audit train/ --contract model.keras --labels label
      saveguard audit 'train/*.parquet' --contract 'tokens: int32[batch, time<=128] pad=0'
      saveguard audit train/ --test test/ --engine ray --resume audit.jsonl
    """
    from saveguard.errors import SaveguardError

    try:
        _can_measure(options)
        report = _with_impact(_audit(data, options), data, options)
    except SaveguardError as error:
        print_report(error.report, options["form"], options["color"])
        context.exit(exits.COULD_NOT_RUN)
    except (OSError, ValueError) as error:
        click.echo(str(error), err=True)
        context.exit(exits.COULD_NOT_RUN)
    print_report(report, options["form"], options["color"])
    context.exit(_exit_code(report, strict=options["strict"]))


def _audit(data: tuple[str, ...], options: dict[str, Any]) -> Audit:
    from saveguard.cli.rate import Rate
    from saveguard.data.audit import audit

    names = ("contract", "test", "labels", "classes", "columns", "engine", "workers", "sample")
    # Ray tells on stdout that a worker ended, where the report alone belongs.
    apart = contextlib.redirect_stdout(sys.stderr)
    with Rate(sys.stderr, quiet=options["quiet"]) as rate, apart:
        return audit(
            data,
            **{name: options[name] for name in names},
            resume=options["resume"],
            memory=options["memory"] << 20,
            progress=rate.show,
        )


def _with_impact(report: Audit, data: tuple[str, ...], options: dict[str, Any]) -> Audit:
    """The report, with what the defective rows do to the model where that is asked for."""
    if options["impact"] is None or report.stopped:
        return report
    import msgspec

    from saveguard.errors import SaveguardError
    from saveguard.training.impact import impact

    named = {name: options[name] for name in ("labels", "columns", "classes")}
    try:
        found = impact(options["contract"], data, seconds=options["impact"], **named)
    except (SaveguardError, OSError, ValueError) as error:
        # What the audit found is not lost with it.
        why = f"impact: not measured: {str(error).splitlines()[0]}"
        return msgspec.structs.replace(report, not_read=(*report.not_read, why))
    return msgspec.structs.replace(report, read=(*report.read, *str(found).splitlines()))


def _can_measure(options: dict[str, Any]) -> None:
    if options["impact"] is None:
        return
    if not options["contract"] or not options["labels"]:
        raise ValueError("--impact needs a saved model (--contract) and its labels (--labels)")
    if ":" in options["contract"] and not os.path.exists(options["contract"]):
        line = options["contract"]
        raise ValueError(f"--impact trains a saved model, and --contract is a line: {line}")


def _exit_code(report: Audit, *, strict: bool) -> int:
    if report.stopped:
        return exits.INTERRUPTED
    if not report.summary.parts and not report.summary.rows:
        return exits.COULD_NOT_RUN
    return exits.exit_code(report, strict=strict)
