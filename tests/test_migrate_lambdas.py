"""The functions of Lambda layers, as bytecode of real Pythons (tools/lambdas.py)."""

from __future__ import annotations

import ast
import base64
import json
from pathlib import Path
from typing import Any

import h5py
import pytest
from click.testing import CliRunner

from saveguard.archive import bytecode
from saveguard.cli.main import main
from saveguard.known.opcodes import opcodes
from saveguard.migration import lambdas
from saveguard.migration.lambdas import expression, told
from saveguard.migration.lambdas.instructions import instructions, releases

RECORDED: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("recorded_lambdas.json").read_text()
)
# As CPython 3.5 wrote it, out of a file of a public project: `lambda x: K.stack(x, axis=1)`.
OF_3_5 = (
    "4wEAAAAAAAAAAQAAAAQAAABTAAAAcxMAAAB0AABqAQB8AABkAQBkAgCDAQFTKQNO2gRheGlz6QEA\nAAApAtoBS9oFc3R"
    "hY2spAdoBeKkAcgYAAAD6CHRyYWluLnB52gg8bGFtYmRhPi4BAABzAAAAAA==\n"
)
SUGGESTED = {
    "lambda x: x / 127.5 - 1.0": "x / 127.5 - 1.0",
    "lambda x: K.expand_dims(x, axis=-1)": "keras.ops.expand_dims(x, axis=-1)",
    "lambda x: K.squeeze(x, 1)": "keras.ops.squeeze(x, 1)",
    "lambda x: K.abs(x[0] - x[1])": "keras.ops.abs(x[0] - x[1])",
    "lambda x: K.l2_normalize(x, axis=1)": "keras.ops.normalize(x, axis=1)",
    "lambda x: tf.image.resize(x, (32, 32))": "keras.ops.image.resize(x, size=(32, 32))",
    "lambda x: K.concatenate([x[0], x[1]])": "keras.ops.concatenate([x[0], x[1]], axis=-1)",
    "lambda x: tf.reduce_sum(x, 1)": "keras.ops.sum(x, axis=1)",
    "lambda x: tf.nn.softmax(x)": "keras.ops.softmax(x)",
    "lambda x: tf.cast(x, tf.float32)": "keras.ops.cast(x, 'float32')",
}


def layer(text: str, **config: Any) -> dict[str, Any]:
    held = {"name": "f", "function": [text, None, None], "function_type": "lambda"} | config
    return {"class_name": "Lambda", "name": "f", "config": held}


def model(text: str) -> dict[str, Any]:
    layers = [layer(text, batch_input_shape=[None, 4])]
    return {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}


@pytest.mark.parametrize("release", RECORDED)
def test_the_instructions_are_those_that_the_python_itself_lists(release: str) -> None:
    for text, names in RECORDED[release].values():
        code = bytecode.read(base64.b64decode(text))
        number = int(release.partition(".")[0]), int(release.partition(".")[2])
        assert number in releases(code)
        found = [one.name for one in instructions(code, number)]
        assert not names or found == names


@pytest.mark.parametrize("release", RECORDED)
def test_a_function_without_jumps_reads_as_it_was_written(release: str) -> None:
    for source, (text, _) in RECORDED[release].items():
        (found,) = lambdas.of(model(text))
        if " if " in source or " for " in source:
            assert found.function is None
            assert "its instructions are below" in told.told(found)
            continue
        assert found.function is not None, (release, source)
        read = ast.dump(ast.parse(expression.source(found.function)))
        listed = (
            source.replace("[1, 2]", "(1, 2)")
            if "(1, 2)" in ast.unparse(found.function)
            else source
        )
        assert read == ast.dump(ast.parse(listed)), (release, source)


@pytest.mark.parametrize("release", RECORDED)
def test_what_is_known_is_suggested_with_keras_ops(release: str) -> None:
    for source, wanted in SUGGESTED.items():
        (found,) = lambdas.of(model(RECORDED[release][source][0]))
        assert found.suggested is not None
        assert expression.source(found.suggested) == f"lambda x: {wanted}"
        assert "suggestion, to be checked" in told.told(found)
    (other,) = lambdas.of(model(RECORDED[release]["lambda x: tf.nn.depth_to_space(x, scale)"][0]))
    assert other.suggested is None
    assert "not in the file: what scale, tf meant" in told.told(other)


def test_python_3_5_of_a_real_file() -> None:
    (found,) = lambdas.of(model(OF_3_5))
    assert found.releases == ((3, 5),)
    assert found.function is not None
    assert expression.source(found.function) == "lambda x: K.stack(x, axis=1)"


def test_the_python_is_told_where_the_bytecode_tells_it() -> None:
    """Method calls came with 3.7, and a table of every line with 3.10."""
    source = "lambda x: K.squeeze(x, 1)"
    told_of = {name: releases(bytecode.read(base64.b64decode(held[source][0])))
               for name, held in RECORDED.items()}  # fmt: skip
    assert told_of["2.7"] == ((2, 7),)
    assert told_of["3.6"] == ((3, 6), (3, 7))
    assert told_of["3.7"] == ((3, 7),)
    assert told_of["3.8"] == told_of["3.9"] == ((3, 8), (3, 9))
    assert [told_of[name] for name in ("3.10", "3.11", "3.12", "3.13")] == [
        ((3, 10),), ((3, 11),), ((3, 12),), ((3, 13),)]  # fmt: skip
    assert list(opcodes())[:2] == [(2, 7), (3, 5)]


def test_damaged_bytecode_is_told_and_stays_small() -> None:
    raw = base64.b64decode(RECORDED["3.8"]["lambda x: x[:, 0]"][0])
    for at in range(len(raw)):
        for value in (0, 0x7F, 0xFF, ord("("), ord("l"), ord("r") | 0x80):
            changed = base64.b64encode(raw[:at] + bytes([value]) + raw[at + 1 :]).decode()
            for one in lambdas.of(model(changed)):
                assert told.told(one).startswith("Lambda f")
    doubled = b"\xa9\x02" * 30 + b"N"
    with pytest.raises(ValueError, match="no function"):
        bytecode.read(doubled)


def test_the_command_shows_them_and_executes_nothing(tmp_path: Path) -> None:
    old = tmp_path / "old.h5"
    with h5py.File(old, "w") as file:
        text = RECORDED["3.6"]["lambda x: x / 127.5 - 1.0"][0]
        file.attrs["model_config"] = json.dumps(model(text))
        file.attrs["keras_version"] = "2.2.4"
        file.create_group("model_weights").attrs["layer_names"] = [b"f"]
        group = file["model_weights"].create_group("f")
        group.attrs["weight_names"] = []
    done = CliRunner().invoke(main, ["migrate", str(old), "--dry-run", "--show-lambdas"])
    assert "reads as: lambda x: x / 127.5 - 1.0" in done.output
    assert "(None, 4) -> an unknown shape" in done.output
    assert "LOAD_FAST                  0 (x)" in done.output
    assert "--custom f=MODULE:f" in done.output
