"""The fresh process did not answer in time, so the file is not proven.

## What happens

`saveguard.save` keeps the previous file and puts the new one aside; `saveguard.verify` reports it.
The process that hung was ended.

## Why

A large model on a slow disk needs longer than the limit, its first call too where it is compiled.
Or something waits for ever: code of the model that talks to a server or asks a question, a
deadlock, or a damaged HDF5 file, some of which HDF5 reads without end.

## Fix

Give it more time, once, to see whether it comes back at all:

    saveguard.verify("m.keras", limit=3600)

If it does not, look at the place where it hangs:

    python -c "import faulthandler, keras; faulthandler.dump_traceback_later(60);
    keras.saving.load_model('m.keras')"

## Seen in

- Keras 3.15.1, h5py 3.14: of 60 `.h5` files with 512 bytes zeroed at random places, load_model had
  not returned after 6 s for 12; one of them was still busy after 5 minutes.
- TF 1.13 to 2.15: load_model never returns for a functional model whose hidden layer was renamed
  after it was built.

## References

- https://docs.python.org/3/library/faulthandler.html
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, NotHere, Rule

rule = Rule("SG706", "proof-timed-out", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    if facts.outcome != "timeout":
        return
    verb = "verify(" if facts.model is None else "save(model, "
    again = f"saveguard.{verb}{facts.subject!r}"
    yield rule.finding(
        where=facts.subject,
        message=f"{facts.subject} is not proven: no answer within {facts.limit:g} s{facts.doing}",
        why=f"{facts.python} had that long to import Keras, load the file and call the model. The"
        " model is large, the machine is busy, or its code or the file makes the load wait for"
        " ever; the process was ended.",
        fix=f"give it more time, once: {again}, limit={max(600, 10 * facts.limit):g})",
    )


def bad(tmp: Path) -> Call:
    """An interpreter that never says a word."""
    if os.name != "posix":
        raise NotHere("needs a shell script as the interpreter")
    python = tmp / "python"
    python.write_text("#!/bin/sh\nexec sleep 600\n")
    python.chmod(0o755)
    return Call("verify", (_saved(tmp),), {"python": python, "limit": 0.5})


def good(tmp: Path) -> Call:
    """This process's own interpreter, with the time that it is given by default."""
    return Call("verify", (_saved(tmp),))


def _saved(tmp: Path) -> Path:
    import keras

    path = tmp / "m.keras"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(path)
    return path
