"""A model's preprocessing: recorded at the save, run again when the file is opened."""

from __future__ import annotations

import importlib.metadata
import itertools
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import numpy as np

from saveguard.child import prepare, values
from saveguard.contract import Contract, Pair, Preprocessing
from saveguard.errors import SaveguardError
from saveguard.facts import ArchiveFacts, ProofFacts
from saveguard.finding import Finding, Report
from saveguard.persist import drift
from saveguard.receipt import Receipt
from saveguard.rules import registry
from saveguard.rules.fidelity.preprocessing_foreign import may_be_imported

PAIRS = 16
# Of a receipt, which is a document that every reader of the file parses.
BYTES = 256 << 10


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A preprocessing with its golden pairs, and what was found while they were recorded.

    Attributes:
        outputs: What it gave for each raw example, where these are arrays of one shape.
        left: What could not be recorded, in words.
    """

    preprocessing: Preprocessing
    outputs: tuple[Any, ...] = ()
    findings: tuple[Finding, ...] = ()
    left: tuple[str, ...] = ()

    def example(self) -> Any:
        """The outputs as a batch, for a save that is given no other example; None if they are none.

        They may differ in length: then the model's inputs have to be given.
        """
        if not self.outputs or len({(o.shape, o.dtype) for o in self.outputs}) != 1:
            return None
        return np.stack(self.outputs)


def record(function: Any, raw: Iterable[Any] | None) -> Recording:
    """Call a preprocessing on raw examples, twice, and describe what it is made of.

    Args:
        function: A function that takes one raw example, or a Keras layer or model.
        raw: Raw examples; of more than sixteen, the first.

    Raises:
        TypeError: If it cannot be called, or a raw example is no text, number, array or image.
        Exception: What the function raises for one of these examples.
    """
    if not callable(function):
        raise TypeError(f"preprocessing is a {type(function).__name__}, which cannot be called")
    path, why = prepare.path_of(function)
    if path and not may_be_imported(path):
        path, why = "", f"`{path}` is not of your own code, and a file may not name it"
    told = prepare.describe(function, path)
    examples = list(itertools.islice(raw, PAIRS)) if raw is not None else []
    made = [prepare.call(function, example) for example in examples]
    pairs, left = _pairs(examples, made)
    recorded = Preprocessing(
        name=_name(function),
        path=path,
        kind="keras" if prepare.is_keras(function) else "function",
        why_no_path=why,
        definitions=told["definitions"],
        settings=told["settings"],
        libraries=prepare.versions(_distributions(told["packages"])),
        pairs=pairs,
        random=_random(function, examples, pairs),
    )
    return Recording(
        preprocessing=recorded,
        outputs=tuple(_arrays(made)),
        findings=tuple(_findings(recorded)),
        left=left,
    )


def _pairs(examples: list[Any], made: list[Any]) -> tuple[tuple[Pair, ...], tuple[str, ...]]:
    """As many golden pairs as a receipt has room for, and what was left out."""
    pairs, size = [], 0
    for example, output in zip(examples, made, strict=True):
        pair = Pair(values.written(example), prepare.recorded(output), drift.short(example))
        size += len(msgspec.json.encode(pair))
        if size > BYTES:
            break
        pairs.append(pair)
    left = len(examples) - len(pairs)
    told = f"preprocessing: {left} of {len(examples)} raw examples, which are larger than a receipt"
    if not examples:
        told = "preprocessing: no raw examples were given, so that its source alone is held"
    return tuple(pairs), (told,) if left or not examples else ()


def _random(function: Any, examples: list[Any], pairs: tuple[Pair, ...]) -> bool:
    again = (prepare.call(function, example) for example, _ in zip(examples, pairs, strict=False))
    return any(
        next(prepare.differences(pair.output, output), None) is not None
        for pair, output in zip(pairs, again, strict=True)
    )


def _findings(recorded: Preprocessing) -> Iterator[Finding]:
    if not recorded.path:
        yield registry.module("SG436").found(recorded)
    if recorded.random:
        yield registry.module("SG437").found(recorded)


def _arrays(made: list[Any]) -> Iterator[Any]:
    for output in made:
        leaves = values.leaves(output)
        if len(leaves) == 1 and leaves[0][0] == "output":
            yield leaves[0][1]


def _name(function: Any) -> str:
    if prepare.is_keras(function):
        return f'{type(function).__name__} "{function.name}"'
    own = getattr(function, "__qualname__", "") or type(function).__name__
    return str(own).rpartition("<locals>.")[2]


def _distributions(packages: Iterable[str]) -> list[str]:
    """The distributions that bring some packages, and `python`."""
    third = [name for name in packages if name not in sys.stdlib_module_names]
    providers = importlib.metadata.packages_distributions() if third else {}
    found = {name for package in third for name in providers.get(package, ())}
    return ["python", *sorted(found)]


def request(recorded: Preprocessing | None) -> dict[str, Any] | None:
    """What a fresh process is asked of a preprocessing; None where it has nothing to import."""
    if recorded is None or not recorded.path or not may_be_imported(recorded.path):
        return None
    return _asked(recorded)


def _asked(recorded: Preprocessing) -> dict[str, Any]:
    return {
        "path": recorded.path,
        "pairs": msgspec.to_builtins(recorded.pairs),
        "random": recorded.random,
        "libraries": list(recorded.libraries),
    }


def moved(receipt: Receipt | None, given: Any) -> Receipt | None:
    """The receipt whose preprocessing is imported from where another one lies.

    Args:
        given: A function, a Keras pipeline, or an import path; False for none at all. What cannot
            be imported is none for a fresh process, and is held to the file in this one.
    """
    contract = receipt.contract if receipt else None
    recorded = contract.preprocessing if contract else None
    if given is None or receipt is None or contract is None or recorded is None:
        return receipt
    path = given if isinstance(given, str) else prepare.path_of(given)[0] if given else ""
    now = msgspec.structs.replace(recorded, path=path) if path and may_be_imported(path) else None
    contract = msgspec.structs.replace(contract, preprocessing=now)
    return msgspec.structs.replace(receipt, contract=contract)


def held_here(recorded: Preprocessing | None, name: str, given: Any) -> Report:
    """What is told of a given preprocessing that no fresh process can import."""
    if recorded is None or given is None:
        return Report(subject=name)
    if given is False:
        return Report(subject=name, not_read=("preprocessing: left out, as was asked",))
    if isinstance(given, str):
        told = f"preprocessing: {given!r} is no MODULE:NAME of your own code"
        return Report(subject=name, not_read=(told,))
    told = f"{len(recorded.pairs)} raw examples through the given preprocessing, in this process"
    return Report(subject=name, findings=findings_now(recorded, name, given), read=(told,))


def recorded_in(facts: ArchiveFacts) -> Preprocessing | None:
    """The preprocessing that a file's receipt records, or None."""
    from saveguard.persist.verify import stored_receipt

    receipt = stored_receipt(facts)
    return receipt.contract.preprocessing if receipt and receipt.contract else None


