"""A rule: one root cause, with the senses that notice it and the page that explains it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from saveguard.finding import Certainty, Finding
from saveguard.wording import agreed

if TYPE_CHECKING:
    from saveguard.facts import ArchiveFacts, BatchFacts, ModelFacts, ProofFacts

SECTIONS = ("What happens", "Why", "Fix", "Seen in", "References")


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """How an exception shows a root cause.

    Attributes:
        exceptions: Names of exception classes; a subclass of one of them counts.
        pattern: Regular expression searched in the exception's text; named groups may be used
            in `message`, `why` and `fix` as `{name}`, beside `{where}`.
        stages: Where it may come from: `save`, `load`, `predict`, `fit`, ...; empty: anywhere.
        message, why, fix: The finding's parts, filled from the groups.
        frames: Regular expression searched in `file:function` of every frame; it tells one root
            cause from another whose words are the same. Empty: whatever the frames.
        versions: The releases that say so (see `diagnosis.place`); empty: any.
        alone: What the text must hold besides where no frame of Keras is seen. Empty: the
            pattern is enough, for nobody else says so. None: then it is not noticed.
    """

    exceptions: tuple[str, ...]
    pattern: str
    message: str
    why: str
    fix: str
    stages: tuple[str, ...] = ()
    certainty: Certainty = "certain"
    frames: str = ""
    versions: tuple[str, ...] = ()
    alone: str | None = ""

    def match(self, error: BaseException, stage: str) -> re.Match[str] | None:
        """The match of this signature in `error`, raised in `stage`, or None."""
        if self.stages and stage not in self.stages:
            return None
        if not {kind.__name__ for kind in type(error).__mro__} & set(self.exceptions):
            return None
        return re.search(self.pattern, str(error))


class NotHere(Exception):
    """The machine cannot show this example; raised by a rule's `bad` or `good`, with why."""


class Call(msgspec.Struct, frozen=True):
    """What a rule's `bad` or `good` does: a call of Saveguard's own interface.

    Attributes:
        verb: A public function: `save`, `verify`, `load`; or what is done with a public class.
        arguments: Its positional arguments.
        options: Its keyword arguments.
        codes: Further codes that cannot be kept apart from this rule's in the same example.
    """

    verb: str | Callable[..., Any]
    arguments: tuple[Any, ...]
    options: Mapping[str, Any] = msgspec.field(default_factory=dict)
    codes: tuple[str, ...] = ()


Sense = Callable[[Any], Iterable[Finding]]


class Rule:
    """One root cause. It owns a code, a page (its module's docstring) and its senses.

    Args:
        code: `SG402`, as listed in `saveguard.codes`.
        name: `untracked-variables`; reads as what is wrong.
        since: The release of Saveguard that first had it.
    """

    def __init__(self, code: str, name: str, *, since: str) -> None:
        self.code = code
        self.name = name
        self.since = since
        self.signatures: list[Signature] = []
        self._senses: dict[str, Sense] = {}

    @property
    def senses(self) -> tuple[str, ...]:
        """Where this root cause is noticed: of traceback, archive, model, data and proof."""
        return ("traceback",) * bool(self.signatures) + tuple(self._senses)

    def in_traceback(self, signature: Signature) -> None:
        """Notice this root cause by an exception."""
        self.signatures.append(signature)

    def in_archive(
        self, sense: Callable[[ArchiveFacts], Iterable[Finding]]
    ) -> Callable[[ArchiveFacts], Iterable[Finding]]:
        """Notice this root cause in a file; decorates a function of the file's facts."""
        self._senses["archive"] = sense
        return sense

    def in_model(
        self, sense: Callable[[ModelFacts], Iterable[Finding]]
    ) -> Callable[[ModelFacts], Iterable[Finding]]:
        """Notice this root cause in a live model; decorates a function of the model's facts."""
        self._senses["model"] = sense
        return sense

    def in_data(
        self, sense: Callable[[BatchFacts], Iterable[Finding]]
    ) -> Callable[[BatchFacts], Iterable[Finding]]:
        """Notice this root cause in data held against a contract."""
        self._senses["data"] = sense
        return sense

    def in_proof(
        self, sense: Callable[[ProofFacts], Iterable[Finding]]
    ) -> Callable[[ProofFacts], Iterable[Finding]]:
        """Notice this root cause in what a fresh process saw when it reloaded the file."""
        self._senses["proof"] = sense
        return sense

    def notice(self, sense: str, facts: Any) -> Iterator[Finding]:
        """The findings of one sense, or none where this rule lacks it."""
        if sense in self._senses:
            yield from self._senses[sense](facts)

    def notice_error(self, error: BaseException, stage: str, where: str) -> Iterator[Finding]:
        """The findings of this rule's signatures for an exception raised in `stage`."""
        for signature in self.signatures:
            match = signature.match(error, stage)
            if match:
                seen = (f"{type(error).__name__}: {error}".splitlines()[0][:300],)
                yield self.told(signature, match.groupdict(default=""), where, seen)
                return

    def told(
        self,
        signature: Signature,
        groups: Mapping[str, str],
        where: str,
        evidence: tuple[str, ...],
        certainty: Certainty | None = None,
    ) -> Finding:
        """The finding of a signature of this rule, with the names that its match found."""
        names = {"where": where, **groups}
        return self.finding(
            where=where,
            message=signature.message.format_map(names),
            why=signature.why.format_map(names),
            fix=signature.fix.format_map(names),
            certainty=certainty or signature.certainty,
            evidence=evidence,
        )

    def finding(
        self,
        *,
        where: str,
        message: str,
        why: str,
        fix: str,
        certainty: Certainty = "certain",
        evidence: tuple[str, ...] = (),
        file: str = "",
    ) -> Finding:
        """A finding that carries this rule's code and name; one of something is told as one."""
        return Finding(
            code=self.code,
            name=self.name,
            where=where,
            message=agreed(message),
            why=agreed(why),
            fix=agreed(fix),
            certainty=certainty,
            evidence=evidence,
            file=file,
        )
