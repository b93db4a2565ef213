"""What a traceback in a file or on stdin means, printed; without click, for the short way."""

from __future__ import annotations

import os
import sys

from saveguard.cli import exits

# So much of a file is read; the end of a log is what tells.
MOST_BYTES = 64 * 1024 * 1024


def explain(name: str, form: str = "text", color: str = "auto") -> int:
    """Print the report on the traceback in the file `name`, or on stdin (-).

    For what no rule knows it also prints what to paste into an issue.

    Returns:
        The exit code.

    Raises:
        OSError: If the file cannot be read.
    """
    from saveguard.diagnosis.clean import decoded
    from saveguard.diagnosis.report import explained

    raw = sys.stdin.buffer.read() if name == "-" else _end_of(name)
    told = explained(decoded(raw), "stdin" if name == "-" else name)
    if form == "json":
        sys.stdout.write(told.report.to_json() + "\n")
        return exits.exit_code(told.report)
    from saveguard.report import text

    colored = text.wants_color(color, os.environ, terminal=sys.stdout.isatty())
    sys.stdout.write(text.render(told.report, colored=colored) + "\n")
    if told.issue:
        head = "without paths, values, hosts and tokens, to paste into an issue:"
        sys.stdout.write(f"\n{head}\n\n{told.issue}\n")
    return exits.exit_code(told.report)


def _end_of(path: str) -> bytes:
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - MOST_BYTES))
        return file.read()