def findings_now(recorded: Preprocessing, name: str, function: Any = None) -> tuple[Finding, ...]:
    """What became of a preprocessing in this process.

    Args:
        name: The file, or whatever else records it.
        function: What to hold against it; None for what its path leads to.
    """
    asked = request(recorded) if function is None else _asked(recorded)
    if asked is None:
        return ()
    facts = drift.read(recorded, prepare.again(asked, function))
    return registry.notice("proof", ProofFacts(subject=name, preprocessing=facts))


def hold(recorded: Preprocessing, name: str, function: Any = None) -> None:
    """Raise where a preprocessing certainly drifted, and warn of what may be a drift.

    Raises:
        SaveguardError: With what changed.
    """
    findings = findings_now(recorded, name, function)
    if any(finding.certainty == "certain" for finding in findings):
        told = "`saveguard.load(..., preprocessing=False)` loads the model without this check"
        raise SaveguardError(Report(subject=name, findings=findings, read=(told,)))
    for finding in findings:
        warnings.warn(f"\n{finding}", stacklevel=3)


def preprocessing(path: str | os.PathLike[str]) -> Any:
    """The function, or the Keras pipeline, that makes the inputs of a saved model.

    It is imported from where the file says, held against what the file recorded of it, and
    returned: `model.predict(encode(raw))` then computes what it did at the save.

    Args:
        path: A file that `saveguard.save(..., preprocessing=)` wrote.

    Raises:
        SaveguardError: If the file is damaged or may not be opened; if the preprocessing drifted.
        LookupError: If the file records none, or none that can be imported.
    """
    from saveguard.persist.verify import opened

    name = os.fspath(path)
    facts = opened(name)
    findings = registry.notice("archive", facts)
    if any(finding.certainty == "certain" for finding in findings):
        raise SaveguardError(Report(subject=name, findings=findings))
    recorded = recorded_in(facts)
    if recorded is None or not recorded.path:
        why = "" if recorded is None else f" that can be imported: {recorded.why_no_path}"
        raise LookupError(f"{name} records no preprocessing{why}")
    hold(recorded, name)
    return prepare.resolve(recorded.path)


def with_preprocessing(contract: Contract, function: Any, raw: Iterable[Any] | None) -> Contract:
    """The contract, with a preprocessing that was recorded just now."""
    return msgspec.structs.replace(contract, preprocessing=record(function, raw).preprocessing)


def report(contract: Contract, function: Any = None) -> Report:
    """What became of a contract's preprocessing, as a report."""
    recorded = contract.preprocessing
    if recorded is None:
        return Report(subject=str(contract), not_read=("preprocessing: the contract has none",))
    if function is None and not recorded.path:
        told = f"preprocessing: `{recorded.name}` cannot be imported: {recorded.why_no_path}"
        return Report(subject=str(recorded), not_read=(told,))
    return Report(
        subject=str(recorded),
        findings=findings_now(recorded, str(recorded), function),
        read=(f"{len(recorded.pairs)} raw examples",),
    )
