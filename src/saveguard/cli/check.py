"""`saveguard check`: say of saved models what is wrong with them, without a framework."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from saveguard.cli import exits
from saveguard.cli.options import color_option, print_report
from saveguard.examine.settings import FORMS, Settings

if TYPE_CHECKING:
    from saveguard.finding import Report


def _codes(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> Any:
    return tuple(code.strip() for one in given for code in one.split(",")) or None


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(), metavar="PATH...")
@click.option("--keras", metavar="X.Y", help="The release of Keras that is to load the files.")
@click.option("--strict/--no-strict", default=None, help="Exit with 3 where something is not read.")
@click.option("--select", multiple=True, callback=_codes, help="Only these codes: SG3,SG101.")
@click.option("--ignore", multiple=True, callback=_codes, help="Not these codes.")
@click.option("--baseline", type=click.Path(), help="A file of findings that are known.")
@click.option("--write-baseline", is_flag=True, help="Write the findings there as known.")
@click.option("--reason", default="", help="Why they may stay, for --write-baseline.")
@click.option("--config", type=click.Path(), help="A pyproject.toml; by default the nearest.")
@click.option("--format", "form", type=click.Choice(FORMS), help="How to print the result.")
@color_option
@click.option("--quiet", "-q", is_flag=True, help="No progress and no hints on stderr.")
@click.pass_context
def command(context: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:
    """Check saved models: files, folders or globs, in any layout that Keras ever wrote.

    \b
      saveguard check model.keras
      saveguard check models/ --keras 3.12 --strict
      saveguard check 'runs/**/*.h5' --select SG1,SG3 --format sarif
    """
    from saveguard.examine.settings import Refused

    try:
        settings = _settings(options)
        report = _report(paths, settings, options["quiet"])
        if options["write_baseline"]:
            _write_baseline(report, settings, options["reason"])
            context.exit(exits.CLEAN)
        report = _without_known(report, settings, options["quiet"])
    except Refused as error:
        click.echo(str(error), err=True)
        context.exit(exits.COULD_NOT_RUN)
    print_report(report, settings.format, options["color"])
    if settings.format == "github":
        _write_summary(report)
    context.exit(_exit_code(report, settings))


def _settings(options: dict[str, Any]) -> Settings:
    """What the command line says, then what the nearest pyproject.toml says."""
    import msgspec

    from saveguard.examine import settings

    path = options["config"] or settings.nearest()
    told = settings.load(path) if path else Settings()
    names = {
        "form": "format",
        **{n: n for n in ("keras", "strict", "select", "ignore", "baseline")},
    }
    given = {key: options[name] for name, key in names.items() if options[name] is not None}
    for key in ("select", "ignore"):
        settings.refuse_unknown_codes(given.get(key, ()), f"--{key}")
    wanted = msgspec.structs.replace(told, **given)
    place = "--keras" if options["keras"] else f"[{settings.TABLE}] in {path}"
    settings.refuse_unknown_releases(wanted, place)
    return wanted


def _report(paths: tuple[str, ...], settings: Settings, quiet: bool) -> Report:
    """The report on all archives under `paths`, from processes that read them."""
    from saveguard.cli.progress import shown
    from saveguard.examine.check import merged
    from saveguard.examine.find import archives
    from saveguard.examine.team import looked_at

    found = list(archives(paths))
    return merged(paths, shown(looked_at(found, settings), len(found), quiet=quiet))


def _exit_code(report: Report, settings: Settings) -> int:
    if not report.files:
        return exits.COULD_NOT_RUN
    return exits.exit_code(report, strict=settings.strict)


def _without_known(report: Report, settings: Settings, quiet: bool) -> Report:
    if not settings.baseline:
        return report
    from saveguard.examine import baseline

    folder = os.path.dirname(settings.baseline)
    known = baseline.load(settings.baseline)
    told, expired, gone = baseline.apply(report, known, folder)
    for entry in () if quiet else expired:
        what = f"{entry.code} in {entry.file} is known no longer: expired on {entry.expires}"
        click.echo(f"{settings.baseline}: {what}", err=True)
    if gone and not quiet:
        some = "1 entry is" if len(gone) == 1 else f"{len(gone)} entries are"
        what = f"{some} found no more; --write-baseline drops {'it' if len(gone) == 1 else 'them'}"
        click.echo(f"{settings.baseline}: {what}", err=True)
    return told


def _write_baseline(report: Report, settings: Settings, reason: str) -> None:
    from saveguard.examine import baseline

    path = settings.baseline or baseline.NAME
    old = baseline.load(path) if os.path.exists(path) else baseline.Baseline()
    count = baseline.write(path, report.findings, old, reason=reason)
    click.echo(f"{path}: {count} finding{'s' * (count != 1)} written as known", err=True)


def _write_summary(report: Report) -> None:
    """Add the result to the summary of the GitHub workflow that runs this."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from saveguard.report import github

    with open(path, "a", encoding="utf-8") as file:
        file.write(github.summary(report))
