"""A traceback as somebody pastes it, for the examples of rules that notice nothing else."""

from __future__ import annotations


def pasted(last: str, *calls: str) -> str:
    """The text of a traceback.

    Args:
        last: The line that names the exception, and what it says.
        calls: `file:function` or `file:function:code` of each frame, from the outermost; a file
            in a package begins with the package's name.
    """
    lines = ["Traceback (most recent call last):"]
    for number, call in enumerate(calls, 7):
        file, function, *code = call.split(":", 2)
        folder = "" if "/" not in file else "lib/python3.11/site-packages/"
        lines.append(f'  File "{folder}{file}", line {number}, in {function}')
        lines += [f"    {line}" for line in code]
    return "\n".join([*lines, last])
