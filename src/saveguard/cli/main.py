"""The command `saveguard`.

Exit codes: 0 clean, 1 certain findings, 2 could not run, 3 not fully read under `--strict`.
Results go to stdout, hints and errors to stderr. A command is imported when it is called, so that
those that explain load no framework.
"""

from __future__ import annotations

import difflib
import importlib
import platform
import traceback
from typing import Any

import click

from saveguard.cli import exits
from saveguard.version import __version__

COMMANDS = {
    "audit": "audit",
    "check": "check",
    "config": "config",
    "demo": "demo",
    "diff": "diff",
    "explain": "explain",
    "inspect": "inspect",
    "migrate": "migrate",
    "rules": "rules",
    "run": "run",
    "verify": "verify",
}


class Program(click.Group):
    """A group whose commands are modules, imported by name, each with a `command`."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The commands' names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of this name.

        Raises:
            click.UsageError: If there is none, with the nearest name that there is.
        """
        if name not in COMMANDS:
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {name!r}.{hint}", context)
        found = importlib.import_module(f"saveguard.cli.{COMMANDS[name]}").command
        assert isinstance(found, click.Command)
        return found

    def invoke(self, context: click.Context) -> Any:
        """Run a command; one that crashes or is interrupted must not exit with 1, `findings`."""
        try:
            return super().invoke(context)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            context.exit(exits.INTERRUPTED)
        except Exception:  # noqa: BLE001  told in full; only the exit code is ours
            traceback.print_exc()
            context.exit(exits.COULD_NOT_RUN)


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    click.echo(f"saveguard {__version__}")
    click.echo(f"python {platform.python_version()}")
    click.echo(f"keras {_installed('keras')}")
    context.exit()


def _installed(package: str) -> str:
    """The version in the package's metadata, so that a framework is not imported to ask it."""
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 clean, 1 certain findings, 2 could not run, 3 not fully read"
    " (under --strict).",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the versions of saveguard, Python and Keras.",
)
def main() -> None:
    """Make Keras models come back after saving.

    \b
      saveguard verify model.keras     does this file come back in a fresh process?
      saveguard check models/          what is wrong with these files, without a framework?
      saveguard audit train/ --contract model.keras     do the data fit this model?
      saveguard migrate old.h5 new.keras   an old model for today's Keras, proven equal
      saveguard explain SG402          what a code means, and what mends it
      saveguard explain train.log      what the traceback in a file, or on stdin (-), means
      saveguard run train.py           run a script; its last traceback is explained
      saveguard demo                   the main job, on real data, in two minutes
    """
