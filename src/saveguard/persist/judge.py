"""Hold what a fresh process answered against what was recorded at the save."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from saveguard.child import running
from saveguard.contract import Preprocessing
from saveguard.facts import (
    ModelFacts,
    OutputDifference,
    ProofFacts,
    ScalarDifference,
    TraitDifference,
    VariableFacts,
)
from saveguard.persist import drift
from saveguard.receipt import Golden, Receipt

_OUTCOMES = {"failed": "failed", "exit": "died", "timeout": "timeout"}


def judge(
    answer: dict[str, Any],
    receipt: Receipt | None,
    *,
    subject: str,
    python: str,
    model: ModelFacts | None = None,
    before: dict[str, Any] | None = None,
    said: str = "",
) -> ProofFacts:
    """The facts of a proof.

    Args:
        answer: What the child answered (see `saveguard.child.prove.prove`).
        receipt: What was recorded at the save; None for a file that plain Keras saved.
        model: The facts of the live model, where the proof belongs to a save.
        before: The live model's traits, where the child runs in the environment of the save.
        said: The end of what the child wrote to standard error.
    """
    failed = answer.get("failed", {})
    outcome = next((name for key, name in _OUTCOMES.items() if key in answer), "finished")
    if outcome == "failed" and answer.get("stage") == "start":
        outcome = "no-keras"
    facts = ProofFacts(
        subject=subject,
        python=python,
        outcome=outcome,
        stage=answer.get("stage", ""),
        error_type=failed.get("type", ""),
        error=failed.get("message", "") or (said if outcome == "died" else ""),
        traceback=failed.get("traceback", ""),
        exit=int(answer.get("exit", 0)),
        limit=float(answer.get("timeout", 0.0)),
        environment=answer.get("environment", {}),
        model=model,
    )
    return facts if outcome != "finished" else _finished(facts, answer, receipt, before)


def _finished(
    facts: ProofFacts, answer: dict[str, Any], receipt: Receipt | None, before: Any
) -> ProofFacts:
    import msgspec

    golden = receipt.golden if receipt else None
    outputs = tuple(OutputDifference(**row) for row in answer.get("outputs", ()))
    agree = golden is not None and not golden.random and not outputs
    recorded = receipt.variables if receipt else ()
    optimizer = receipt.optimizer_variables if receipt else ()
    compared, left = _compared(answer, receipt, before)
    prepared, run = _preprocessing(receipt), answer.get("preprocessing")
    return msgspec.structs.replace(
        facts,
        preprocessing=drift.read(prepared, run) if prepared and run else None,
        unread=tuple(_unread(answer)),
        unfilled=tuple(map(_variable, answer.get("unfilled", ()))),
        changed_variables=tuple(
            _changed(recorded, answer.get("variables", ()), agree)
            + _changed(optimizer, answer.get("optimizer", ()), agree=False)
        ),
        outputs=outputs,
        traits=tuple(_traits(before, answer.get("traits", {}))) if before else (),
        scalars=tuple(_scalar(*row) for row in answer.get("scalars", ())),
        random=golden.random if golden else bool(answer.get("random")),
        compared=compared,
        not_compared=left,
        extra={"compile_failed": answer.get("compile_failed", "")},
    )


def _preprocessing(receipt: Receipt | None) -> Preprocessing | None:
    return receipt.contract.preprocessing if receipt and receipt.contract else None


def _variable(row: Sequence[Any]) -> VariableFacts:
    path, shape, dtype, digest = row
    return VariableFacts(path=path, shape=tuple(shape), dtype=dtype, digest=digest)


def _scalar(name: str, before: float, after: float | None) -> ScalarDifference:
    return ScalarDifference(
        name=name, before=before, after=float("nan") if after is None else after
    )


def _unread(answer: dict[str, Any]) -> Iterator[str]:
    """Arrays that nothing consumed, but for those whose loss changes nothing.

    Keras stores the running totals of metrics and does not restore them; and it stores the two
    variables of an optimizer that has not taken a step, then skips them. Where compiling failed,
    that is the finding, and the optimizer's arrays are its consequence.
    """
    unread = answer.get("unread", ())
    untrained = {"/optimizer/vars/0", "/optimizer/vars/1"}
    optimizer = {path for path in unread if path.startswith("/optimizer/")}
    for path in unread:
        if answer.get("compile_failed") and "optimizer" in path:
            continue
        metric = any(part in path for part in ("metric", "_loss_tracker", "compile_loss"))
        if not metric and not (path in optimizer and optimizer <= untrained):
            yield path


def _changed(
    recorded: Sequence[VariableFacts], came: Sequence[Sequence[Any]], agree: bool
) -> list[VariableFacts]:
    """Recorded variables whose values did not come back.

    Keras numbers the layers of a subclassed model anew, so that paths differ, and may list its
    variables in another order; where the outputs agree, equal contents are then enough.
    """
    recorded = [variable for variable in recorded if not running.is_seed(variable.path)]
    came = [row for row in came if not running.is_seed(row[0])]
    before = [(variable.shape, variable.digest) for variable in recorded]
    after = [(tuple(row[1]), row[3]) for row in came]
    if before == after or not before:
        return []
    paths, new_paths = [variable.path for variable in recorded], [row[0] for row in came]
    by_path = dict(zip(new_paths, after, strict=True))
    wrong = [v for v in recorded if by_path.get(v.path) != (v.shape, v.digest)]
    if not wrong or by_path.keys() == set(paths):
        return wrong
    if agree and _equal_contents(paths, before, new_paths, after):
        return []
    if len(before) == len(after):
        pairs = zip(recorded, before, after, strict=True)
        return [variable for variable, old, new in pairs if old != new]
    return _without_equal(recorded, Counter(after))


def _equal_contents(
    paths: list[str], before: list[Any], new_paths: list[str], after: list[Any]
) -> bool:
    """Whether the same contents came back, each under its variable's own name if that is kept."""
    old, new = ([path.rpartition("/")[2] for path in each] for each in (paths, new_paths))
    if Counter(old) != Counter(new):
        return Counter(before) == Counter(after)
    return Counter(zip(old, before, strict=True)) == Counter(zip(new, after, strict=True))


