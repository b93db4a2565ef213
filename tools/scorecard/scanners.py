"""Runs Saveguard and other scanners over a folder of files, each in a folder of its own name.

The others are installed into environments of their own, outside of the repository, with their
telemetry switched off.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

PINNED = {
    "modelscan": ("modelscan[tensorflow,h5py]==0.8.8", "numpy==2.2.6"),
    "modelaudit": ("modelaudit==0.2.54", "h5py==3.16.0"),
}
VERSIONS = {name: pins[0].partition("==")[2] for name, pins in PINNED.items()}
QUIET = {
    "CI": "1",
    "NO_ANALYTICS": "1",
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
TOLD, UNREAD, SILENT = "told", "not read", "silent"
Verdicts = dict[str, str]


def environment(name: str) -> Path:
    """The folder of a scanner's programs; made at the first call (`SCANNERS` says where)."""
    place = Path(os.environ.get("SCANNERS", Path(tempfile.gettempdir(), "saveguard-scanners")))
    programs = place / name / "bin"
    if not (programs / name).exists():
        print(f"installing {name} into {place / name}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(place / name)], check=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", *PINNED[name]]
        subprocess.run(pip, check=True)
    return programs


def _run(name: str, corpus: Path, *options: str) -> dict[str, list[dict[str, str]]]:
    programs = environment(name)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [str(programs / name), "scan", *options, str(report)]
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        surroundings = {**os.environ, **QUIET, "PATH": path}
        done = subprocess.run(
            command, env=surroundings, capture_output=True, text=True, check=False
        )
        if not report.exists():
            raise SystemExit(f"{name} wrote no report:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        found = json.loads(report.read_text())
        assert isinstance(found, dict)
        return found


def modelscan(corpus: Path) -> Verdicts:
    """Told: any issue. Not read: an error, or a file that it did not scan."""
    found = _run("modelscan", corpus, "-p", str(corpus), "-r", "json", "-o")
    told = {issue["source"].split("/")[0] for issue in found["issues"]}
    failed = {error.get("source", "").split("/")[0] for error in found["errors"]}
    return _verdicts(corpus, told, failed)


def modelaudit(corpus: Path) -> Verdicts:
    """Told: any issue of a warning or more. Not read: a check that could not be made."""
    found = _run("modelaudit", corpus, "--no-cache", "--format", "json", str(corpus), "-o")
    told, failed = set(), set()
    for issue in found["issues"]:
        place = str(issue.get("location") or "").removeprefix(f"{corpus}/").split("/")[0]
        (told if issue["severity"] in ("warning", "critical") else failed).add(place)
    return _verdicts(corpus, told, failed)


def saveguard(corpus: Path) -> Verdicts:
    """Told: any finding of the security family. Not read: a part that the report names so."""
    from saveguard import check

    told, failed = set(), set()
    for folder in corpus.iterdir():
        for path in sorted(folder.iterdir())[:1]:
            report = check(path)
            if any(finding.code.startswith("SG3") for finding in report.findings):
                told.add(folder.name)
            elif report.not_read:
                failed.add(folder.name)
    return _verdicts(corpus, told, failed)


def _verdicts(corpus: Path, told: set[str], failed: set[str]) -> Verdicts:
    return {
        folder.name: TOLD if folder.name in told else UNREAD if folder.name in failed else SILENT
        for folder in corpus.iterdir()
    }


SCANNERS: dict[str, Callable[[Path], Verdicts]] = {
    "saveguard": saveguard,
    "modelscan": modelscan,
    "modelaudit": modelaudit,
}
