"""Provoke the real exceptions behind the rules' traceback signatures, and record them as facts.

    python tools/record_tracebacks.py [CODE ...]

Runs on any interpreter from Python 3.7 with Keras 3, or with TensorFlow and its Keras 2; Saveguard
is not needed there. The table of what raises is tools/traceback_cases.py. Each case that raises in
this environment is written to tests/recorded/CODE/ENVIRONMENT-N.txt, the traceback's text, with a
.json beside it: `type`, `bases`, `message`, `stage` and `versions`. N is the case's place among
those of its code. Paths of this machine read <tmp>, <site-packages> and <python>.

Needs Linux: every case runs in a fork of its own.
"""

from __future__ import annotations

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

from lab import loading, running, saving
from traceback_cases import KERAS_3, OWN_PACKAGE, TABLE, NotHere, keras

TOOLS = Path(__file__).resolve().parent
RECORDED = TOOLS.parent / "tests" / "recorded"
OWN = Path(__file__).name  # frames of which are no user's
CASES = {code: list(cases) for code, cases in TABLE.items()}
for more in (loading.TABLE, saving.TABLE, running.TABLE):
    for code, cases in more.items():
        CASES[code] = CASES.get(code, []) + cases
LIMIT = 30  # seconds; predict of TF 2.0 never returns for 0 rows


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


def write(code, number, stage, error, tmp):
    """Record one exception; returns its type and the beginning of its message."""
    name, versions = environment()
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
    path = RECORDED / code / f"{name}-{number}"
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(f"{path}.txt").write_text(neutral("".join(lines), tmp))
    Path(f"{path}.json").write_text(json.dumps(facts, indent=1) + "\n")
    return f"{facts['type']}: {' '.join(facts['message'].split())[:110]}"


def record(code, number, stage, case):
    """Run one case in an empty folder, in a fork: it may hang, crash, or mount a disk."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        child = os.fork()
        if child == 0:
            signal.alarm(LIMIT)
            print(code, number, stage, outcome(code, number, stage, case, folder), flush=True)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status):
            print(code, number, stage, f"ended by signal {os.WTERMSIG(status)}", flush=True)


def outcome(code, number, stage, case, folder):
    """What became of a case, in words."""
    try:
        case(Path(folder))
    except NotHere as error:
        return f"not here: {error}"
    except Exception as error:  # noqa: BLE001  it is what is recorded
        if isinstance(error, ImportError) and "tensorflow" in str(error):
            return f"not here: {error}"
        return write(code, number, stage, error, folder)
    return "raises nothing"


if __name__ == "__main__":
    for code in sys.argv[1:] or sorted(CASES):
        for number, (stage, case, *here) in enumerate(CASES[code], 1):
            if all(here):
                record(code, number, stage, case)
