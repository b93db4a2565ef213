"""Kill a training at random, again and again, and go on: nothing is lost, and no loss differs.

    python benchmarks/resuming.py                    50 kills; writes docs/resuming.md
    python benchmarks/resuming.py --kills 5 --no-page

Each kill is a SIGKILL of the training process at a moment drawn at random after its first proven
checkpoint. Exits with 1 if a training did not find its way back, or gave another loss.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import sys
import tempfile
import time
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import forks
import trainee
import warm

from saveguard.archive.read import read
from saveguard.persist.verify import stored_receipt
from saveguard.training import resume

PAGE = Path(__file__).resolve().parent.parent / "docs" / "resuming.md"
PATIENCE = 300.0
EPOCHS = 100_000


class Found(NamedTuple):
    """What became of the kills.

    Attributes:
        resumed: After how many the newest checkpoint that was proven was loaded.
        redone: Steps that were made again, as they came after the last proven checkpoint.
        compared: Losses that were held against the run that was never killed.
        other: How many of them were not the same, bit for bit.
    """

    kills: int = 0
    resumed: int = 0
    redone: int = 0
    compared: int = 0
    other: int = 0

    def __add__(self, more: Any) -> Found:
        return Found(*(ours + theirs for ours, theirs in zip(self, more, strict=True)))


def killed(folder: Path, kills: int, seed: int) -> Found:
    """Kill one training so many times, then hold every loss against a run that was let be."""
    draw, template, losses = random.Random(seed), folder / "m-{epoch}-{batch}.keras", folder / "l"
    found = Found()
    for number in range(kills + 1):
        before = len(_lines(losses))
        newest, listed = _newest_file(template), _newest(folder)
        ends = warm.begun()
        process = forks.CONTEXT.Process(target=_train, args=(template, losses, EPOCHS, ends))
        process.start()
        ends.close()
        try:
            _await(process, folder, listed)
            time.sleep(draw.uniform(0.0, 2.0))
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.join()
        first = next(iter(_lines(losses)[before:]), "")
        came_back = first == f"resumed {newest}" and newest >= listed
        found += Found(int(number > 0), int(came_back), _redone(losses, before, newest))
    return found + _compared(folder, losses)


def _train(template: Path, losses: Path, epochs: int, ends: warm.Ends) -> None:
    warm.used(ends)
    trainee.train(template, losses, epochs)


def _alone(losses: Path, epochs: int, telling: Connection) -> None:
    trainee.train(losses.with_name("none.keras"), losses, epochs, checkpoints=False)
    telling.send("done")


def _newest(folder: Path) -> int:
    """The step of the newest checkpoint that the index calls proven; 0 where there is none."""
    steps = [0]
    for path in folder.glob(".*.checkpoints.json"):
        entries = json.loads(path.read_text())["entries"]
        steps += [one["progress"]["step"] for one in entries if one["state"] == "proven"]
    return max(steps)


def _newest_file(template: Path) -> int:
    """The step of the newest proven file: a kill may come between its name and the index."""
    for path in resume._newest_first(str(template)):
        receipt = stored_receipt(read(path, digests=False, arrays=False))
        if receipt is not None and receipt.proven:
            return int((receipt.training or {})["step"])
    return 0


def _redone(losses: Path, before: int, newest: int) -> int:
    made = [int(line.split()[0]) for line in _lines(losses)[:before] if line[0].isdigit()]
    return max(0, max(made, default=0) - newest)


def _compared(folder: Path, losses: Path) -> Found:
    lines = [line.split() for line in _lines(losses) if line[0].isdigit()]
    last = max(int(step) for step, _ in lines)
    alone = folder / "alone"
    process, told = forks.begun(_alone, alone, last // trainee.STEPS + 1)
    told.recv()
    process.join()
    expected = dict(line.split() for line in _lines(alone))
    other = sum(expected[step] != loss for step, loss in lines)
    return Found(compared=len(lines), other=other)


def _lines(path: Path) -> list[str]:
    """Whole lines: the last may have been cut off by the kill."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return text[: text.rfind("\n") + 1].splitlines()


def _await(process: Any, folder: Path, newest: int) -> None:
    """Until there is a proven checkpoint that is newer, or the process has ended."""
    end = time.monotonic() + PATIENCE
    while process.exitcode is None and _newest(folder) <= newest:
        if time.monotonic() > end:
            raise TimeoutError(f"no proven checkpoint within {PATIENCE:g} s")
        time.sleep(0.05)


def told(found: Found) -> str:
    """One line."""
    return (
        f"{found.resumed} of {found.kills} kills: the newest proven checkpoint was loaded;"
        f" {found.compared:,} losses compared, {found.other} not the same bit for bit;"
        f" {found.redone:,} steps made again"
    )


def page(found: Found) -> str:
    """The text of docs/resuming.md."""
    return f"""\
# Killed, and resumed

A training is killed at random, and goes on by `saveguard.Checkpoint(...).resume()`. Written by
`make kills` (`benchmarks/resuming.py`); do not edit.

Keras {version("keras")} on {os.environ.get("KERAS_BACKEND", "tensorflow")}, Python \
{platform.python_version()}, {platform.system()}, CPU.

**{told(found)}.**

- The model has dropout, batch normalization and Adam, so that each loss depends on every step, and
  on every random number, before it. An epoch has {trainee.STEPS} steps, and every {trainee.EVERY}
  steps a checkpoint is written, so that most of them lie within an epoch.
- Each training, and the process of its proofs, is a fork of a server that has imported Keras once.
  The training is ended by SIGKILL at a moment drawn from the two seconds after its first new proven
  checkpoint: during training, a write, or a proof. The next process begins with other random
  states, resumes, and goes on.
- Every loss that any of the processes told is held against that of the same step in a run that was
  never killed and wrote no checkpoints. They must be the same to the last bit.
- Steps made again are those between the newest proven checkpoint and the kill.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--add", type=json.loads, default=[], help="[[...]] of earlier runs' counts"
    )
    parser.add_argument("--no-page", action="store_true", help="only print the counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = killed(Path(folder), options.kills, options.seed)
    for counts in options.add:
        found += Found(*counts)
    print(told(found), list(found))
    if not options.no_page:
        PAGE.write_text(page(found), encoding="utf-8")
    return int(found.resumed < found.kills or found.other > 0)


if __name__ == "__main__":
    sys.exit(main())
