"""Ways in which bytes go wrong, by chance or by intent."""

from __future__ import annotations

import io
import random
import re
import zipfile

from seeds import Seed

_SIZES = (0, 1, 0x7F, 0xFF, 0xFFFF, 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)
_BRACKETS = (b"[", b'{"config":', b'{"class_name":"Dense","config":')


def mutated(seed: Seed, others: list[Seed], rng: random.Random) -> dict[str, bytes]:
    """The files of a seed, one to three of their parts changed; packed where it is to be."""
    files = dict(seed.files)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        name = rng.choice(sorted(files))
        donor = rng.choice(others)
        other = donor.files[rng.choice(sorted(donor.files))]
        files[name] = rng.choice(_WAYS)(files[name], other, rng)
    if not seed.zipped:
        return files
    packed = io.BytesIO()
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return {seed.entry: packed.getvalue()}


def _cut(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _flipped(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8, 64)) * bool(changed)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _hole(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    at, length = _range(content, rng)
    return content[:at] + bytes([rng.choice((0, 255))]) * length + content[at + length :]


def _spliced(content: bytes, other: bytes, rng: random.Random) -> bytes:
    at, length = _range(content, rng)
    start, count = _range(other, rng)
    return content[:at] + other[start : start + count] + content[at + length * rng.randrange(2) :]


def _repeated(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    at, length = _range(content, rng)
    return (
        content[: at + length] + content[at : at + length] * rng.choice((1, 2, 50)) + content[at:]
    )


def _sized(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    """A declared size, count or address in place of some bytes."""
    width = rng.choice((1, 2, 4, 8))
    at = rng.randrange(max(len(content) // width, 1)) * width
    number = rng.choice((*_SIZES, len(content), rng.randrange(len(content) + 1)))
    return (
        content[:at] + (number % (1 << 8 * width)).to_bytes(width, "little") + content[at + width :]
    )


def _readdressed(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    """One address copied over another: rings of groups, trees that come back."""
    places = [at for at in range(0, len(content) - 8, 8) if 0 < _number(content, at) < len(content)]
    if len(places) < 2:
        return content
    target, source = rng.choice(places), rng.choice(places)
    return content[:target] + content[source : source + 8] + content[target + 8 :]


def _deepened(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    """A value of a JSON document under many levels of others."""
    values = list(re.finditer(rb'"[a-z_]{1,20}"(?=[,\]}])', content))
    if not values:
        return content
    value, levels = rng.choice(values), rng.choice((50, 300, 2000, 100_000))
    opened = rng.choice(_BRACKETS)
    closed = b"]" if opened == b"[" else b"}"
    deep = opened * levels + value[0] + closed * levels
    return content[: value.start()] + deep + content[value.end() :]


def _number(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 8], "little")


def _range(content: bytes, rng: random.Random) -> tuple[int, int]:
    at = rng.randrange(len(content) + 1)
    return at, min(rng.choice((1, 4, 16, 100, 1000)), len(content) - at)


_WAYS = (
    _cut,
    _flipped,
    _flipped,
    _hole,
    _spliced,
    _repeated,
    _sized,
    _sized,
    _readdressed,
    _deepened,
)
