"""`saveguard.load`: checked before anything of the file is executed, compared after."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Literal

import h5py

from saveguard.child import arrays, prove
from saveguard.child.window import file_of, weights_of
from saveguard.diagnosis.diagnose import diagnose
from saveguard.errors import SaveguardError, attach
from saveguard.facts import ArchiveFacts, OutputDifference, ProofFacts
from saveguard.finding import Report
from saveguard.persist import digests, reader
from saveguard.persist import preprocessing as preparations
from saveguard.persist.agreed import agreed
from saveguard.persist.verify import opened, stored_receipt
from saveguard.receipt import Golden
from saveguard.rules import registry


def load(
    path: str | os.PathLike[str],
    *,
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    compare: bool = False,
    preprocessing: Any = None,
    verify_digests: Literal["now", "background", "never"] = "now",
    facts: ArchiveFacts | None = None,
) -> Any:
    """Load a Keras model, checked before anything of the file is executed.

    The file's structure and its configuration are checked first; Keras's safe mode is on. The
    arrays of a `.keras` file are read straight into the model, and held against their checksums
    and the digests in the receipt meanwhile.

    Args:
        path: A `.keras` or `.h5` file, or the folder that a `.keras` file unpacks to.
        custom_objects: Classes and functions by name, as Keras takes them.
        compile: Compile the model as it was when it was saved.
        compare: Call the model on the golden in the file, and raise unless it gives the same.
        preprocessing: What to hold against the preprocessing that the file records: a function
            or a Keras pipeline; None for what its path leads to; False for nothing.
        verify_digests: Whether the model is given back once all bytes are checked (`now`), or
            before, and what is found afterwards becomes a `RuntimeWarning` (`background`); with
            `never`, large arrays are not checked.
        facts: What was read of the file already, without the digests of large members.

    Returns:
        The model that `keras.saving.load_model` gives.

    Raises:
        SaveguardError: If the file is missing, damaged, or changed since it was saved; if its
            preprocessing gives other model inputs than at the save; or, with `compare`, if the
            model gives other outputs.
        Exception: Whatever Keras raises, with the diagnosis as a note.
    """
    name = os.fspath(path)
    facts = facts or opened(name, digests=False)
    direct = reader.reads(facts) and agreed(facts)
    if not direct and verify_digests != "never":
        facts = opened(name)
    digests.require(facts)
    recorded = preparations.recorded_in(facts) if preprocessing is not False else None
    if recorded is not None:
        preparations.hold(recorded, name, preprocessing)
    summed = verify_digests == "now" and digests.is_summed(facts)
    with digests.checked_beside(name, "never" if summed or not direct else verify_digests):
        model = _loaded(facts, direct, custom_objects, compile, summed)
    if compare:
        receipt = stored_receipt(facts)
        _compare(model, name, receipt.golden if receipt else None)
    return model


def _loaded(
    facts: ArchiveFacts,
    direct: bool,
    custom_objects: dict[str, Any] | None,
    compile: bool,
    summed: bool,
) -> Any:
    """The model, by our reader; where that stops, by Keras's, whose word counts."""
    import keras

    if direct:
        with contextlib.suppress(Exception):
            return reader.load(facts, custom_objects, compile, summed)
        if summed:
            digests.require(opened(facts.path))
    try:
        return keras.saving.load_model(
            facts.path, custom_objects=custom_objects, compile=compile, safe_mode=True
        )
    except Exception as error:
        attach(error, diagnose(error, "load", facts.path))
        raise


def _compare(model: Any, name: str, golden: Golden | None) -> None:
    import msgspec

    if golden is None or golden.random:
        told = "outputs: the file holds no golden that can be compared"
        raise SaveguardError(Report(subject=name, not_read=(told,)))
    found: dict[str, Any] = {}
    with (
        open(file_of(name), "rb", buffering=0) as file,
        h5py.File(weights_of(name, file), "r") as weights,
    ):
        held = arrays.read(weights)
    prove.against_golden(model, held, msgspec.to_builtins(golden), {"same": False}, found)
    outputs = tuple(OutputDifference(**row) for row in found["outputs"])
    facts = ProofFacts(subject=name, outputs=outputs)
    findings = registry.notice("proof", facts)
    if findings:
        raise SaveguardError(Report(subject=name, findings=findings))
