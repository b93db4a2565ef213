"""Tricks with the zip archive itself."""

from __future__ import annotations

import json
import stat
import warnings
import zipfile
from pathlib import Path

from tools.scorecard import configs, forge
from tools.scorecard.attacks.symbols import module_of_the_system
from tools.scorecard.case import hostile


def _hostile_config() -> bytes:
    layer = configs.lambda_layer(configs.function("os", "system"))
    return json.dumps(configs.aside(layer, "true")).encode()


def _plain_config() -> bytes:
    return json.dumps(configs.plain()).encode()


@hostile("members that leave the folder (GHSA-hqp4-2352-xf5r)", "SG310")
def member_that_leaves_the_folder(folder: Path) -> Path:
    """An asset called `../../outside.txt`."""
    more = {"assets/a/vocabulary.txt": b"a", "../../outside.txt": b"x"}
    return forge.keras_zip(folder / "m.keras", configs.plain(), more=more)


@hostile("members that leave the folder (GHSA-hqp4-2352-xf5r)", "SG310")
def member_with_an_absolute_name(folder: Path) -> Path:
    """An asset called `/srv/outside.txt`."""
    more = {"/srv/outside.txt": b"x"}
    return forge.keras_zip(folder / "m.keras", configs.plain(), more=more)


@hostile("members that leave the folder; Windows", "SG310")
def member_with_a_drive(folder: Path) -> Path:
    """An asset whose name has a drive and a backslash."""
    more = {"assets/C:\\outside.txt": b"x"}
    return forge.keras_zip(folder / "m.keras", configs.plain(), more=more)


@hostile("symbolic link as member (GHSA-hqp4-2352-xf5r)", "SG309", "SG310")
def member_that_is_a_link(folder: Path) -> Path:
    """An asset that is a symbolic link to a folder of the host."""
    path = forge.keras_zip(folder / "m.keras", configs.plain())
    entry = zipfile.ZipInfo("assets/words")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, "/etc")
    return path


@hostile("zip bomb (3.12.3, 3.15.0)", "SG312")
def member_that_unpacks_a_thousandfold(folder: Path) -> Path:
    """An asset of 300 MB in 300 kB."""
    path = forge.keras_zip(folder / "m.keras", configs.plain())
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("assets/words/vocabulary.txt", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(b"\0" * 1_000_000)
    return path


@hostile("npz header bomb (3.12.3, 3.15.0)", "SG308", "SG312")
def npz_that_declares_a_giant(folder: Path) -> Path:
    """A `model.weights.npz` whose array declares 64 GiB."""
    content = forge.npz({"layers.npy": forge.npy("<f4", (1 << 34,), b"\0" * 64)})
    path = folder / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", _plain_config())
        archive.writestr("model.weights.npz", content)
    return path


@hostile("bypass: archive tricks", "SG302", "SG313")
def two_configurations(folder: Path) -> Path:
    """Two members `config.json`: a clean one first, and the one that Keras reads last."""
    path = folder / "m.keras"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", _plain_config())
        archive.writestr("model.weights.h5", forge.weights())
        archive.writestr("config.json", _hostile_config())
    return path


@hostile("bypass: archive tricks", "SG302", "SG313")
def names_that_disagree(folder: Path) -> Path:
    """A local header that calls the configuration otherwise than the list of contents does."""
    path = module_of_the_system.build(folder)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"config.json", b"readme.json", 1))
    return path


@hostile("bypass: archive tricks", "SG302", "SG313")
def members_that_overlap(folder: Path) -> Path:
    """Two entries of the list of contents that point at the same bytes."""
    path = folder / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", _hostile_config())
        archive.writestr("model.weights.h5", forge.weights())
        twin = zipfile.ZipInfo("readme.json")
        first = archive.getinfo("config.json")
        for name in ("header_offset", "CRC", "file_size", "compress_size"):
            setattr(twin, name, getattr(first, name))
        archive.filelist.append(twin)
    return path


@hostile("bypass: archive tricks", "SG302")
def behind_other_bytes(folder: Path) -> Path:
    """The archive behind 4 kB of text, which zip readers skip."""
    path = module_of_the_system.build(folder)
    path.write_bytes(b"\x7fplain text\n" * 341 + path.read_bytes())
    return path


@hostile("bypass: archive tricks", "SG302")
def without_its_list_of_contents(folder: Path) -> Path:
    """The archive cut off before its list of contents; the configuration is still there."""
    path = module_of_the_system.build(folder)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"PK\x01\x02")])
    return path


@hostile("bypass: extension gating", "SG302")
def under_another_name(folder: Path) -> Path:
    """A `.keras` file under the name `.txt`."""
    return module_of_the_system.build(folder).rename(folder / "notes.txt")


@hostile("bypass: extension gating", "SG302")
def unpacked_folder(folder: Path) -> Path:
    """The unpacked folder of a `.keras`, which Keras 3.5 and newer load."""
    path = folder / "m"
    path.mkdir()
    (path / "metadata.json").write_text("{}")
    (path / "config.json").write_bytes(_hostile_config())
    (path / "model.weights.h5").write_bytes(forge.weights())
    return path


@hostile("bypass: archive tricks", "SG302", "SG9xx")
def compressed_members(folder: Path) -> Path:
    """Every member compressed with LZMA, which Keras reads and never writes."""
    path = folder / "m.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", _hostile_config())
        archive.writestr("model.weights.h5", forge.weights())
    return path
