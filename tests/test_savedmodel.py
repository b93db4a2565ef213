"""SavedModels, read without TensorFlow."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import savedmodels as write

from saveguard.archive import savedmodel
from saveguard.archive.read import read
from saveguard.archive.values import blocks

LEGACY = Path(__file__).parents[2] / "shared" / "legacy-models"
DENSE = {
    "class_name": "Dense",
    "config": {"name": "dense", "units": 2, "activation": "relu"},
    "keras_version": "2.15.0",
    "backend": "tensorflow",
}
KEY = "layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE"


def whole(folder: Path) -> Path:
    """A SavedModel with something of everything."""
    graph = write.saved_model(
        write.part(
            2,
            write.graph(
                [write.node("x", "Placeholder"), write.node("init", "NoOp")],
                [write.function("run", write.node("m", "MatMul"), write.node("w", "WriteFile"))],
            ),
        ),
        write.part(3, write.part(2, "save:0"), write.part(3, "restore")),
        write.part(
            5,
            write.part(1, "serving_default"),
            write.part(
                2,
                write.part(1, write.tensor("ids", "x:0", write.INT64, None, 3)),
                write.part(2, write.tensor("out", "m:0", write.FLOAT, None, 2)),
            ),
        ),
        write.part(
            5,
            write.part(1, "__saved_model_init_op"),
            write.part(2, write.part(2, write.tensor("op", "init", 0))),
        ),
        write.part(6, write.part(2, "vocabulary.txt")),
    )
    arrays = {KEY: np.arange(6, dtype="float32").reshape(3, 2), "step": np.array(7)}
    return write.write(folder, graph, arrays, write.keras_metadata(("_tf_keras_layer", DENSE)))


def test_operations_of_graph_and_functions(tmp_path: Path) -> None:
    facts = savedmodel.read(str(whole(tmp_path / "m")))
    assert [(one.graph, one.op, one.name) for one in facts["operations"]] == [
        ("", "Placeholder", "x"),
        ("", "NoOp", "init"),
        ("run", "MatMul", "m"),
        ("run", "WriteFile", "w"),
    ]
    assert facts["damage"] == "" and facts["unread"] == ()


def test_signatures_assets_and_what_runs_at_loading(tmp_path: Path) -> None:
    facts = savedmodel.read(str(whole(tmp_path / "m")))
    (graph,) = facts["documents"]["saved_model.pb"]["graphs"]
    assert graph == {
        "tags": ["serve"],
        "tensorflow": "2.15.1",
        "signatures": {
            "serving_default": {
                "inputs": {"ids": {"tensor": "x:0", "dtype": "int64", "shape": [None, 3]}},
                "outputs": {"out": {"tensor": "m:0", "dtype": "float32", "shape": [None, 2]}},
            }
        },
        "assets": ["vocabulary.txt"],
        "asset_tensors": [],
        "init": ["init"],
        "saver": {"save": "save:0", "restore": "restore"},
    }


def test_what_keras_described(tmp_path: Path) -> None:
    facts = savedmodel.read(str(whole(tmp_path / "m")))
    assert facts["documents"]["keras_metadata.pb[0]"] == DENSE
    assert facts["versions"] == {"tensorflow": "2.15.1", "keras": "2.15.0", "backend": "tensorflow"}
    told = [(n.document, n.path, n.role, n.class_name, n.name) for n in facts["nodes"]]
    assert told[0] == ("keras_metadata.pb[0]", "$", "layer", "Dense", "dense")


def test_what_keras_described_inside_the_graph(tmp_path: Path) -> None:
    objects = write.part(
        7,
        write.described("_tf_keras_sequential", DENSE),
        write.described("_generic_user_object", "not Keras's"),
        write.described("_tf_keras_layer", DENSE),
    )
    facts = savedmodel.read(str(write.write(tmp_path / "m", write.saved_model(objects))))
    assert [n.document for n in facts["nodes"] if n.path == "$"] == [
        "saved_model.pb[0]",
        "saved_model.pb[2]",
    ]
    assert facts["unread"] == ()


def test_a_model_described_twice_is_walked_once(tmp_path: Path) -> None:
    model = {"class_name": "Sequential", "config": {"layers": [DENSE]}}
    same = write.keras_metadata(("_tf_keras_sequential", model | {"model_config": dict(model)}))
    facts = savedmodel.read(str(write.write(tmp_path / "a", write.saved_model(), metadata=same)))
    assert [n.class_name for n in facts["nodes"]].count("Dense") == 1
    hidden = {"model_config": {"class_name": "Sequential", "config": {"layers": [DENSE, DENSE]}}}
    other = write.keras_metadata(("_tf_keras_sequential", model | hidden))
    facts = savedmodel.read(str(write.write(tmp_path / "b", write.saved_model(), metadata=other)))
    assert [n.class_name for n in facts["nodes"]].count("Dense") == 3


def test_arrays_lie_where_the_index_says(tmp_path: Path) -> None:
    folder = whole(tmp_path / "m")
    kernel, step = savedmodel.read(str(folder))["arrays"]
    assert (kernel.path, kernel.shape, kernel.dtype, kernel.role) == (
        KEY,
        (3, 2),
        "float32",
        "weight",
    )
    assert kernel.member == os.path.join("variables", "variables.data-00000-of-00001")
    values = np.fromfile(kernel.source, "<f4", kernel.count, offset=kernel.offset)
    np.testing.assert_array_equal(values, np.arange(6))
    assert (step.path, step.shape, step.dtype, step.offset) == ("step", (), "int64", 24)


def test_roles_of_arrays(tmp_path: Path) -> None:
    one = np.zeros(1, "float32")
    keys = {
        "optimizer/_variables/1/.ATTRIBUTES/VARIABLE_VALUE": "optimizer",
        "w/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE": "optimizer",
        "keras_api/metrics/0/total/.ATTRIBUTES/VARIABLE_VALUE": "other",
        "dense/kernel": "weight",
        "dense/kernel/Adam_1": "optimizer",
        "beta1_power": "optimizer",
        "alone/Adam": "weight",
        "global_step": "other",
    }
    folder = write.write(tmp_path / "m", write.saved_model(), dict.fromkeys(keys, one))
    assert {one.path: one.role for one in savedmodel.read(str(folder))["arrays"]} == keys


@pytest.mark.parametrize(
    "problem, told",
    [
        ("no shard", "variables/variables.data-00000-of-00001: No such file"),
        ("short shard", f"data-00000-of-00001 ends at byte 10; {KEY} ends at 24"),
        ("wrong size", "step is int64[] and has 4 bytes instead of 8"),
        ("bit", "the block at byte 0 does not have its checksum"),
        ("cut index", "variables.index: it does not end as a table of LevelDB's format does"),
        ("cut graph", "saved_model.pb: it ends within a number"),
        ("empty graph", "saved_model.pb: it holds no graph"),
    ],
)
def test_damage_is_told(tmp_path: Path, problem: str, told: str) -> None:
    folder = whole(tmp_path / "m")
    index = folder / "variables" / "variables.index"
    shard = folder / "variables" / "variables.data-00000-of-00001"
    graph = folder / "saved_model.pb"
    data = bytearray(index.read_bytes())
    match problem:
        case "no shard":
            shard.unlink()
        case "short shard":
            shard.write_bytes(shard.read_bytes()[:10])
        case "wrong size":
            index.write_bytes(write.index({"step": write.entry(write.INT64, (), 24, 4)}))
        case "bit":
            data[20] ^= 1
            index.write_bytes(data)
        case "cut index":
            index.write_bytes(data[:-9])
        case "cut graph":
            graph.write_bytes(graph.read_bytes()[:-60])
        case "empty graph":
            graph.write_bytes(b"")
    facts = savedmodel.read(str(folder))
    assert told in facts["damage"].replace(os.sep, "/")


def test_a_cut_graph_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    folder = whole(tmp_path / "m")
    graph = folder / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:-150])
    facts = savedmodel.read(str(folder))
    assert [one.op for one in facts["operations"]] and facts["unread"][0].kind == "damage"


def test_forms_that_are_not_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pbtxt").write_text("saved_model_schema_version: 1")
    assert savedmodel.is_one(str(tmp_path))
    (part,) = savedmodel.read(str(tmp_path))["unread"]
    assert (part.what, part.kind) == ("saved_model.pbtxt", "unknown")


@pytest.mark.parametrize(
    "text, kind", [("{", "damage"), ("[" * 100_000, "budget"), ("\x00", "damage")]
)
def test_descriptions_that_are_no_json_are_told(tmp_path: Path, text: str, kind: str) -> None:
    objects = write.part(7, write.described("_tf_keras_layer", text))
    facts = savedmodel.read(str(write.write(tmp_path / "m", write.saved_model(objects))))
    (part,) = facts["unread"]
    assert (part.what, part.kind) == ("saved_model.pb[0]", kind)


def test_fields_in_another_order_and_twice(tmp_path: Path) -> None:
    # Protocol buffers allow both; the last of a text counts.
    node = write.part(2, "Const") + write.part(1, "n") + write.part(2, "PyFunc")
    graph = write.saved_model(
        write.part(2, write.part(1, node)), write.part(2, write.graph([write.node("b", "Add")]))
    )
    facts = savedmodel.read(str(write.write(tmp_path / "m", graph + graph)))
    assert [one.op for one in facts["operations"]] == ["PyFunc", "Add"] * 2


def test_no_mutation_makes_the_reader_fail(tmp_path: Path) -> None:
    chance = random.Random(20260723)
    origin = whole(tmp_path / "origin")
    files = [path.relative_to(origin) for path in origin.rglob("*") if path.is_file()]
    for turn in range(300):
        folder = shutil.copytree(origin, tmp_path / str(turn))
        target = folder / chance.choice(files)
        data = bytearray(target.read_bytes())
        if turn % 3 == 0:
            del data[chance.randrange(len(data)) :]
        else:
            for _ in range(chance.choice([1, 2, 20])):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        target.write_bytes(data)
        savedmodel.read(str(folder))


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    folder = whole(tmp_path / "m")
    shard = folder / "variables" / "variables.data-00000-of-00001"
    shard.rename(tmp_path / "elsewhere")
    shard.symlink_to(tmp_path / "elsewhere")
    facts = savedmodel.read(str(folder))
    (part,) = facts["unread"]
    assert part.kind == "unknown" and part.why.endswith("elsewhere, which is not followed")
    assert {(one.source, one.offset) for one in facts["arrays"]} == {("", -1)}


def test_the_door_is_the_same_as_for_every_layout(tmp_path: Path) -> None:
    facts = read(whole(tmp_path / "m"))
    assert (facts.layout, facts.content, len(facts.arrays)) == ("savedmodel", "directory", 2)
    assert [one.name for one in facts.members][-1] == "variables/variables.index"
    (values,) = blocks(facts.arrays[0])
    np.testing.assert_array_equal(values, np.arange(6))


def test_reading_loads_no_framework(tmp_path: Path) -> None:
    code = (
        "import sys; from saveguard.archive import savedmodel\n"
        f"savedmodel.read({str(whole(tmp_path / 'm'))!r})\n"
        "print(sorted({'numpy', 'h5py', 'tensorflow', 'keras', 'google'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


REAL: dict[str, dict[str, Any]] = {
    "m000": {"tensorflow": "2.12.0", "keras": "2.12.0", "arrays": 22, "root": "Sequential"},
    "m002": {"tensorflow": "2.11.0", "keras": "2.11.0", "arrays": 9, "root": "Functional"},
    "m108": {"tensorflow": "2.3.2", "keras": "2.4.0", "arrays": 142, "root": "Functional"},
    "m318": {"tensorflow": "2.2.0-rc2", "keras": "2.3.0-tf", "arrays": 13, "root": "Sequential"},
}


@pytest.mark.parametrize("name", REAL)
def test_real_ones(name: str) -> None:
    if not (LEGACY / name).is_dir():
        pytest.skip("the collection of old models is not here")
    facts, told = savedmodel.read(str(LEGACY / name)), REAL[name]
    assert facts["versions"]["tensorflow"] == told["tensorflow"]
    assert facts["versions"]["keras"] == told["keras"]
    assert len(facts["arrays"]) == told["arrays"]
    assert facts["nodes"][0].class_name == told["root"]
    assert facts["damage"] == "" and facts["unread"] == ()
