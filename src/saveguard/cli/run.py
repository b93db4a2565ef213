"""`saveguard run`: run a script, and explain the exception that ends it."""

from __future__ import annotations

import click

from saveguard.cli import exits


@click.command(
    "run",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("-m", "module", is_flag=True, help="SCRIPT is the name of a module.")
@click.argument("script")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(
    context: click.Context, /, script: str, arguments: tuple[str, ...], *, module: bool
) -> None:
    """Run SCRIPT as python does, with a diagnosis under the traceback that ends it.

    \b
      saveguard run train.py --epochs 3
      saveguard run -m project.train
    """
    import os

    if not module and not os.path.isfile(script):
        click.echo(f"no script at {script!r}", err=True)
        context.exit(exits.COULD_NOT_RUN)
    context.exit(_run(script, arguments, module=module))


def _run(script: str, arguments: tuple[str, ...], *, module: bool) -> int:
    """Run it in this process; returns its exit code."""
    import os
    import runpy
    import sys

    from saveguard.diagnosis import hooks

    sys.argv = [script, *arguments]
    sys.path.insert(0, os.getcwd() if module else os.path.dirname(os.path.abspath(script)))
    hooks.install()
    try:
        if module:
            runpy.run_module(script, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(script, run_name="__main__")
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001  told as python tells it, with its exit code
        first = error.__traceback__
        while first and first.tb_next and _is_ours(first.tb_frame.f_code.co_filename):
            first = first.tb_next
        sys.excepthook(type(error), error.with_traceback(first), first)
        return exits.INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _is_ours(file: str) -> bool:
    """Whether a frame is of what runs the script, and not of the script."""
    import os

    return (
        file == __file__ or os.path.basename(file) == "runpy.py" or file.startswith("<frozen runpy")
    )
