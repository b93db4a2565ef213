"""A receipt: what a save proved. It is returned by `save` and stored in the file."""

from __future__ import annotations

import importlib
from typing import Any, Literal

import msgspec

from saveguard.contract import Contract
from saveguard.facts import VariableFacts
from saveguard.finding import Finding, Report

Verdict = Literal["proven", "not proven"]
SCHEMA_VERSION = 1


class Golden(msgspec.Struct, frozen=True, kw_only=True):
    """How the recorded arrays are held; the arrays lie in the file's HDF5 group `saveguard`.

    Attributes:
        inputs, targets, outputs: Nested lists and dictionaries whose leaves are array names.
        weights: The sample weights, likewise.
        kinds: Of each output array its dtype and form: `float32`, `sparse float32`, ...
        rows: Rows recorded.
        made: The inputs were made from the contract, because no example was given.
        random: The outputs change from call to call, so they cannot be compared.
        tolerance: Relative tolerance asked for by the caller, or None for the dtype's own.
        loss, metrics: The values at the save for these inputs and targets.
        accelerator: They were computed on a GPU or TPU, whose sums differ from a CPU's.
    """

    inputs: Any
    outputs: Any
    targets: Any = None
    weights: Any = None
    kinds: dict[str, str] = msgspec.field(default_factory=dict)
    rows: int = 0
    made: bool = False
    random: bool = False
    tolerance: float | None = None
    loss: float | None = None
    metrics: dict[str, float] = msgspec.field(default_factory=dict)
    accelerator: bool = False


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What a fresh process said of the file.

    Attributes:
        verdict: `proven` when everything in `compared` agreed.
        compared, not_compared: What was held against the save, and what could not be.
        environment: `python`, `keras`, `backend` and their versions in that process.
        seconds: How long it took, the process's start included.
    """

    verdict: Verdict
    compared: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()
    environment: dict[str, str] = msgspec.field(default_factory=dict)
    seconds: float = 0.0


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change that a migration made.

    Attributes:
        step: The name of the step that made it.
        place: The layer, or a path in the configuration where it is in none.
        told: What was changed, in words.
        exact: `equal`, or `close` where the change itself rounds.
    """

    step: str
    place: str
    told: str
    exact: str


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """Where a migrated file came from, and how its outputs agree with the old version's.

    Attributes:
        source: The old archive's name; `digest` is its own, `sha256:hexadecimal`.
        saved_by: The release that wrote it, `Keras 2.2.4`, or empty where it does not tell.
        steps: What was changed, in order.
        verdict: `equal` where the outputs of the old version were known, all of them were
            compared, and they agree; else `not proven`.
        by: Who gave the old version's outputs; empty where nobody did.
        difference: The largest one, as a share of the largest number in its sample's output.
        limit: How large it may be.
        samples: How many were compared.
        told: What was not carried over, and what was not compared, in words.
    """

    source: str
    digest: str
    saved_by: str = ""
    steps: tuple[Change, ...] = ()
    verdict: Literal["equal", "not proven"] = "not proven"
    by: str = ""
    difference: float | None = None
    limit: float = 0.0
    samples: int = 0
    told: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """True when the outputs of the version that saved the model are known and the same."""
        return self.verdict == "equal"

    @property
    def headline(self) -> str:
        """What is known of the outputs, in one line."""
        if not self.equal:
            why = f": {self.told[0]}" if self.told else ""
            return f"not proven to answer as the version that saved it did{why}"
        return (
            f"equal to {self.by} on {self.samples} samples (largest difference"
            f" {self.difference or 0:.2g} of a sample's largest output)"
        )


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """How a file came to its address.

    Attributes:
        commit: `upload`: the store shows an object once all of it is there; `rename`: it was
            uploaded beside its address, and renamed.
        size: Bytes that the store holds.
        digest: Of what was read back from it, `sha256:hexadecimal`; that of the proven file.
    """

    commit: Literal["upload", "rename"]
    size: int
    digest: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a save proved.

    Attributes:
        path: The file that was written, as it was given.
        layout: `keras`, `h5` or `weights`.
        digests: Of each member of the archive, `algorithm:hexadecimal`.
        contract: What the model expects of its inputs.
        golden: The recorded example and the values that it gave, or None.
        variables, optimizer_variables: Each stored variable with the digest of its bytes.
        environment: Versions of Saveguard, Keras, the backend and Python at the save.
        findings: What was found on the way, best first.
        proof: What a fresh process said; None when `prove=False`.
        previous: Where the previous file was kept, or empty.
        writer: `saveguard` or `keras`: whose writer wrote the weights.
        seconds: How long the parts took: `preflight`, `golden`, `write`, `proof`.
        training: Where the training stood (see `saveguard.training.state`), or None.
        migration: Where a migrated file came from, and what is proven of it; else None.
        upload: How it came to its address; None where it was saved on this machine.
    """

    path: str
    layout: str
    digests: dict[str, str]
    contract: Contract | None
    golden: Golden | None
    environment: dict[str, str]
    variables: tuple[VariableFacts, ...] = ()
    optimizer_variables: tuple[VariableFacts, ...] = ()
    findings: tuple[Finding, ...] = ()
    proof: Proof | None = None
    previous: str = ""
    writer: Literal["saveguard", "keras"] = "saveguard"
    seconds: dict[str, float] = msgspec.field(default_factory=dict)
    created: str = ""
    training: dict[str, Any] | None = None
    migration: Migration | None = None
    upload: Upload | None = None
    schema_version: int = SCHEMA_VERSION

    @property
    def proven(self) -> bool:
        """True when a fresh process reloaded the file and agreed with the model."""
        return self.proof is not None and self.proof.verdict == "proven"

    @property
    def ok(self) -> bool:
        """True when it is proven and nothing certain was found.

        Of a migrated file also that it answers as the version did that saved the old one.
        """
        same = self.migration is None or self.migration.equal
        return self.proven and same and self.report.ok

    @property
    def report(self) -> Report:
        """The findings as a report, with what was and was not compared."""
        proof = self.proof
        left = proof.not_compared if proof else ("not proven: prove=False",)
        if self.migration is not None and not self.migration.equal:
            left = (self.migration.headline, *left)
        return Report(
            subject=self.path,
            findings=self.findings,
            read=proof.compared if proof else (),
            not_read=left,
        )

    def to_json(self) -> str:
        """The receipt as JSON text, with a `schema_version`."""
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> Receipt:
        """The receipt that `to_json` wrote.

        Raises:
            msgspec.ValidationError: If the text is not such a receipt.
        """
        return msgspec.json.decode(text, type=Receipt)

    def __str__(self) -> str:
        lines = [f"{self.path}: {self._verdict} in {sum(self.seconds.values()):.1f} s"]
        if self.migration is not None:
            lines.append(f"  migrated  {self.migration.headline}")
        if self.contract is not None:
            lines.append(f"  contract  {self.contract}")
        if self.proof is not None:
            lines += [f"  compared  {what}" for what in self.proof.compared]
            lines += [f"  not compared  {what}" for what in self.proof.not_compared]
        if self.upload is not None:
            held = f"{self.upload.size:,} bytes, read back: {self.upload.digest}"
            lines.append(f"  uploaded  {held} (committed by {self.upload.commit})")
        lines += [f"  {f.code} {f.certainty}: {f.message}" for f in self.report.findings]
        return "\n".join(lines)

    @property
    def _verdict(self) -> str:
        verdict = self.proof.verdict if self.proof else "not proven (prove=False)"
        if self.migration is None:
            return verdict
        return "migrated and proven equal" if self.ok else "migrated, not proven equal"

    def to_html(self) -> str:
        """The receipt as one page for a browser, which loads nothing."""
        return str(importlib.import_module("saveguard.report.html_receipt").render(self))

    def _repr_html_(self) -> str:
        return str(importlib.import_module("saveguard.report.html").compact(self.report))
