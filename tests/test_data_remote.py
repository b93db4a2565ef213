"""Addresses: a file system in memory, a real HTTP server, and ways that are broken."""

from __future__ import annotations

import functools
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

import saveguard
from saveguard.data.sources import extras

TABLE = pa.table({"x": pa.array(np.linspace(0, 1, 100, dtype=np.float32))})
CONTRACT = "x: float32[batch, 1]"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A folder and the address at which it is served."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", tmp_path
        server.shutdown()


def written(folder: Path) -> None:
    pq.write_table(TABLE, folder / "a.parquet", row_group_size=40)
    feather.write_feather(TABLE, str(folder / "a.feather"))
    np.save(folder / "x.npy", TABLE["x"].to_numpy())
    np.savez(folder / "a.npz", x=TABLE["x"].to_numpy())
    (folder / "a.csv").write_text("\n".join(["x", *map(str, TABLE["x"].to_pylist())]))


NAMES = ["a.parquet", "a.feather", "x.npy", "a.npz", "a.csv"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_behind_an_address_is_read_as_one_on_disk(
    name: str, served: tuple[str, Path]
) -> None:
    address, folder = served
    written(folder)
    near = saveguard.audit(folder / name, CONTRACT)
    far = saveguard.audit(f"{address}/{name}", CONTRACT)
    with fsspec.open(f"memory://data/{name}", "wb") as file:
        file.write((folder / name).read_bytes())
    memory = saveguard.audit(f"memory://data/{name}", CONTRACT)
    assert near.findings == far.findings == memory.findings == ()
    assert near.summary.rows == 100
    assert near.summary.to_json() == far.summary.to_json() == memory.summary.to_json()


def test_folders_and_globs_behind_an_address() -> None:
    for name in ("b", "a", "_SUCCESS"):
        with fsspec.open(f"memory://many/{name}.parquet", "wb") as file:
            pq.write_table(TABLE, file)
    for address in ("memory://many", "memory://many/*.parquet"):
        parts = list(saveguard.data.sources.source(address).parts())
        names = [part.file.rpartition("/")[2] for part in parts]
        assert names[-2:] == ["a.parquet", "b.parquet"]


def test_what_is_not_there_or_not_reached_has_a_code(served: tuple[str, Path]) -> None:
    address, _ = served
    assert saveguard.audit(f"{address}/none.csv").codes == ("SG580",)
    assert saveguard.audit("memory://nowhere/*.csv").codes == ("SG580",)
    assert saveguard.audit("http://127.0.0.1:9/a.csv").codes == ("SG589",)


def test_what_was_read_before_the_connection_broke_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n0.5\n0.25\n")
    report = saveguard.audit([str(tmp_path / "a.csv"), "http://127.0.0.1:9/b.csv"], CONTRACT)
    assert (report.codes, report.summary.rows) == (("SG589",), 2)


ABSENT = """
import sys
sys.modules[sys.argv[1]] = None
import saveguard
try:
    report = saveguard.audit(sys.argv[2], "x: float32[batch, 1]")
except saveguard.SaveguardError as error:
    report = error.report
for finding in report.findings:
    if finding.code == "SG741":
        print(finding.message)
"""


@pytest.mark.parametrize(
    ("module", "name", "extra"),
    [
        ("pyarrow", "a.csv", "data"),
        ("google_crc32c", "a.tfrecord", "data"),
        ("PIL", "a.png", "images"),
        ("fsspec", "memory://a.csv", "remote"),
    ],
)
def test_a_library_that_is_absent_is_named_with_its_extra(
    module: str, name: str, extra: str, tmp_path: Path
) -> None:
    path = name if "://" in name else tmp_path / name
    if isinstance(path, Path):
        path.write_bytes(b"\x89PNG")
    done = subprocess.run(
        [sys.executable, "-c", ABSENT, module, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"pip install 'saveguard[{extra}]'" in done.stdout, done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_an_error_within_a_library_is_not_taken_for_its_absence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "halfbroken.py").write_text("import not_there_at_all\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="not_there_at_all"):
        extras.need("halfbroken", "data", "to read data")
