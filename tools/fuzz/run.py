"""Check mutated archives of every layout, and count what a check must never do.

    python tools/fuzz/run.py [--count N] [--seed N] [--workers N] [--keep FOLDER]

Those that are made to exhaust their reader are checked first, as they are.

Crashes (the process died, or a reader or rule raised), hangs (over 2 s of processor time), memory
(over 512 MB), and files that were left without a verdict. The goal of each is 0; the mutations
follow from the seed alone, so that a number names a file.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import exhausting
import msgspec
from mutate import mutated
from seeds import Seed, seeds

SECONDS, MEGABYTES, PATIENCE = 2.0, 512, 60.0
PROGRESS, SHOWN = 2000, 20
OUTCOMES = ("crash", "hang", "memory", "no verdict")


def main() -> int:
    """Fuzz, print what was found, and exit with 1 if it was anything."""
    options = _options()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = list(seeds(Path(folder)))
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        (made := Path(folder) / "exhausting").mkdir()
        ahead = iter([*_exhausting(made), *range(options.count)])
        workers = [
            _Worker(options.seed, found, Path(folder) / str(n)) for n in range(options.workers)
        ]
        busy = {worker for worker in workers if worker.next(ahead)}
        while busy:
            for worker in list(busy):
                outcome = worker.answered()
                if outcome is None:
                    continue
                _tell(outcome, options, found, total)
                if not worker.next(ahead):
                    busy.remove(worker)
            time.sleep(0.001)
        for worker in workers:
            worker.end()
    told = ", ".join(f"{total[name]} {name}" for name in OUTCOMES)
    print(f"{total['files']:,} files of {len(found)} seeds: {told}")
    print(
        f"longest {total['longest'] / 1000:.2f} s, most memory {total['most']} MB,"
        f" {total['clean']:,} without a finding; {time.monotonic() - start:.0f} s"
    )
    return 1 if any(total[name] for name in OUTCOMES) else 0


def _exhausting(folder: Path) -> list[str]:
    """The paths of what is made to exhaust its reader, as it is.

    Written by a process of its own, whose memory the workers do not inherit.
    """
    writer = multiprocessing.get_context("fork").Process(target=exhausting.write, args=(folder,))
    writer.start()
    writer.join()
    return sorted(str(path) for path in folder.iterdir())


class Outcome(msgspec.Struct, frozen=True):
    """What came of one file: that of a number, or one that is made to exhaust its reader."""

    number: int | str
    seconds: float = 0.0
    megabytes: int = 0
    told: str = ""
    findings: int = 0
    verdict: bool = True


def _tell(
    outcome: Outcome, options: argparse.Namespace, found: list[Seed], total: Counter[str]
) -> None:
    total["files"] += 1
    if total["files"] % PROGRESS == 0:
        print(f"{total['files']:,} files", file=sys.stderr, flush=True)
    total["clean"] += not outcome.findings and not outcome.told
    total["longest"] = max(total["longest"], int(outcome.seconds * 1000))
    total["most"] = max(total["most"], outcome.megabytes)
    wrong = {
        "crash": outcome.told,
        "hang": outcome.seconds > SECONDS,
        "memory": outcome.megabytes > MEGABYTES,
        "no verdict": not outcome.verdict,
    }
    for name in (name for name in OUTCOMES if wrong[name]):
        total[name] += 1
        if total[name] <= SHOWN:
            print(f"{name}: {outcome}", flush=True)
        if options.keep and isinstance(outcome.number, int):
            write(outcome.number, options.seed, found, options.keep / str(outcome.number))


class _Worker:
    """A process that checks one file after the other; one that dies or hangs is replaced."""

    def __init__(self, seed: int, found: list[Seed], folder: Path) -> None:
        self.arguments = (seed, found, folder)
        self.number: int | str = ""
        self.since = 0.0
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other, *self.arguments), daemon=True)
        self.process.start()
        other.close()

    def next(self, ahead: Iterator[int | str]) -> bool:
        self.number, self.since = next(ahead, ""), time.monotonic()
        if self.number != "":
            self.pipe.send(self.number)
        return self.number != ""

    def answered(self) -> Outcome | None:
        """What came of the file, once that is known."""
        try:
            if self.pipe.poll():
                received = self.pipe.recv()
                assert isinstance(received, Outcome)
                return received
        except EOFError:
            self.process.join()
            code = self.process.exitcode
            self._start()
            return Outcome(self.number, told=f"the process ended with {code}", verdict=False)
        if time.monotonic() - self.since > PATIENCE:
            self.process.kill()
            self._start()
            return Outcome(self.number, seconds=PATIENCE, verdict=False)
        return None

    def end(self) -> None:
        self.pipe.send("")
        self.process.join()


def _serve(pipe: Connection, seed: int, found: list[Seed], folder: Path) -> None:
    import numpy  # its memory is the process's own, not the file's

    from saveguard.examine.judge import judge
    from saveguard.rules import registry

    del numpy
    registry.sensing("archive")
    held = _status("VmSize") * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (held + 2 * MEGABYTES << 20,) * 2)
    while True:
        number = pipe.recv()
        if number == "":
            return
        path = write(number, seed, found, folder) if isinstance(number, int) else Path(number)
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        begun = time.process_time()
        try:
            report = judge(str(path), keras="3.15")
        except BaseException as error:  # noqa: BLE001  told as a crash
            pipe.send(Outcome(number, told=f"{type(error).__name__}: {error}", verdict=False))
            continue
        seconds = time.process_time() - begun
        raised = [
            line for line in report.not_read if "reader failed" in line or "not judge" in line
        ]
        verdict = bool(report.read or report.findings or report.not_read)
        peak = _status("VmHWM")
        pipe.send(Outcome(number, seconds, peak, "; ".join(raised), len(report.findings), verdict))


def _status(name: str) -> int:
    """A line of what Linux tells of this process's memory, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) // 1024


def _seed_of(number: int, seed: int, found: list[Seed]) -> tuple[Seed, random.Random]:
    rng = random.Random(f"{seed}/{number}")
    return found[number % len(found)], rng


def write(number: int, seed: int, found: list[Seed], folder: Path) -> Path:
    """Write the file of that number, and give the path to check."""
    start, rng = _seed_of(number, seed, found)
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in mutated(start, found, rng).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / start.entry if start.entry else folder


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--keep", type=Path, help="folder for the files that something is wrong with"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
