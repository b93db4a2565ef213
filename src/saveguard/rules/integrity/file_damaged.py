"""The file is damaged: its end is missing, a part of it is missing, or bytes have changed.

## What happens

`keras.saving.load_model` stops. For a `.keras` file that was cut short it names the wrong cause:
"File not found". An HDF5 file with a hole in the middle may load without a word, stop anywhere, or
never return: HDF5 files hold no checksums.

## Why

A `.keras` file is a zip archive whose list of contents stands at its end; an HDF5 file says at
its start how long it is. An interrupted copy, download or write leaves a file that ends too early.
Plain Keras writes into the target itself, so a save that is killed leaves such a file, and the
model that it was to replace is gone.

## Fix

Fetch the file again from where it came, and compare the sizes. Where `saveguard.save` wrote it
with `keep_previous=True`, the file before it is there as well:

    mv m.keras.prev m.keras

## Seen in

- Keras 3.15.1, a `.keras` file that was cut, is empty, is no zip archive, is missing, is a folder
  or may not be read: "File not found: filepath=m.keras. Please ensure the file is an accessible
  `.keras` zip file."
- Keras 3.15.1 and TF 2.15, `.keras`: "BadZipFile: Bad CRC-32 for file 'model.weights.h5'";
  "There is no item named 'config.json' in the archive";
  "Expected a model.weights.h5 or model.weights.npz file."
- h5py 3, `.h5`: "Unable to synchronously open file (truncated file: eof = 10144, sblock->base_addr
  = 0, stored_eof = 20288)"; with h5py 2 "Unable to open file (truncated file: ...)".
- h5py 3, `.h5` with changed bytes: "Unable to synchronously open object (bad object header version
  number)"; "Unable to synchronously check link existence (bad local heap signature)".

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_api.py (load_model)
- https://github.com/keras-team/keras/issues/6221
- https://github.com/keras-team/keras/issues/20146
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG101", "file-damaged", since="0.1")

_CUT = "A write, copy or download that was interrupted leaves such a file."
_BYTES = "Bytes changed after they were written: on the disk, or on their way here."
_FIX = (
    "fetch {path} again from where it came, and compare the sizes; where saveguard.save wrote it"
    " with keep_previous=True, the file before it is {path}.prev"
)
# What zipfile and HDF5 say; what it is; how it comes about and what follows.
_DAMAGES = (
    (
        r"stored_eof = (?P<whole>\d+)",
        "it ends after {size} of {whole} bytes",
        f"{_CUT} load_model() stops with an OSError.",
    ),
    (
        r"File is not a zip file",
        "it ends after {size} bytes, before its list of contents",
        f'{_CUT} load_model() of Keras 3 stops with "File not found".',
    ),
    (
        r"has no member '(?P<member>.*)'",
        "it is a zip archive without {member}",
        f"{_CUT} A zip archive of something else is no Keras file either. load_model() stops.",
    ),
    (
        r"Bad CRC-32 for file '(?P<member>.*)'",
        "the bytes of {member} do not match their checksum",
        f"{_BYTES} load_model() stops with BadZipFile.",
    ),
    (
        r"JSONDecodeError: (?!metadata.json)(?P<document>\S+?):? (?P<told>.*)",
        "its {document} is not JSON ({told})",
        f"{_BYTES} load_model() reads the model from it, and stops.",
    ),
    (
        r"JSONDecodeError",
        "its metadata.json is not JSON",
        "load_model() does not read that member and may well succeed; a receipt in it is lost.",
    ),
    (
        r"(?P<told>(?P<member>\S+) ends at byte .*?)(?:;|$)",
        "{told}",
        f"{_CUT} The arrays behind its end are lost in this copy.",
    ),
    (r": '?(?P<told>.*?)'?$", "{told}", f"{_BYTES} load_model() stops, now or in the middle."),
    (r"(?P<told>.+)", "{told}", f"{_BYTES} load_model() stops, now or in the middle."),
)
# Nothing is damaged that was never fetched: SG102 tells of those.
_POINTER = "a Git LFS pointer"


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    damaged = facts.damage and _POINTER not in facts.damage
    for pattern, told, why in _DAMAGES if damaged else ():
        match = re.search(pattern, facts.damage)
        if match:
            what = told.format(size=facts.size, **match.groupdict())
            yield rule.finding(
                where=facts.path,
                message=f"{facts.path} is damaged: {what}",
                why=why,
                fix=_FIX.format(path=facts.path),
                certainty="likely" if "metadata.json" in what else "certain",
                evidence=(facts.damage[:300],),
            )
            return


rule.in_traceback(
    Signature(
        exceptions=("OSError",),
        pattern=r"truncated file: eof = (?P<size>\d+).*stored_eof = (?P<whole>\d+)",
        stages=("load",),
        message="{where} is damaged: it ends after {size} of {whole} bytes",
        why=_CUT + " Nothing can be read from it.",
        fix=_FIX.replace("{path}", "{where}"),
        alone=".",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("BadZipFile", "KeyError", "ValueError"),
        pattern=r"Bad CRC-32 for file|Bad magic number for|and header b'.*' differ"
        r"|no item named '(?:config.json|model.weights.h5)' in the archive"
        r"|Expected a model\.weights\.h5 or model\.weights\.npz file",
        stages=("load",),
        message="{where} is damaged: a part of the archive is missing or has changed",
        why="A `.keras` file is a zip archive of config.json, metadata.json and model.weights.h5,"
        " each with a checksum; what was read does not agree with that.",
        fix=_FIX.replace("{path}", "{where}"),
        alone=r"model\.weights|config\.json|\.keras\b",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("OSError", "KeyError", "RuntimeError"),
        pattern=r"\((?P<told>bad (?:object header|local heap|global heap|symbol table)[^)]*"
        r"|wrong B-tree signature|corrupt object header|message not aligned"
        r"|ran off end of input buffer[^)]*|unable to determine object type"
        r"|address of object past end of allocation|bad byte number in an address)\)",
        stages=("load",),
        message="{where} is damaged: HDF5 found {told}",
        why=f"{_BYTES} HDF5 files hold no checksums, so it shows only where their structure no"
        " longer adds up.",
        fix=_FIX.replace("{path}", "{where}"),
        alone=".",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("BadZipFile",),
        pattern=r"File is not a zip file",
        stages=("load",),
        message="{where} is probably cut short: it is not a whole zip archive",
        why="A `.keras` file is a zip archive, whose directory stands at its end. " + _CUT,
        fix="ls -l {where}: where its size is not that of the original, fetch it again",
        certainty="likely",
        alone=r"\.keras\b",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("BadZipFile", "ValueError"),
        pattern=r"File not found: filepath=.*Please ensure the file is an accessible `\.keras`"
        r" zip file",
        stages=("load",),
        message="{where} is probably cut short: it is not a whole zip archive",
        why='Keras 3 says "File not found" of a `.keras` file that was cut, is empty, is no zip'
        " archive, is missing, is a folder or may not be read. " + _CUT,
        fix="ls -l {where}: where its size is not that of the original, fetch it again",
        certainty="possible",
        alone=r"\.keras\b",
    )
)


def bad(tmp: Path) -> Call:
    """The first half of a model, as an interrupted copy leaves it."""
    path = _saved(tmp)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return Call("load", (path,))


def good(tmp: Path) -> Call:
    """The whole of it."""
    return Call("load", (_saved(tmp),))


def _saved(tmp: Path) -> Path:
    import keras

    path = tmp / "m.keras"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(path)
    return path
