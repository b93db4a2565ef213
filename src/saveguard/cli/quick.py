"""The command `saveguard`, with a short way for what must take no time.

`saveguard inspect PATH --config` on a plain `.keras` archive is answered before click is imported,
which would take longer than the answer. Whatever is not plain takes the way of every command.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that the program's arguments name."""
    name, *arguments = sys.argv[1:] or [""]
    paths = [one for one in arguments if not one.startswith("-")]
    short = name == "inspect" and len(paths) == 1 and len(arguments) == 2
    if short and "--config" in arguments and _printed(paths[0]):
        return
    from saveguard.cli.main import main as program

    program(prog_name="saveguard")


def _printed(path: str) -> bool:
    from saveguard.examine import configuration

    found = configuration.plain(path)
    if found is None:
        return False
    told = configuration.text(found, terminal=sys.stdout.isatty())
    try:
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; the interpreter must not complain of it at its end.
        sys.stderr.close()
        sys.exit(1)
    return True
