"""The command `saveguard`, with a short way for what must take no time.

`saveguard inspect PATH --config` is answered before click is imported, which would take longer
than the answer; on a plain `.keras` archive, before anything else is. So is `saveguard explain
FILE`. Whatever goes wrong on the short way takes the way of every command, which says what it is.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command that the program's arguments name."""
    name, *arguments = sys.argv[1:] or [""]
    paths = [one for one in arguments if not one.startswith("-")]
    short = name == "inspect" and len(paths) == 1 and len(arguments) == 2
    if short and "--config" in arguments and _printed(paths[0]):
        return
    if name == "explain" and len(arguments) == 1 and os.path.isfile(arguments[0]):
        from saveguard.cli.paste import explain

        sys.exit(explain(arguments[0]))
    from saveguard.cli.main import main as program

    program(prog_name="saveguard")


def _printed(path: str) -> bool:
    """Whether the configuration could be printed; if not, the command itself says why."""
    from saveguard.examine import configuration

    found = configuration.plain(path)
    if found is None:
        found = configuration.read(path)
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
