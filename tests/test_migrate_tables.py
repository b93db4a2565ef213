"""Vocabularies that stand in the graph of a SavedModel alone.

`recorded_tables.zip` has two that TensorFlow 2.10 wrote (architectures of tools/matrix).
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from saveguard.archive import objects, tables
from saveguard.migration.plan import plan

RECORDED = Path(__file__).parent / "recorded_tables.zip"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("tables")
    with zipfile.ZipFile(RECORDED) as archive:
        archive.extractall(found)
    return found


def layer(path: Path, class_name: str) -> dict[str, Any]:
    """The configuration of the first layer of a class."""
    model = plan(path).model
    layers = model["config"]["layers"]
    return next(one["config"] for one in layers if one["class_name"] == class_name)


def test_constants_of_the_graph_are_the_vocabulary(folder: Path) -> None:
    planned = plan(folder / "lookup_arguments")
    assert not planned.stopped
    assert layer(folder / "lookup_arguments", "IntegerLookup")["vocabulary"] == [1, 2, 3]


def test_the_weights_of_tokens_come_with_them(folder: Path) -> None:
    config = layer(folder / "text_to_tfidf", "TextVectorization")
    assert config["vocabulary"] == ["b", "d", "c", "a"]
    assert len(config["idf_weights"]) == 4
    assert plan(folder / "text_to_tfidf").source.arrays["text_vectorization"] == ()


def test_what_is_no_table_has_no_constants(folder: Path) -> None:
    path = str(folder / "lookup_arguments")
    count = len(objects.read(path))
    found = [tables.constants(path, number) for number in (*range(count), count + 1)]
    assert [keys for keys, _ in found if keys] == [[1, 2, 3]]
