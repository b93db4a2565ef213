"""Archives that are made to exhaust whoever reads them, each in its own way."""

from __future__ import annotations

import io
import json
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
import archives

MEGABYTE = 1 << 20


def archive(**more: bytes) -> bytes:
    """A `.keras` file with other members than Keras writes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in {**archives.members(), **more}.items():
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def config(value: bytes) -> bytes:
    """A `.keras` file with this as an argument of its layer."""
    text = json.dumps(archives.keras_3(archives.dense(notes="HERE"))).encode()
    return archive(**{"config.json": text.replace(b'"HERE"', value)})


def lists() -> bytes:
    """As many empty lists as the budget for documents holds."""
    return config(b"[" + b"[]," * (11 * MEGABYTE // 3) + b"0]")


def dictionaries() -> bytes:
    return config(b"[" + b"{}," * (11 * MEGABYTE // 3) + b"0]")


def just_within() -> bytes:
    """As many lists as are walked."""
    return config(b"[" + b"[0]," * 490_000 + b"0]")


def numbers() -> bytes:
    return config(b"[" + b"7," * (5 * MEGABYTE) + b"0]")


def layers() -> bytes:
    """More layers than any model has."""
    one = json.dumps(archives.dense()).encode()
    return config(b"[" + (one + b",") * 110_000 + b"0]")


def long_names() -> bytes:
    """A name of a megabyte over many layers."""
    one = json.dumps(archives.dense()).encode()
    key = b"k" * MEGABYTE
    return config(b'{"%s": [' % key + (one + b",") * 90_000 + b"0]}")


def words() -> bytes:
    return config(b"[" + b'"ab",' * (2 * MEGABYTE) + b"0]")


def members() -> bytes:
    """A zip archive of a hundred thousand empty members."""
    return archive(**{f"assets/{index}": b"" for index in range(100_000)})


def headers() -> bytes:
    """Headers of members, and no directory."""
    head = b"PK\x03\x04" + bytes(22) + struct.pack("<HH", 1, 0) + b"a"
    return head * (20 * MEGABYTE // len(head))


def zeros() -> bytes:
    """Weights that unpack to two gigabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, content in archives.members().items():
            if name != "model.weights.h5":
                file.writestr(name, content)
        with file.open("model.weights.h5", "w", force_zip64=True) as member:
            for _ in range(2048):
                member.write(bytes(MEGABYTE))
    return packed.getvalue()


def weights(fill: Callable[[h5py.File], None], **how: str) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w", **how) as file:
        fill(file)
    return content.getvalue()


def arrays() -> bytes:
    """More arrays than any model has."""
    return weights(lambda file: [file.create_dataset(f"a/{n}", data=n) for n in range(25_000)])


def groups() -> bytes:
    """Groups in groups."""

    def fill(file: h5py.File) -> None:
        group = file
        for _ in range(1500):
            group = group.create_group("g")

    return weights(fill)


def rings() -> bytes:
    """Thirty groups that all hold one another: paths without end."""

    def fill(file: h5py.File) -> None:
        held = [file.create_group(f"g{index}") for index in range(30)]
        for group in held:
            for index, other in enumerate(held):
                group[f"x{index}"] = other

    return weights(fill)


def attributes() -> bytes:
    """Attributes of many short texts."""

    def fill(file: h5py.File) -> None:
        texts = np.array([b"%02d" % (n % 100) for n in range(30_000)])
        for index in range(300):
            file.create_group(f"g{index}").attrs["weight_names"] = texts

    return weights(fill)


def messages() -> bytes:
    """An object header with as many empty messages as fit."""
    content = bytearray(archives.weights(io.BytesIO()))
    root = int.from_bytes(content[64:72], "little")
    padding = bytes(8) * (60 * MEGABYTE // 8)
    block = len(content)
    content[root + 2 : root + 4] = b"\xff\xff"
    content[root + 16 : root + 20] = struct.pack("<HH", 16, 16)
    content[root + 24 : root + 40] = struct.pack("<QQ", block, len(padding))
    content += padding
    content[40:48] = len(content).to_bytes(8, "little")
    return bytes(content)


def texts() -> bytes:
    """A heap of tiny texts, each named many times."""

    def fill(file: h5py.File) -> None:
        kind = h5py.string_dtype()
        for index in range(100):
            group = file.create_group(f"g{index}")
            group.attrs.create("layer_names", ["a"] * 4000, dtype=kind)

    return weights(fill)


def chunks() -> bytes:
    """Arrays of a petabyte each in chunks that hold nothing."""

    def fill(file: h5py.File) -> None:
        for index in range(200):
            shape = (1 << 40, 128)
            array = file.create_dataset(f"a{index}", shape, "f8", chunks=(8192, 128), compression=9)
            array[0, 0] = 1.0

    return weights(fill)


def files() -> Iterator[tuple[str, bytes]]:
    """Each of them, by the name of what it exhausts, with the name to give it."""
    zipped = (lists, dictionaries, just_within, numbers, layers, long_names, words, members, zeros)
    for made in (*zipped, headers):
        yield f"{made.__name__}.keras", made()
    for made in (arrays, groups, rings, attributes, messages, texts, chunks):
        yield f"{made.__name__}.weights.h5", made()


def write(folder: Path) -> None:
    """Write all of them into a folder."""
    for name, content in files():
        (folder / name).write_bytes(content)
