"""Provoke the real exceptions behind the rules' traceback signatures, and record them as facts.

    python tools/record_tracebacks.py [--to FOLDER] [--new] [--held-out] [CODE ...]

`make lab` runs it in every environment. Any interpreter from Python 3.7 does, with Keras 3 or with
TensorFlow and its Keras 2; Saveguard is not needed there. What raises is told by the tables of
tools/traceback_cases.py and tools/lab. Each case that raises in this environment is written to
tests/recorded/CODE/ENVIRONMENT-N.txt, the traceback's text, with a .json beside: `type`, `bases`,
`message`, `stage` and `versions`. N is the case's place in its table, with the table's name. Paths
of this machine read <tmp>, <site-packages> and <python>. With --new, what this environment has
recorded is left as it is.

Needs Linux: every case runs in a fork of its own.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import re
import signal
import sys
import tempfile
import traceback
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

from traceback_cases import KERAS_3, OWN_PACKAGE, TABLE, NotHere, keras

TOOLS = Path(__file__).resolve().parent
RECORDED = TOOLS.parent / "tests" / "recorded"
OWN = Path(__file__).name  # frames of which are no user's
# The first tables are numbered together, the others each by itself.
FIRST = ("loading", "saving", "running")
LIMIT = 30  # seconds; predict of TF 2.0 never returns for 0 rows


def cases(held_out):
    """Every case by code: (its name among those of the code, stage, function, where)."""
    found = {}
    if held_out:
        _add(found, importlib.import_module("held_out.errors").TABLE, "")
        return found
    _add(found, TABLE, "")
    others = {path.stem for path in (TOOLS / "lab").glob("[a-z]*.py")} - set(FIRST)
    for name in (*FIRST, *sorted(others)):
        table = getattr(importlib.import_module("lab." + name), "TABLE", {})
        _add(found, table, "" if name in FIRST else name + ".")
    return found


def _add(found, table, before):
    for code, entries in table.items():
        known = found.setdefault(code, [])
        start = 0 if before else len(known)
        for number, entry in enumerate(entries, start + 1):
            known.append((before + str(number), *entry))


def environment():
    """(name for a file, versions) of this environment."""
    versions = {"python": platform.python_version()}
    for name in ("keras", "tensorflow", "jax", "torch", "h5py", "numpy"):
        if hasattr(sys.modules.get(name), "__version__"):
            versions[name] = sys.modules[name].__version__
    if KERAS_3:
        return f"keras-{keras.__version__}-{keras.backend.backend()}", versions
    if OWN_PACKAGE:
        return f"keras-{keras.__version__}", versions
    return f"tensorflow-{versions['tensorflow']}", versions


def neutral(text, tmp):
    """`text` without what only this machine, or only this run, has."""
    roots = [(str(tmp), "<tmp>"), (str(TOOLS), "tools")]
    roots += [(path, "<site-packages>") for path in sys.path if path.endswith("site-packages")]
    roots += [(os.path.dirname(os.__file__), "<python>"), (tempfile.gettempdir(), "<tmp>")]
    for path, name in roots:
        text = text.replace(os.path.realpath(path), name).replace(path, name)
    text = re.sub(r"\b0x[0-9a-f]{6,}|(?<='shared_object_id': )\d+", "<address>", text)
    text = re.sub(r"(__autograph_generated_file)\w+", r"\1", text)
    return re.sub(r"time = \w+ \w+ +\d+ [\d:]+ \d+", "time = <time>", text)


def write(path, stage, error, tmp):
    """Record one exception; returns its type and the beginning of its message."""
    versions = environment()[1]
    first = error.__traceback__
    while first.tb_next and os.path.basename(first.tb_frame.f_code.co_filename) == OWN:
        first = first.tb_next
    lines = traceback.format_exception(type(error), error, first)
    facts = {
        "type": type(error).__name__,
        "bases": [base.__name__ for base in type(error).__mro__[1:-1]],
        "message": neutral(str(error), tmp),
        "stage": stage,
        "versions": versions,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(f"{path}.txt").write_text(neutral("".join(lines), tmp))
    Path(f"{path}.json").write_text(json.dumps(facts, indent=1) + "\n")
    return f"{facts['type']}: {' '.join(facts['message'].split())[:110]}"


def record(path, stage, case):
    """Run one case in an empty folder, in a fork: it may hang, crash, or mount a disk."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        child = os.fork()
        if child == 0:
            signal.alarm(LIMIT)
            told = outcome(path, stage, case, folder)
            print(path.parent.name, path.name, stage, told, flush=True)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status):
            print(path.parent.name, path.name, f"ended by signal {os.WTERMSIG(status)}", flush=True)


def outcome(path, stage, case, folder):
    """What became of a case, in words."""
    try:
        case(Path(folder))
    except NotHere as error:
        return f"not here: {error}"
    except Exception as error:  # noqa: BLE001  it is what is recorded
        if isinstance(error, ImportError) and "tensorflow" in str(error):
            return f"not here: {error}"
        return write(path, stage, error, folder)
    return "raises nothing"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("codes", nargs="*", metavar="CODE")
    parser.add_argument("--to", type=Path, help="where recordings are kept")
    parser.add_argument("--held-out", action="store_true", help="tools/held_out, not tools/lab")
    parser.add_argument("--new", action="store_true", help="leave what is recorded as it is")
    options = parser.parse_args()
    name = environment()[0]
    table = cases(options.held_out)
    folder = options.to or (
        RECORDED.with_name("recorded_held_out") if options.held_out else RECORDED
    )
    for code in options.codes or sorted(table):
        for which, stage, case, *here in table[code]:
            path = folder / code / f"{name}-{which}"
            known = options.new and Path(f"{path}.txt").exists()
            if all(here) and not known:
                record(path, stage, case)


if __name__ == "__main__":
    main()
