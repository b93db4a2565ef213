"""A proven model in MLflow and on the Hub, with the real libraries and local storage."""

from __future__ import annotations

import base64
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import saveguard

X = np.random.default_rng(0).normal(size=(12, 4)).astype("float32")


def model() -> Any:
    keras.utils.set_random_seed(2)
    return keras.Sequential([keras.Input((4,), name="rows"), keras.layers.Dense(3)])


def test_mlflow_holds_the_proven_file_and_its_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/runs.db")
    made = model()
    with mlflow.start_run():
        info = saveguard.log_model(made, "rows", X)
    local = Path(mlflow.artifacts.download_artifacts(info.model_uri))
    receipt = saveguard.Receipt.from_json((local / "data" / "receipt.json").read_bytes())
    assert receipt.proven
    assert saveguard.verify(local / "data" / "model.keras").ok
    (spec,) = info.signature.inputs.inputs
    assert (spec.type, spec.shape) == (np.dtype("float32"), (-1, 4))
    np.testing.assert_array_equal(
        mlflow.keras.load_model(info.model_uri).get_weights()[0], made.get_weights()[0]
    )
    given = mlflow.pyfunc.load_model(info.model_uri).input_example
    np.testing.assert_allclose(given, X[:8])


class Hub(http.server.BaseHTTPRequestHandler):
    """What `HfApi.upload_folder` asks of a server for small files, and what it then holds."""

    files: dict[str, bytes]

    @property
    def own_address(self) -> str:
        """The Hub's library knows addresses of its endpoint only."""
        return f"http://{self.headers['Host']}"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/repos/create"):
            answer: Any = {"url": f"{self.own_address}/me/rows", "name": "me/rows"}
        elif "/preupload/" in self.path:
            asked = [one["path"] for one in json.loads(body)["files"]]
            answer = {"files": [_small(path) for path in asked]}
        elif "/commit/" in self.path:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    content = base64.b64decode(line["value"]["content"])
                    self.files[line["value"]["path"]] = content
            answer = {
                "success": True,
                "commitOid": "0" * 40,
                "commitUrl": f"{self.own_address}/me/rows/commit/{'0' * 40}",
            }
        else:
            answer = {"errors": [], "warnings": []}
        self._answered(answer)

    def do_GET(self) -> None:
        self._answered({"siblings": [], "sha": "0" * 40, "id": "me/rows"})

    def _answered(self, answer: Any) -> None:
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


def _small(path: str) -> dict[str, Any]:
    return {"path": path, "uploadMode": "regular", "shouldIgnore": False}


@pytest.fixture
def hub() -> Iterator[tuple[str, dict[str, bytes]]]:
    """The address of a local server, and the files that were committed to it."""
    files: dict[str, bytes] = {}
    kind = type("LocalHub", (Hub,), {"files": files})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", files
        server.shutdown()


def test_the_hub_gets_the_file_the_receipt_and_a_card(
    tmp_path: Path, hub: tuple[str, dict[str, bytes]]
) -> None:
    library = pytest.importorskip("huggingface_hub")
    endpoint, files = hub
    path = tmp_path / "rows.keras"
    saveguard.save(model(), path, X)
    saveguard.push(path, "me/rows", api=library.HfApi(endpoint=endpoint, token="hf_local"))
    assert sorted(files) == ["README.md", "receipt.json", "rows.keras"]
    assert files["rows.keras"] == path.read_bytes()
    assert saveguard.Receipt.from_json(files["receipt.json"]).proven
    card = files["README.md"].decode()
    assert "rows: float32[batch, 4]" in card
    assert "- 2 variables, bit for bit" in card
    assert 'hf_hub_download("me/rows", "rows.keras")' in card
    assert library.ModelCard(card).data.library_name == "keras"


def test_what_is_not_proven_is_not_pushed(tmp_path: Path) -> None:
    library = pytest.importorskip("huggingface_hub")
    nowhere = library.HfApi(endpoint="http://127.0.0.1:9", token="hf_local")
    plain, damaged = tmp_path / "plain.keras", tmp_path / "damaged.keras"
    model().save(plain)
    with pytest.raises(saveguard.SaveguardError, match="it has no receipt of a proof"):
        saveguard.push(plain, "me/rows", api=nowhere)
    saveguard.save(model(), damaged, X)
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with pytest.raises(saveguard.SaveguardError, match="SG1"):
        saveguard.push(damaged, "me/rows", api=nowhere)
