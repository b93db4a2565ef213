"""Texts that are whole, and in a form that is not read, are told with what converts them."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest

import saveguard
from saveguard.data.result import Audit

ROWS = [{"x": [1, 2], "y": 0}, {"x": [3], "y": 1}]
LATIN = "name,value\nAda,1\ncafé,2\n".encode("latin-1")
TEXTS = {
    "latin.csv": (
        LATIN,
        "line 3 is no UTF-8: byte 0xE9; as ISO-8859-1 it would read 'café,2'",
        "iconv -f ISO-8859-1 -t UTF-8 < {0}.csv > {0}.utf8.csv",
    ),
    "head.csv": (
        "naïve,value\n1,2\n".encode("latin-1"),
        "line 1 is no UTF-8: byte 0xEF; as ISO-8859-1 it would read 'naïve,value'",
        "iconv -f ISO-8859-1 -t UTF-8 < {0}.csv > {0}.utf8.csv",
    ),
    "windows.csv": (
        "text,value\n“quoted”,1\n".encode("cp1252"),
        "line 2 is no UTF-8: byte 0x93; as WINDOWS-1252 it would read '“quoted”,1'",
        "iconv -f WINDOWS-1252 -t UTF-8 < {0}.csv > {0}.utf8.csv",
    ),
    "wide.csv": (
        "a,b\n1,2\n".encode("utf-16"),
        "it is UTF-16, and UTF-8 is read",
        "iconv -f UTF-16 -t UTF-8 < {0}.csv > {0}.utf8.csv",
    ),
    "old.csv": (
        b"a,b\r1,2\r3,4\r",
        "its lines end with CR alone, from line 1 on, and not with LF or CR LF",
        r"tr '\r' '\n' < {0}.csv > {0}.lf.csv",
    ),
    "pretty.json": (
        json.dumps(ROWS, indent=2).encode(),
        "line 1 begins an array of JSON, and each line is to be one object, without commas between"
        " them",
        "jq -c '.[]' < {0}.json > {0}.lines.jsonl",
    ),
    "dense.jsonl": (
        json.dumps(ROWS).encode(),
        "line 1 begins an array of JSON, and each line is to be one object, without commas between"
        " them",
        "jq -c '.[]' < {0}.jsonl > {0}.lines.jsonl",
    ),
    "object.jsonl": (
        "\n".join(json.dumps(row, indent=1) for row in ROWS).encode(),
        "line 1 begins an object of JSON, and each line is to be one object, without commas between"
        " them",
        "jq -c . < {0}.jsonl > {0}.lines.jsonl",
    ),
    "twice.csv": (
        b"a,a\n1,2\n",
        "two columns are called 'a' in its first line",
        "give one of the columns 'a' another name in that line",
    ),
}


def audited(path: Path, content: bytes) -> Audit:
    path.write_bytes(content)
    return saveguard.audit(path)


@pytest.mark.parametrize("name", TEXTS)
def test_the_finding_names_the_form_the_line_and_the_command(name: str, tmp_path: Path) -> None:
    content, what, fix = TEXTS[name]
    path = tmp_path / name
    report = audited(path, content)
    (found,) = report.findings
    assert found.code == "SG577" and found.certainty == "certain"
    assert found.message == f"{path} is in a form that is not read: {what}"
    assert found.fix == fix.format(path.with_suffix(""))
    assert [line for line in report.not_read if what in line]


@pytest.mark.parametrize("name", ["latin.csv", "windows.csv", "wide.csv", "old.csv"])
def test_what_the_command_writes_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    fix = audited(path, TEXTS[name][0]).findings[0].fix
    if shutil.which(fix.split()[0]) is None:
        pytest.skip(f"no {fix.split()[0]} here")
    subprocess.run(["bash", "-c", fix], check=True)
    (written,) = set(tmp_path.iterdir()) - {path}
    assert saveguard.audit(written).not_read == ()


def test_of_a_packed_file_the_command_unpacks_it(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv.gz"
    fix = audited(path, gzip.compress(LATIN)).findings[0].fix
    stem = tmp_path / "latin"
    assert fix == f"gzip -dc {path} | iconv -f ISO-8859-1 -t UTF-8 > {stem}.utf8.csv"


def test_lines_of_json_in_another_encoding_cost_themselves_alone(tmp_path: Path) -> None:
    lines = [b'{"a": "one", "b": 1}', '{"a": "café", "b": 2}'.encode("latin-1"), b'{"b": 3}']
    report = audited(tmp_path / "a.jsonl", b"\n".join(lines))
    assert report.codes == ("SG577",) and report.summary.rows == 2
    assert report.findings[0].message.endswith(
        """it would read '{"a": "café", "b": 2}'; 1 row lost"""
    )
    assert report.summary.columns["b"].maximum == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "naïve,b\r\nÅ,2\r\n"),
        ("a.csv", "a,b\nx,2"),
        ("a.jsonl", '{"a": "é"}\n{"a": "b"}\n'),
        ("a.json", '{"a": 1}\n'),
    ],
)
def test_what_is_utf_8_is_read(name: str, text: str, tmp_path: Path) -> None:
    report = audited(tmp_path / name, text.encode())
    assert "SG577" not in report.codes and report.summary.rows and report.not_read == ()
