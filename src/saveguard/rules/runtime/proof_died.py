"""The fresh process died while it reloaded the file, so the file is not proven.

## What happens

`saveguard.save` keeps the previous file and puts the new one aside; `saveguard.verify` reports it.
No Python exception was raised there: the process was killed, crashed, or ended itself. Whoever
loads the file meets the same.

## Why

Signal 9 is sent from outside, most often by Linux when memory runs out: the saving process and the
proof hold the model at the same time. Signal 11 and 6 are crashes of native code: a custom
operation, a driver, or a library that does not suit the processor (then it is signal 4). An exit
status means that code of the model, or of a module that it imports, ended the process.

## Fix

Signal 9: see what the system says, then prove on a machine with more memory:

    dmesg | grep -i -E "killed process|out of memory"

Signals 4, 6, 7, 8 and 11: have Python say where it happens:

    python -X faulthandler -c "import keras; keras.saving.load_model('m.keras')"

## Seen in

- Python, with faulthandler: "Fatal Python error: Segmentation fault".
- Linux, in dmesg: "Out of memory: Killed process".

## References

- https://man7.org/linux/man-pages/man7/signal.7.html
- https://docs.python.org/3/library/faulthandler.html
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG707", "proof-died", since="0.1")

_CRASHES = {
    "SIGSEGV": "a segmentation fault: native code (a custom operation, a driver, a library) touched"
    " memory that is not its own",
    "SIGABRT": "native code that gave up: a failed check, or memory that was corrupted",
    "SIGILL": "an instruction that this processor lacks: a library was built for a newer one",
    "SIGBUS": "a bad access to memory: a file that shrank while it was read, or a full /dev/shm",
    "SIGFPE": "a division that the processor refused, in native code",
}
_KILLED = (
    "It did not end by itself. The likely cause is that memory ran out: this process and the proof"
    " hold the model at the same time."
)
_MEMORY = (
    "dmesg | grep -i -E 'killed process|out of memory' says whether it was memory; then verify on"
    " a machine with more, or save with prove=False and verify later"
)
# TensorFlow's information and warnings, which say nothing of a death.
_NOISE = re.compile(r"(?![EF]\d{4} ).*\.cc:\d+\]|WARNING: All log messages before absl::")
_WHOLE = 1900  # characters; the end of a longer output begins in the middle of a line


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    if facts.outcome != "died":
        return
    told, why, fix = _told(facts)
    yield rule.finding(
        where=facts.subject,
        message=f"{facts.subject} is not proven: the process that reloaded it {told}{facts.doing}",
        why=why,
        fix=fix,
        evidence=tuple(_last_words(facts.error)),
    )


def _last_words(said: str) -> list[str]:
    """What faulthandler wrote, or else the last lines."""
    _, fatal, stack = said.partition("Fatal Python error")
    lines = (fatal + stack).splitlines()[:8] or said.splitlines()[len(said) > _WHOLE :]
    return [line[:300] for line in lines if line.strip() and not _NOISE.match(line)][-8:]


def _told(facts: ProofFacts) -> tuple[str, str, str]:
    """How it ended, why, and the fix."""
    code = f'import keras; keras.saving.load_model("{_place(facts)}")'
    load = shlex.join([facts.python, "-X", "faulthandler", "-c", code]) + "\n"
    if facts.exit >= 0:
        other = "" if facts.python == sys.executable else f", or {facts.python} is no Python"
        return (
            f"ended with exit status {facts.exit}",
            "It gave no answer: code of the model or of a module that it imports ended the process,"
            f" as it will for whoever loads the file{other}.",
            f"{load}ends in the same way; look for sys.exit and os._exit in what it imports",
        )
    if -facts.exit == signal.SIGKILL:
        return "was killed (SIGKILL)", _KILLED, _MEMORY
    load += "says where it happens; import the modules of your own layers there first"
    names = {number.value: number.name for number in signal.Signals}
    name = names.get(-facts.exit, f"signal {-facts.exit}")
    if name not in _CRASHES:
        return (
            f"was ended ({name})",
            "Another process sent it that signal, or its own code did.",
            load,
        )
    why = f"{name} is {_CRASHES[name]}. Whoever loads the file has to expect the same."
    return f"died ({name})", why, load


def _place(facts: ProofFacts) -> str:
    """Where the file is now; a save puts what is not proven aside: `m.unproven.keras`."""
    folder, name = os.path.split(facts.subject)
    stem, dot, ends = name.partition(".")
    return (
        facts.subject
        if facts.model is None
        else os.path.join(folder, f"{stem}.unproven{dot}{ends}")
    )


def bad(tmp: Path) -> Call:
    """A layer whose native code crashes as it is rebuilt."""
    return _saved(tmp, "ctypes.string_at(0)")


def good(tmp: Path) -> Call:
    """The same layer, with native code that works."""
    return _saved(tmp, "ctypes.string_at(b'saveguard')")


def _saved(tmp: Path, rebuilding: str) -> Call:
    import keras

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "import ctypes\n"
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Native(keras.layers.Layer):\n"
        "    def call(self, inputs):\n"
        "        return inputs\n"
        "    @classmethod\n"
        "    def from_config(cls, config):\n"
        f"        {rebuilding}\n"
        "        return cls(**config)\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Native()])
    return Call("save", (model, tmp / "m.keras"))
