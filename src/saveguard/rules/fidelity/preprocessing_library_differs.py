"""A library that the preprocessing uses has another version, and gives other model inputs.

## What happens

Nobody touched the code, and the same raw example is another model input.

## Why

A library's release changed a default or an algorithm: the filter of an image resize, the decoder
of a JPEG, the letters that Unicode knows, the rules of a tokenizer. The file records the versions
of what the function imports, so that the change has a name.

## Fix

Install the version that made the training data, or say in your own code what the library's
default used to be (`image.resize(size, Image.Resampling.BICUBIC)`); then save again.

## Seen in

- Pillow 7.0: the default filter of `Image.resize` is bicubic, and was nearest; silent.
- TensorFlow 2.0: `tf.image.resize` computes other pixels than `tf.image.resize_images` did.

## References

- https://pillow.readthedocs.io/en/stable/releasenotes/7.0.0.html (default resampling filter)
- https://docs.python.org/3/library/importlib.metadata.html (how a version is read)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import drifts

rule = Rule("SG432", "preprocessing-library-differs", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    found = facts.preprocessing
    if found is None or not found.outputs or found.definitions or found.settings:
        return
    if not found.libraries:
        return
    told = " and ".join(
        f"{library.what} is {library.after or 'gone'}, and was {library.before or 'not there'}"
        for library in found.libraries
    )
    before = found.libraries[0]
    yield rule.finding(
        where=drifts.where(found),
        message=f"`{found.name}` gives {drifts.examples(found)} another model input: {told}",
        why="The function is the same to the letter. The model was trained on what the old"
        " version made.",
        fix=f'pip install "{before.what}=={before.before}", or write out in `{found.name}` what'
        " the old version did by default, and save again",
        evidence=drifts.outputs(found),
    )


_SOURCE = """
import {name}

def prepare(value):
    return [{name}.scaled(value)]
"""


def bad(tmp: Path) -> Call:
    """A library whose second release divides by another number."""
    return _load(tmp, "255.0")


def good(tmp: Path) -> Call:
    """A library whose second release computes the same."""
    return _load(tmp, "128.0")


def _load(tmp: Path, divisor: str) -> Call:
    import sys
    import zlib

    name = f"user_{zlib.crc32(str(tmp).encode()):012x}"
    _release(tmp, name, "1.0", "128.0")
    module = drifts.module(tmp, _SOURCE.format(name=name))
    path = drifts.saved(tmp, module.prepare, [64.0, 0.0], (1,))
    _release(tmp, name, "2.0", divisor)
    for held in (module.__name__, f"{name}"):
        sys.modules.pop(held, None)
    return Call("load", (path,))


def _release(folder: Path, name: str, version: str, divisor: str) -> None:
    """Install a distribution of one module, as pip would, in place of an older one."""
    import importlib
    import shutil

    for old in folder.glob(f"{name}-*.dist-info"):
        shutil.rmtree(old)
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    (folder / f"{name}.py").write_text(f"def scaled(x):\n    return x / {divisor}\n")
    about = folder / f"{name}-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (about / "top_level.txt").write_text(f"{name}\n")
    (about / "RECORD").write_text(f"{name}.py,,\n")
    importlib.invalidate_caches()
