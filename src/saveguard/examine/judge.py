"""One archive, read without a framework and judged by every rule that looks at files."""

from __future__ import annotations

import msgspec

from saveguard.archive import read as reading
from saveguard.archive.statistics import measured
from saveguard.facts import ArchiveFacts
from saveguard.finding import Examined, Finding, Report, printable
from saveguard.rules import registry

# A zip archive of something else, or a program in which its signature stands, has none of them.
_MEMBERS = {"config.json", "metadata.json", "model.weights.h5", "model.weights.npz"}

# Layouts that hold weights alone, with which `load_weights` has to be called on a model.
_ALONE = ("weights", "shards")

# Places that one rule tells of in one file: a hostile file has as many as it likes.
MOST = 200


def judge(path: str, *, keras: str, sure: bool = True) -> Report:
    """What the rules make of the archive at `path`, with one record of it in `files`.

    Whatever stops the reader or a rule is told under `not_read`: there is always a verdict.

    Args:
        keras: The release that is to load it, `3.15.1`.
        sure: It is meant to be a saved model. Otherwise what is none is no finding, and the
            report has no record of it.
    """
    try:
        facts = reading.read(path, digests=False)
        if not sure and not is_saved_model(facts):
            return Report(subject=printable(path))
        facts = measured(facts)
    except OSError as error:
        return _refused(path, error)
    except Exception as error:  # noqa: BLE001  told as not read
        return unread(path, _told("the reader failed", error))
    return judged(msgspec.structs.replace(facts, keras=keras))


def is_saved_model(facts: ArchiveFacts) -> bool:
    """Whether this is a model or a model's weights; other arrays may be anyone's data."""
    if facts.layout == "keras":
        return any(member.name.rpartition("/")[2] in _MEMBERS for member in facts.members)
    if facts.layout == "weights":
        return bool(facts.versions) or any("vars" in a.path.split("/") for a in facts.arrays)
    return facts.layout not in ("", "npz")


def judged(facts: ArchiveFacts) -> Report:
    """The report on facts that were read already."""
    found: list[Finding] = []
    not_read = [f"{part.what}: {part.why}" for part in facts.unread]
    for rule in registry.sensing("archive"):
        try:
            for number, finding in enumerate(rule.notice("archive", facts)):
                if number == MOST:
                    not_read.append(f"{rule.code}: there are more than {MOST} such places")
                    break
                found.append(finding)
        except Exception as error:  # noqa: BLE001  told as not read
            not_read.append(_told(f"{rule.code} could not judge", error))
    return _report(facts, findings=tuple(found), not_read=tuple(not_read))


def unread(path: str, why: str) -> Report:
    """A report that says only why there is none."""
    return _report(ArchiveFacts(path=path), not_read=(why,))


def refused(path: str, told: Report) -> Report:
    """A report on what could not be brought here, with what was found on the way."""
    why = tuple(finding.message for finding in told.findings)
    return _report(ArchiveFacts(path=path), findings=told.findings, not_read=why)


def _report(
    facts: ArchiveFacts, *, findings: tuple[Finding, ...] = (), not_read: tuple[str, ...] = ()
) -> Report:
    name = printable(facts.path)
    told = tuple(printable(line) for line in not_read)
    record = Examined(path=name, layout=facts.layout, size=facts.size, not_read=told)
    return Report(
        subject=name,
        findings=tuple(msgspec.structs.replace(finding, file=name) for finding in findings),
        read=(_read(facts),) if facts.layout else (),
        not_read=told,
        files=(record,),
    )


def _read(facts: ArchiveFacts) -> str:
    parts = {"member": facts.members, "object": facts.nodes, "array": facts.arrays}
    told = [f"{len(part):,} {name}{'s' * (len(part) != 1)}" for name, part in parts.items() if part]
    told += ["and no model"] if facts.layout in _ALONE else []
    return ": ".join([facts.layout, *([", ".join(told)] if told else [])])


def _refused(path: str, error: OSError) -> Report:
    """A file that the system does not let us read."""
    findings = registry.notice_error(error, "load", path)
    told = f"{error.strerror or error}"
    return _report(ArchiveFacts(path=path), findings=findings, not_read=(told,))


def _told(what: str, error: Exception) -> str:
    return f"{what}: {type(error).__name__}: {error}".splitlines()[0][:300]
