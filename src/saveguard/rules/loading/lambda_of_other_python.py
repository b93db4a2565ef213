"""A Lambda layer holds bytecode of another Python, which this one cannot read.

## What happens

Loading stops in `marshal`, or in the making of a code object; in the worst case the interpreter
crashes when the layer is called.

## Why

Keras stores a Python lambda as bytecode, and bytecode changes with every minor release of Python.

## Fix

Load the file with the Python that wrote it, and replace the Lambda by a layer class or a
registered function; `saveguard inspect` names the layers. Where the function is known, give it by
its name:

    keras.models.load_model(path, custom_objects={"function_name": function})

## Seen in

- all of Keras 2 and 3, Python 3.8 against 3.7 and so on: "ValueError: bad marshal data (unknown
  type code)"
- "TypeError: code() argument 13 must be str, not int", "EOFError: marshal data too short"

## References

- https://github.com/keras-team/keras/issues/9595
- https://docs.python.org/3/library/marshal.html
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG274", "lambda-of-other-python", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "EOFError", "TypeError", "SystemError"),
        pattern=r"bad marshal data"
        r"|marshal data too short"
        r"|code\(\) (?:argument \d+ must be|takes at least \d+ arguments)"
        r"|code expected at least \d+ arguments",
        stages=("load",),
        message="a Lambda layer of {where} holds bytecode of another Python",
        why="Bytecode changes with every minor release of Python, so this one cannot read it.",
        fix="load {where} with the Python that wrote it, and replace the Lambda by a layer "
        "class or a registered function",
        alone=r"func_load|marshal\.loads|keras|load_model",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: bad marshal data (unknown type code)",
                'serve.py:<module>:keras.models.load_model("m.h5")',
                "keras/utils/generic_utils.py:func_load:code = marshal.loads(raw_code)",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: bad marshal data (unknown type code)",
                "cache.py:<module>:marshal.loads(raw)",
            ),
        ),
    )
