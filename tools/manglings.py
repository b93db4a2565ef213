"""What a traceback goes through before somebody pastes it: twelve manglings, and more."""

from __future__ import annotations

import html
import json
import re
import textwrap

FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>\S+)$')
ENDS = re.compile(r"^[A-Za-z_][\w.]*(?:: .*)?$")
FOREIGN = """\
Traceback (most recent call last):
  File "prepare.py", line 3, in <module>
    rows = json.loads(text)
  File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
    return _default_decoder.decode(s)
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
"""


def lines_of(text: str) -> list[str]:
    return text.rstrip("\n").split("\n")


def ending(text: str) -> int:
    """The place of the line that names the last exception."""
    found = lines_of(text)
    head = max(n for n, line in enumerate(found) if line.startswith("Traceback (most recent"))
    return next(n for n in range(head + 1, len(found)) if ENDS.match(found[n]))


def coloured(text: str) -> str:
    """As a terminal with colours prints it."""
    shown = []
    for plain in lines_of(text):
        line, frame = plain, FRAME.match(plain)
        if frame:
            line = (
                f'  File \x1b[35m"{frame["file"]}"\x1b[0m, line \x1b[35m{frame["line"]}\x1b[0m,'
                f" in \x1b[35m{frame['function']}\x1b[0m"
            )
        elif ENDS.match(line) and ":" in line:
            kind, _, message = line.partition(":")
            line = f"\x1b[1;31m{kind}\x1b[0m: \x1b[35m{message.lstrip()}\x1b[0m"
        shown.append(line)
    return "\n".join(shown)


def in_ci(text: str) -> str:
    """As a CI service stores it."""
    return "\n".join(
        f"2024-03-07T11:{n // 60 % 60:02}:{n % 60:02}.{n * 7919 % 10_000_000:07}Z {line}"
        for n, line in enumerate(lines_of(text))
    )


def logged(text: str) -> str:
    """As a logger of a service prints it, each line with what stands before it."""
    return "\n".join(
        f"[2024-03-07 11:05:{n % 60:02},{n * 37 % 1000:03}] {{worker.py:{42}}} ERROR - {line}"
        for n, line in enumerate(lines_of(text))
    )


def composed(text: str) -> str:
    """As docker compose prints it."""
    return "\n".join(f"trainer-1  | {line}" for line in lines_of(text))


def indented(text: str) -> str:
    return textwrap.indent(text, " " * 6)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in lines_of(text))


def in_notebook(text: str) -> str:
    """As IPython 8 prints it."""
    found, shown = lines_of(text), []
    end = ending(text)
    kind = found[end].split(":")[0].rpartition(".")[2]
    for n, line in enumerate(found):
        frame = FRAME.match(line)
        if line.startswith("Traceback (most"):
            shown += ["-" * 75, f"{kind:<42}Traceback (most recent call last)"]
        elif frame and n < end:
            shown.append(f"File {frame['file']}:{frame['line']}, in {frame['function']}(*args)")
            number = int(frame["line"])
        elif line.startswith("    ") and n < end:
            if line.strip(" ^~"):
                shown += [f"     {number - 1} ", f"---> {number} {line.strip()}", ""]
        else:
            shown.append(line)
    return "\n".join(shown)


def in_old_notebook(text: str) -> str:
    """As IPython 7 prints it."""
    found, shown, number = lines_of(text), [], 0
    end = ending(text)
    kind = found[end].split(":")[0].rpartition(".")[2]
    for n, line in enumerate(found):
        frame = FRAME.match(line)
        if line.startswith("Traceback (most"):
            shown += ["-" * 75, f"{kind:<42}Traceback (most recent call last)"]
        elif frame and n < end:
            shown.append(f"{frame['file']} in {frame['function']}(*args, **kwargs)")
            number = int(frame["line"])
        elif line.startswith("    ") and n < end:
            if line.strip(" ^~"):
                shown += [f"    {number - 1} ", f"--> {number} {line}", ""]
        else:
            shown.append(line)
    return "\n".join(shown)


def in_a_box(text: str) -> str:
    """As rich prints it, 100 columns wide."""
    found, shown = lines_of(text), []
    end = ending(text)
    head = max(n for n, line in enumerate(found) if line.startswith("Traceback (most"))
    shown += found[:head]
    shown.append("╭─────────────────── Traceback (most recent call last) " + "─" * 44 + "╮")
    number = "0"
    for line in found[head + 1 : end]:
        frame = FRAME.match(line)
        if frame:
            told = f"{frame['file']}:{frame['line']} in {frame['function']}"
            shown += [f"│ {told:<96} │", f"│ {'':<96} │"]
            number = frame["line"]
        elif line.strip(" ^~"):
            shown.append(f"│ {'❱ ' + number + ' │   ' + line.strip():<96} │")
    shown.append("╰" + "─" * 98 + "╯")
    for line in found[end:]:
        shown += textwrap.wrap(line, 100, break_long_words=False) or [""]
    return "\n".join(shown)


def on_windows(text: str) -> str:
    """With paths of Windows, and its ends of lines."""
    text = re.sub(
        r'File "([^"]+)"',
        lambda found: f'File "C:\\Users\\me\\{found[1].strip("<>").replace("/", chr(92))}"',
        text,
    ).replace("site-packages>", "site-packages")
    return text.replace("\n", "\r\n")


def cut_above(text: str) -> str:
    """The last frames and what follows, as the end of a log shows them."""
    found = lines_of(text)
    end = ending(text)
    frames = [n for n in range(end) if FRAME.match(found[n])]
    return "\n".join(found[frames[-2] if len(frames) > 1 else frames[-1] :]) if frames else text


def cut_below(text: str) -> str:
    """The message breaks off."""
    found = lines_of(text)
    end = ending(text)
    return "\n".join([*found[:end], found[end][:160], *found[end + 1 : end + 4]])


def last_line(text: str) -> str:
    """The line that names the exception, and what it says."""
    return "\n".join(lines_of(text)[ending(text) :])


def among_others(text: str) -> str:
    """Behind another traceback, with lines of a log between."""
    return f"{FOREIGN}\n2024-03-07 11:05:01 INFO retry 1 of 3\nEpoch 1/3\n{text}\n[exit 1]"


def wrapped(text: str) -> str:
    """Broken at 80 columns by a terminal."""
    return "\n".join(
        part
        for line in lines_of(text)
        for part in ([line[i : i + 80] for i in range(0, len(line), 80)] or [""])
    )


def escaped(text: str) -> str:
    """One string of a JSON log."""
    return json.dumps({"level": "error", "exc_info": text})


def of_html(text: str) -> str:
    """Copied from a page's source."""
    return f"<pre>{html.escape(text)}</pre>"


MANGLINGS = {
    function.__name__: function
    for function in (
        coloured,
        in_ci,
        logged,
        composed,
        indented,
        quoted,
        in_notebook,
        in_old_notebook,
        in_a_box,
        on_windows,
        cut_above,
        cut_below,
        last_line,
        among_others,
        wrapped,
        escaped,
        of_html,
    )
}
