"""`saveguard.push`: a proven file to the Hugging Face Hub, with its receipt and a model card."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from saveguard.archive.read import read
from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.persist.verify import stored_receipt
from saveguard.receipt import Receipt
from saveguard.rules import registry

RECEIPT, CARD = "receipt.json", "README.md"
_CARD = """\
---
library_name: keras
tags:
- keras
- saveguard
---

# {title}

```python
from huggingface_hub import hf_hub_download
import saveguard

model = saveguard.load(hf_hub_download("{repo}", "{name}"), compare=True)
```

## What it takes

    {contract}

## What was proven

A fresh process reloaded `{name}` with Keras {keras} on {backend} and compared:

{compared}

Not compared:

{left}

Saved with Keras {made_keras} on {made_backend}, Python {python}, Saveguard {saveguard}. The whole
receipt is in `{receipt}`.

{digests}
"""


def push(path: str | os.PathLike[str], repo_id: str, *, api: Any = None, **options: Any) -> Any:
    """Upload a file that `saveguard.save` proved, its receipt, and a model card that tells of both.

    Args:
        path: A `.keras` or `.h5` file with a receipt.
        repo_id: `user/name`; made if it does not exist.
        api: A `huggingface_hub.HfApi`, for another endpoint or token.
        options: Of `HfApi.upload_folder`: `commit_message`, `revision`, `create_pr`.

    Returns:
        The Hub's `CommitInfo`.

    Raises:
        SaveguardError: If the file is damaged, changed since it was saved, or was never proven:
            nothing is uploaded.
        ImportError: If `huggingface_hub` is not installed (`pip install "saveguard[hub]"`).
    """
    import huggingface_hub

    receipt = _proven(os.fspath(path))
    api = api or huggingface_hub.HfApi()
    api.create_repo(repo_id, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        name = Path(path).name
        shutil.copyfile(path, Path(folder) / name)
        (Path(folder) / RECEIPT).write_text(receipt.to_json(), encoding="utf-8")
        (Path(folder) / CARD).write_text(card(receipt, name, repo_id), encoding="utf-8")
        options.setdefault("commit_message", f"{name}, proven to come back")
        return api.upload_folder(repo_id=repo_id, folder_path=folder, **options)


def card(receipt: Receipt, name: str, repo_id: str) -> str:
    """A model card: what the model takes, what was proven, and how it is loaded."""
    assert receipt.proof is not None
    made, proof = receipt.environment, receipt.proof
    return _CARD.format(
        title=repo_id.rpartition("/")[2],
        repo=repo_id,
        name=name,
        contract=receipt.contract or "not recorded",
        keras=proof.environment.get("keras", ""),
        backend=proof.environment.get("backend", ""),
        compared="\n".join(f"- {one}" for one in proof.compared),
        left="\n".join(f"- {one}" for one in proof.not_compared) or "- nothing",
        made_keras=made.get("keras", ""),
        made_backend=made.get("backend", ""),
        python=made.get("python", ""),
        saveguard=made.get("saveguard", ""),
        receipt=RECEIPT,
        digests="\n".join(f"- `{part}`: `{digest}`" for part, digest in receipt.digests.items()),
    )


def _proven(name: str) -> Receipt:
    facts = read(name)
    findings = registry.notice("archive", facts)
    receipt = stored_receipt(facts)
    report = Report(subject=name, findings=findings)
    if report.certain:
        raise SaveguardError(report)
    if receipt is None or not receipt.proven:
        told = ("not uploaded: it has no receipt of a proof; saveguard.save writes one",)
        raise SaveguardError(Report(subject=name, findings=findings, not_read=told))
    return receipt