def _without_equal(recorded: list[VariableFacts], left: Counter[Any]) -> list[VariableFacts]:
    """Variables with contents of which too few came back."""
    missing = []
    for variable in recorded:
        key = (variable.shape, variable.digest)
        if left[key]:
            left[key] -= 1
        else:
            missing.append(variable)
    return missing


def _traits(before: dict[str, Any], after: dict[str, Any]) -> Iterator[TraitDifference]:
    for holder, old in before.items():
        new = after.get(holder)
        if new is None:
            continue
        for attribute in old["values"]:
            was, now = old["values"][attribute], new["values"].get(attribute)
            if attribute not in new["values"] or _same(was, now):
                continue
            argument = attribute.split("['")[-1].rstrip("']")
            argument = argument.removeprefix("get_").removesuffix("()")
            yield TraitDifference(
                holder=holder,
                class_name=old["class"],
                builtin=old["builtin"],
                kind=old["kind"],
                attribute=attribute,
                argument=argument.lstrip("_") in old["arguments"],
                in_config=argument.lstrip("_") in old["config"],
                before=_short(was),
                after=_short(now),
            )


def _same(was: Any, now: Any) -> bool:
    if isinstance(was, float) and isinstance(now, (int, float)):
        return was == now or abs(was - now) <= 1e-6 * max(abs(was), abs(now))
    if isinstance(was, list) and isinstance(now, list):
        return len(was) == len(now) and all(map(_same, was, now))
    return bool(was == now)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _compared(
    answer: dict[str, Any], receipt: Receipt | None, before: Any
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was held against the save, and what could not be, in words for the receipt."""
    done = ["it loads", "every array in the file was read"]
    left: list[str] = []
    if receipt is None:
        done.append("every variable has a stored value")
    else:
        seeds = sum(running.is_seed(v.path) for v in receipt.variables)
        done += _counted(len(receipt.variables) - seeds, "variable", ", bit for bit")
        done += _counted(len(receipt.optimizer_variables), "optimizer variable", ", bit for bit")
        left += _counted(seeds, "seed state", ": Keras does not store it; both began from one")
    if before:
        done += [f"settings of {len(before)} objects"]
    golden = receipt.golden if receipt else None
    if golden is not None:
        _compared_golden(golden, answer, done, left)
    elif "random" in answer:
        done.append("it can be called" if answer["random"] else "two calls agree")
        left.append("outputs: the file holds no golden")
    prepared = _preprocessing(receipt)
    if prepared is not None:
        _compared_preprocessing(
            prepared, answer.get("preprocessing") or {"missing": ""}, done, left
        )
    if "not_called" in answer:
        left.append(f"outputs: {answer['not_called']}")
    return tuple(done), tuple(left)


def _compared_preprocessing(
    recorded: Preprocessing, answer: dict[str, Any], done: list[str], left: list[str]
) -> None:
    if "missing" in answer:
        left.append(f"preprocessing: `{recorded.name}` cannot be imported there")
    elif recorded.random:
        left.append("preprocessing: it gives others at every call")
    else:
        done += _counted(len(recorded.pairs), "raw example", f" through {recorded.path}")


def _compared_golden(
    golden: Golden, answer: dict[str, Any], done: list[str], left: list[str]
) -> None:
    made = ", for made inputs" if golden.made else ""
    if golden.random:
        left.append("outputs: the model gives others at every call")
    else:
        done += _counted(len(golden.kinds), "output", f", {golden.rows} rows{made}")
    if golden.loss is not None and "scalars" in answer:
        metrics = _counted(len(golden.metrics), "metric", "")
        done.append(" and ".join(["loss", *metrics]))
    elif golden.targets is None and answer.get("optimizer"):
        left.append("loss and metrics: the example has no targets")


def _counted(count: int, what: str, rest: str) -> list[str]:
    """`3 variables, bit for bit`; nothing where there is none."""
    return [f"{count} {what}{'s' * (count != 1)}{rest}"] if count else []
