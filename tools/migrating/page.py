"""docs/migrating.md: from each old version, out of the steps and of what was measured."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from causes import CAUSES
from measure import KINDS, Measured
from real import Tried
from section import section

from saveguard.migration.steps import STEPS

INTRODUCTION = """# Migrating old models

    saveguard migrate old.h5 --dry-run                       # what would be changed
    saveguard migrate old.h5 new.keras --with-uv auto        # written, and held against its version
    saveguard migrate models/ migrated/ --python /envs/tf2.4/bin/python

`saveguard migrate` rewrites what an old release of Keras wrote for today's, and carries the weights
over. The old file is only read; nothing in it is executed. From Python it is `saveguard.migrate`,
and `saveguard.load` takes the same steps in memory.

**Proven** means: the version that saved the model answered the same inputs with the same outputs,
to 1e-4 of the largest number in each sample's output (2e-2 where layers compute in float16). It
answers by one of

- `--golden FILE.npz`: inputs `in_00`, `in_01`, ... and outputs `out_00`, ... in the model's order;
- `--python ENV/bin/python`: an interpreter with that version, Python 3.6 and newer;
- `--with-uv 'tensorflow==2.4.*'`: such an environment, made with uv and kept in the user's cache;
  `auto` takes the release that the file names.

Without any of them the receipt in the new file says "not proven". A model that answers otherwise
does not get the new name (SG440). What needs a class of its author's says so for all of them at
once, with the arguments that the file has for them: `--custom module:Class`.
"""

LAMBDAS = r"""## Lambda layers

    saveguard migrate old.h5 --show-lambdas

A Lambda layer has its function as bytecode, which is never executed, and never handed to Python's
`marshal`, either: Saveguard reads CPython 2.7 and 3.5 to 3.13 itself. For each it shows the shapes
that the file has, the Python that wrote it (two where the bytecode fits both), the source where the
function runs through without a jump, what it could be with `keras.ops`, a template to fill, and the
instructions:

    Lambda lambda_1: (None, 66, 200, 3) -> an unknown shape
      written by Python 3.5, in model.py:34
      reads as: lambda x: x / 127.5 - 1.0
      suggestion, to be checked: lambda x: x / 127.5 - 1.0
      write it:  def lambda_1(x): return x / 127.5 - 1.0
      give it:   --custom lambda_1=MODULE:lambda_1

The suggestion is never applied: write the function into a module of yours, give it, and let the
proof compare. What `K` and `tf` were is taken from their names; a function may have meant others.
"""
MEASURED = """## Measured

Each version wrote every architecture of tools/matrix that it can build; `make migrations` migrates
the files and compares the outputs with those that the version gave. "Needs a class" are models
with a layer, function or Lambda of their author's. Not compared are models that take no inputs
there, or answer at random. "Not in the file" are those that depend on what their release did not
write (a vocabulary, `causal`, `output_padding`), or of which the outputs were recorded for inputs
that today's Keras reads otherwise (masks of other numbers than 0 and 1); the migration tells so,
and none of them is reported as equal. The share is of the files that need no class, hold what
their model is, and were compared.
"""

MEMORY = """### Memory

