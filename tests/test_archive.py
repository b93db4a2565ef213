"""Every layout is read without a framework, and every layout gives the same facts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import archives
import h5py
import numpy as np
import pytest

from saveguard.archive.read import read
from saveguard.archive.values import blocks
from saveguard.facts import ArchiveFacts

ARRAYS = {
    "layers/dense/vars/0": ("weight", (3, 2), "float32"),
    "layers/dense/vars/1": ("weight", (2,), "float32"),
    "layers/dropout/seed_generator/vars/0": ("seed", (2,), "uint32"),
    "optimizer/vars/0": ("optimizer", (), "int64"),
}


def arrays(facts: ArchiveFacts) -> dict[str, tuple[str, tuple[int, ...], str]]:
    return {array.path: (array.role, array.shape, array.dtype) for array in facts.arrays}


def values(facts: ArchiveFacts, path: str) -> list[float]:
    array = next(array for array in facts.arrays if array.path == path)
    return [float(v) for piece in blocks(array, size=8) for v in piece]


def whole(facts: ArchiveFacts) -> bool:
    return not (facts.damage or facts.unread or facts.links or facts.changed)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_keras_archive(tmp_path: Path, method: int) -> None:
    path = archives.zipped(tmp_path / "named.other", archives.members(), method)
    facts = read(path)
    assert whole(facts) and (facts.layout, facts.content) == ("keras", "zip")
    assert arrays(facts) == ARRAYS
    assert values(facts, "layers/dense/vars/0") == archives.KERNEL.ravel().tolist()
    assert [node.class_name for node in facts.nodes] == ["Sequential", "Dense", "relu"]
    assert facts.versions == {"keras": "3.15.1"}
    assert {member.name for member in facts.members} == set(archives.members())
    stored = method == zipfile.ZIP_STORED
    assert all((array.offset >= 0) == stored for array in facts.arrays)


def test_an_unpacked_archive(tmp_path: Path) -> None:
    held = archives.members(**{"assets/words.txt": b"one\ntwo"})
    facts = read(archives.unpacked(tmp_path / "model", held))
    assert whole(facts) and (facts.layout, facts.content) == ("folder", "directory")
    assert arrays(facts) == ARRAYS
    assert values(facts, "layers/dense/vars/1") == [0.5, -0.5]
    assert facts.size == sum(map(len, held.values()))
    assert {member.name for member in facts.members} == set(held)


def test_weights_as_npz(tmp_path: Path) -> None:
    held = archives.members()
    del held["model.weights.h5"]
    held["model.weights.npz"] = archives.npz(kernel=archives.KERNEL, odd=np.array([{}], object))
    facts = read(archives.zipped(tmp_path / "m.keras", held))
    assert whole(facts) and facts.layout == "keras"
    assert arrays(facts) == {
        "kernel": ("weight", (3, 2), "float32"),
        "odd": ("weight", (1,), "object"),
    }
    assert values(facts, "kernel") == archives.KERNEL.ravel().tolist()


def test_npz_alone(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    np.savez_compressed(path, a=archives.KERNEL, b=np.zeros((2, 0)), c=np.bool_(True))
    facts = read(path)
    assert whole(facts) and facts.layout == "npz"
    assert arrays(facts)["c"] == ("weight", (), "bool")
    assert values(facts, "a") == archives.KERNEL.ravel().tolist()


@pytest.mark.parametrize("how", [{}, {"libver": "latest"}, {"userblock_size": 1024}])
def test_a_legacy_file(tmp_path: Path, how: dict[str, Any]) -> None:
    config = archives.sequential(archives.dense())
    facts = read(archives.legacy(tmp_path / "m.h5", config, archives.TRAINING, **how))
    assert whole(facts) and (facts.layout, facts.content) == ("h5", "hdf5")
    assert facts.versions == {"keras": "2.2.4-tf", "backend": "tensorflow"}
    assert arrays(facts)["model_weights/dense/dense/kernel:0"] == ("weight", (3, 2), "float32")
    assert arrays(facts)["optimizer_weights/Adam/iter:0"][0] == "optimizer"
    assert facts.documents["@layer_names"] == ["input", "dense"]
    assert facts.documents["@weight_names"] == {
        "model_weights/dense": ["dense/kernel:0", "dense/bias:0"],
        "model_weights/input": [],
        "optimizer_weights": ["Adam/iter:0"],
    }
    told = [(node.document, node.role) for node in facts.nodes if node.role != "activation"]
    assert told[:2] == [("@model_config", "model"), ("@model_config", "layer")]
    assert [role for document, role in told[2:]] == ["loss", "metric", "optimizer"]


def test_names_that_keras_split(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        for index, part in enumerate(([b"a", b"b"], [b"c"])):
            file.attrs[f"layer_names{index}"] = np.array(part)
    assert read(path).documents == {"@layer_names": ["a", "b", "c"]}


def test_a_model_of_keras_1(tmp_path: Path) -> None:
    layer = {"class_name": "Dense", "config": {"name": "d", "init": "uniform", "output_dim": 2}}
    config = {"class_name": "Sequential", "config": [layer], "keras_version": "1.2.2"}
    facts = read(archives.legacy(tmp_path / "m.hdf5", config))
    assert [(node.role, node.class_name) for node in facts.nodes] == [
        ("model", "Sequential"),
        ("layer", "Dense"),
        ("initializer", "uniform"),
    ]


def test_weights_alone(tmp_path: Path) -> None:
    archives.weights(tmp_path / "m.weights.h5")
    facts = read(tmp_path / "m.weights.h5")
    assert whole(facts) and facts.layout == "weights" and arrays(facts) == ARRAYS


def test_weights_in_shards(tmp_path: Path) -> None:
    facts = read(archives.shards(tmp_path))
    assert whole(facts) and (facts.layout, facts.content) == ("shards", "json")
    kernels = [array for array in facts.arrays if array.role == "weight"]
    assert [(array.member, array.path) for array in kernels] == [
        ("m_00000.weights.h5", "layers/dense/vars/0"),
        ("m_00001.weights.h5", "layers/dense_1/vars/0"),
    ]
    (tmp_path / "m_00001.weights.h5").unlink()
    assert read(tmp_path / "m.weights.json").damage == (
        "the archive has no member 'm_00001.weights.h5'"
    )


def test_a_shard_elsewhere_is_not_read(tmp_path: Path) -> None:
    path = archives.shards(tmp_path / "inner")
    archives.weights(tmp_path / "outside.h5")
    path.write_text(json.dumps({"weight_map": {"/a": "../outside.h5", "/b": "/etc/hostname"}}))
    facts = read(path)
    assert facts.arrays == () and {part.kind for part in facts.unread} == {"unknown"}


def test_every_form_that_hdf5_has(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    rows = np.arange(50 * 33, dtype="f8").reshape(50, 33)
    held = {
        "many": np.float16([1.5, 2.5]),
        "big": np.arange(5, dtype=">i4"),
        "truth": np.array([True, False]),
        "complex": np.array([1 + 2j], "c8"),
    }
    with h5py.File(path, "w") as file:
        for name, array in held.items():
            file[name] = array
        chunked = {"chunks": (7, 5), "compression": "gzip", "shuffle": True, "fletcher32": True}
        file.create_dataset("rows", data=rows, **chunked)
        file.create_dataset("never", (3, 4), "f4")
        half = file.create_dataset("half", data=np.uint16([0x3FC0, 0xC000]).view("V2"))
        half.attrs["dtype"] = "bfloat16"
        file["words"] = ["one", "two"]
    facts = read(path)
    assert whole(facts)
    assert {name: arrays(facts)[name][2] for name in ("many", "big", "truth", "complex")} == {
        "many": "float16",
        "big": "int32",
        "truth": "bool",
        "complex": "complex64",
    }
    assert values(facts, "big") == [0, 1, 2, 3, 4]
    assert values(facts, "rows") == rows.ravel().tolist()
    assert values(facts, "half") == [1.5, -2.0]
    assert values(facts, "never") == []
    assert arrays(facts)["words"] == ("weight", (2,), "string")


def test_large_groups_of_todays_format(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w", libver="latest", track_order=True) as file:
        for index in range(1200):
            file.create_dataset(f"layers/array_{index:04}", data=np.float32(index))
        for index in range(60):
            file["layers"].attrs[f"weight_names{index}"] = np.array([f"w{index}".encode()])
    facts = read(path)
    assert whole(facts) and len(facts.arrays) == 1200
    assert values(facts, "layers/array_0777") == [777.0]
    assert facts.documents["@weight_names"] == {"layers": [f"w{n}" for n in range(60)]}


def test_links_are_told_and_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("layers/dense")
        file["layers/again"] = group
        group["ring"] = file["layers"]
        group["soft"] = h5py.SoftLink("/etc")
        group["out"] = h5py.ExternalLink("other.h5", "/x")
        group.create_dataset("raw", (2,), "f4", external=[("host", 0, 8)])
        group.create_virtual_dataset("virtual", h5py.VirtualLayout((4,), "f4"))
    facts = read(path)
    assert facts.unread == () and facts.damage == ""
    assert {(link.kind, link.path, link.target) for link in facts.links} == {
        ("hard", "layers/dense", "layers/again"),
        ("cycle", "layers/again/ring", "layers"),
        ("soft", "layers/again/soft", "/etc"),
        ("external", "layers/again/out", "other.h5:/x"),
        ("external-storage", "layers/again/raw", "host"),
        ("virtual", "layers/again/virtual", ""),
    }
    assert values(facts, "layers/again/raw") == []


def test_links_out_of_a_folder(tmp_path: Path) -> None:
    folder = archives.unpacked(tmp_path / "model", archives.members())
    outside = tmp_path / "elsewhere"
    (folder / "config.json").rename(outside)
    (folder / "config.json").symlink_to(outside)
    facts = read(folder)
    assert [(link.kind, link.path) for link in facts.links] == [("symlink", "config.json")]
    assert facts.nodes == () and facts.unread[0].what == "config.json"


def test_a_folder_of_the_hugging_face_cache(tmp_path: Path) -> None:
    held = archives.members()
    archives.unpacked(tmp_path / "blobs", {"0a1b": held["config.json"]})
    folder = archives.unpacked(tmp_path / "snapshots" / "main", held)
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to("../../blobs/0a1b")
    facts = read(folder)
    assert facts.unread == () and len(facts.nodes) == 3


def test_the_configuration_alone(tmp_path: Path) -> None:
    path = archives.zipped(tmp_path / "m.keras", archives.members())
    facts = read(path, arrays=False)
    assert facts.arrays == () and len(facts.nodes) == 3 and not facts.damage
    legacy = archives.legacy(tmp_path / "m.h5", archives.sequential(archives.dense()))
    facts = read(legacy, arrays=False)
    assert facts.arrays == () and len(facts.nodes) == 3 and facts.layout == "h5"


@pytest.mark.parametrize("layout", ["keras", "h5"])
def test_reading_loads_neither_numpy_nor_h5py(tmp_path: Path, layout: str) -> None:
    config = archives.sequential(archives.dense())
    path = archives.zipped(tmp_path / "m.keras", archives.members())
    if layout == "h5":
        path = archives.legacy(tmp_path / "m.h5", config)
    code = (
        "import sys; from saveguard.archive.read import read; read(sys.argv[1], digests=False);"
        "print(sorted({'numpy', 'h5py', 'zipfile', 'keras'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, os.fspath(path)]
    assert subprocess.check_output(command, text=True).strip() == "[]"


# Real old files, with a manifest; they are other people's, and lie beside the repository.
LEGACY = Path(__file__).parents[2] / "shared" / "legacy-models"


@pytest.mark.skipif(not LEGACY.is_dir(), reason="the real old files are not here")
def test_real_old_files() -> None:
    for entry in json.loads((LEGACY / "manifest.json").read_text()):
        facts = read(LEGACY / entry["file"], digests=True)
        assert not facts.damage and not facts.unread, entry["id"]
        assert facts.arrays and facts.nodes, entry["id"]
        found = {node.class_name for node in facts.nodes}
        assert set(entry["layers"]) <= found | {"Functional", "Model"}, entry["id"]
