"""Data sets in buckets of a real S3 server (moto's), with s3fs; where both are installed."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import saveguard

pytest.importorskip("s3fs")
boto3 = pytest.importorskip("boto3")
moto = pytest.importorskip("moto.server")

LINE = "x: float32[batch, 2]"
TABLE = pa.table({"x": [[0.5, 1.0], [0.5, 2.0], [1.5, 3.0], [float("nan"), 1.0]]})


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a server with a bucket `data`, which fsspec finds by the environment."""
    import s3fs

    server = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    use(monkeypatch, "key", "secret")
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    client.create_bucket(Bucket="data")
    held = io.BytesIO()
    pq.write_table(TABLE, held, row_group_size=2)
    for key in ("train/a.parquet", "train/b.parquet", "train/_SUCCESS"):
        client.put_object(Bucket="data", Key=key, Body=held.getvalue())
    client.put_object(Bucket="data", Key="cut.parquet", Body=held.getvalue()[:200])
    yield client
    asked(f"http://{host}:{port}/moto-api/reset-auth", b"inf")
    server.stop()
    s3fs.S3FileSystem.clear_instance_cache()


def use(monkeypatch: pytest.MonkeyPatch, key: str, secret: str) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)


def asked(address: str, body: bytes) -> None:
    headers = {"Content-Type": "text/plain"}
    request = urllib.request.Request(address, data=body, method="POST", headers=headers)
    urllib.request.urlopen(request).close()


@pytest.mark.parametrize("address", ["s3://data/train", "s3://data/train/*.parquet"])
def test_a_bucket_is_read_as_a_folder(address: str, store: Any) -> None:
    report = saveguard.audit(address, LINE)
    (finding,) = report.findings
    assert (report.summary.rows, report.summary.parts) == (8, 4)
    assert (finding.code, finding.file, finding.where) == (
        "SG543",
        "s3://data/train/a.parquet",
        "x[3, 0]",
    )
    assert report.not_read == ()


def test_what_was_read_of_a_bucket_is_not_read_again(store: Any, tmp_path: Any) -> None:
    kept = tmp_path / "kept.jsonl"
    whole = saveguard.audit("s3://data/train", LINE, resume=kept)
    changed = io.BytesIO()
    pq.write_table(TABLE.slice(0, 2), changed)
    store.put_object(Bucket="data", Key="train/b.parquet", Body=changed.getvalue())
    again = saveguard.audit("s3://data/train", LINE, resume=kept)
    assert (whole.summary.rows, again.summary.rows) == (8, 6)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("s3://data/none.parquet", "SG580"),
        ("s3://data/none/*.parquet", "SG580"),
        ("s3://nowhere/a.parquet", "SG580"),
        ("s3://data/cut.parquet", "SG581"),
    ],
)
def test_what_is_not_there_has_a_code(address: str, code: str, store: Any) -> None:
    report = saveguard.audit(address, LINE)
    assert report.codes == (code,) and report.not_read
    both = saveguard.audit(["s3://data/train", address], LINE)
    assert code in both.codes and both.summary.rows == 8


def test_a_bucket_that_is_closed(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="anybody")
    key = iam.create_access_key(UserName="anybody")["AccessKey"]
    asked(f"{store.meta.endpoint_url}/moto-api/reset-auth", b"0")
    use(monkeypatch, key["AccessKeyId"], key["SecretAccessKey"])
    for address in ("s3://data/train/a.parquet", "s3://data/train/*.parquet", "s3://data/train"):
        report = saveguard.audit(address, LINE)
        assert report.codes == ("SG702",), address
        assert "credentials" in report.findings[0].fix


def test_a_store_that_does_not_answer(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert saveguard.audit("s3://data/train/a.parquet", LINE).codes == ("SG589",)