Peaks of a process as multiples of the file's weights, above what Keras itself takes
(`python benchmarks/migrate.py --format FORMAT --record`): while it migrates, while the fresh
process reloads the new file, and in `saveguard.load` of the old one; a `.keras` of Keras 3 is
loaded as a current file, not by the steps.
"""
KEPT = Path(__file__).with_name("memory.json")

_NAMES = (("sm-", "SavedModel of "), ("tf_keras", "tf_keras "), ("tf", "TensorFlow "))
_MACHINE = re.compile(r"(?:/[\w.+@-]+){2,}/([\w.+@-]+)")
LONGEST = 200


def text(measured: Sequence[Measured], real: Sequence[Tried]) -> str:
    """The whole page."""
    blocks = [INTRODUCTION.rstrip(), LAMBDAS.rstrip(), MEASURED.rstrip()]
    blocks.append(f"**{summary(measured)}.**")
    blocks += [table(measured), layers(measured), "### Misses", misses(measured)]
    if real:
        blocks.append(section(real))
    blocks += [MEMORY.rstrip(), memory()]
    blocks += ["## From each version", "Steps that its files took, with how many took them."]
    blocks += [versions(measured), "## The steps", *map(step, STEPS)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def summary(measured: Sequence[Measured]) -> str:
    """One line: files, equal ones, and their share."""
    equal, of = _share(measured)
    told = f"{equal:,} of {of:,}" + (f" ({equal / of:.1%})" if of else "")
    left = sum(one.verdict == "not in the file" for one in measured)
    return (
        f"{len(measured):,} files; of those compared that need no class, {told} are equal; of"
        f" {left} more the file does not hold what their outputs depend on"
        f" ({equal / max(1, of + left):.1%} with those counted as missed)"
    )


def table(measured: Sequence[Measured]) -> str:
    """Versions and formats down, verdicts across."""
    heads = ("written by", "format", "files", *KINDS, "share")
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for (version, kind), rows in _grouped(measured).items():
        counts = Counter(one.verdict for one in rows)
        equal, of = _share(rows)
        shown = [str(counts[name]) for name in KINDS]
        share = f"{equal / of:.1%}" if of else "-"
        lines.append(
            f"| {version} | {kind} | {len(rows)} | {' | '.join(map(str, shown))} | {share} |"
        )
    return "\n".join(lines)


def layers(measured: Iterable[Measured]) -> str:
    """How much of Keras the equal ones reach."""
    equal = [one for one in measured if one.verdict == "equal"]
    kinds = {name for one in equal for name in one.layers}
    architectures = {one.architecture for one in equal}
    return (
        f"The equal ones are {len(architectures)} architectures with layers of {len(kinds)}"
        " classes."
    )


def memory() -> str:
    """What benchmarks/migrate.py kept."""
    lines = ["| format | MiB | migrating | reloading | `saveguard.load` |", "|---|---|---|---|---|"]
    for form, found in json.loads(KEPT.read_text()).items():
        names = ("migrated", "reloaded", "read into memory only")
        told = " | ".join(f"{found[name]:.2f}" for name in names)
        lines.append(f"| `.{form}` | {found['mebibytes']:.0f} | {told} |")
    return "\n".join(lines)


def misses(measured: Iterable[Measured]) -> str:
    """What differs or is refused, the same ones of several versions together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in measured:
        if one.verdict in ("differs", "refused", "not in the file"):
            key = (one.architecture, f"{one.verdict}: {_clean(one.told)}")
            groups.setdefault(key, []).append(f"{_version(one)} ({one.format})")
    if not groups:
        return "No misses."
    return "\n".join(
        f"- {name}, {', '.join(by)}: {told}{_cause(name)}" for (name, told), by in groups.items()
    )


def _cause(architecture: str) -> str:
    return f"; {CAUSES[architecture]}" if architecture in CAUSES else ""


def versions(measured: Sequence[Measured]) -> str:
    """For each version the steps that its files took."""
    lines = []
    for version in dict.fromkeys(_version(one) for one in measured):
        rows = [one for one in measured if _version(one) == version and one.steps]
        counts = Counter(step for one in rows for step in one.steps)
        told = ", ".join(f"[{name}](#{name}) {count}" for name, count in counts.most_common())
        lines.append(f"- **{version}**: {told or 'nothing has to be changed'}")
    return "\n".join(lines)


def step(one) -> str:
    """A step's page, from its module."""
    page = inspect.cleandoc(sys.modules[one.rewrite.__module__].__doc__ or "")
    title, _, rest = page.partition("\n")
    body = re.sub(r"^## (.+)$", r"**\1.**", rest.strip(), flags=re.MULTILINE)
    exact = "" if one.exact == "equal" else " (changes numbers)"
    return f"### {one.name}\n\n{title} Changed in Keras {one.changed}{exact}.\n\n{body}"


def _grouped(measured: Iterable[Measured]) -> dict[tuple[str, str], list[Measured]]:
    found: dict[tuple[str, str], list[Measured]] = {}
    for one in measured:
        found.setdefault((_version(one), one.format), []).append(one)
    return found


def _share(rows: Iterable[Measured]) -> tuple[int, int]:
    counts = Counter(one.verdict for one in rows)
    return counts["equal"], counts["equal"] + counts["differs"] + counts["refused"]


def _version(one: Measured) -> str:
    told = one.written_by
    for prefix, name in _NAMES[1:]:
        if told.startswith(prefix):
            return name + told.removeprefix(prefix)
    return f"Keras {told.removeprefix('keras')}" if told.startswith("keras") else told


def _clean(told: str) -> str:
    text = _MACHINE.sub(r"…/\1", " ".join(told.split())).replace("`", "'")
    text = re.sub(r"\x1b\[\d*m|<|>", "", text)
    return f"`{text[:LONGEST].rstrip()}`"
