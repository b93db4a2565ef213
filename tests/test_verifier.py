"""The warm process: started once, asked again and again, and never a hang whatever a model does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import keras
import psutil
import pytest

import saveguard
from saveguard.persist import verifier
from saveguard.persist.verifier import Verifier
from saveguard.rules.examples import user_module

# Stands in for Keras where only the processes are looked at: it is imported at once.
STUB = """
class backend:
    backend = staticmethod(lambda: "stub")
"""
# Asks a warm process for a proof, as a save would, and says which process it is.
ASKS = """
import sys
from saveguard.persist.verifier import Verifier
asked = Verifier(sys.executable, "")
asked.ask({"path": "", "layout": "keras", "modules": ["says_hello"]}, 60)
print(asked.process.pid, flush=True)
asked.ask({"path": "", "layout": "keras", "modules": [sys.argv[1]]}, 600)
"""
HANGS = "import time\ntime.sleep(1e6)\n"
# A large allocation under a limit: memory runs out, as it would on a small machine.
OUT_OF_MEMORY = """
import resource
limits = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (1 << 34, limits[1]))
bytearray(1 << 36)
"""


def model_that(tmp_path: Path, does: str) -> Any:
    """A model with a layer whose constructor runs `does` in every process but this one."""
    body = "".join(f"            {line}\n" for line in does.strip().splitlines())
    layers = user_module(
        tmp_path,
        "import os\n"
        "@keras.saving.register_keras_serializable('verified')\n"
        "class Layer(keras.layers.Layer):\n"
        "    def __init__(self, **options):\n"
        "        super().__init__(**options)\n"
        f"        if os.getpid() != {os.getpid()}:\n"
        f"{body}"
        "    def call(self, inputs):\n"
        "        return inputs\n",
    )
    return keras.Sequential([keras.Input((3,)), layers.Layer()])


def innocent() -> Any:
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])


def warm() -> Verifier:
    return verifier.verifier(backend=keras.backend.backend())


@pytest.fixture
def keras_is_a_stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Warm processes that are started now find a Keras that is nothing but a name."""
    folder = tmp_path / "stub"
    folder.mkdir()
    (folder / "keras.py").write_text(STUB)
    (folder / "says_hello.py").write_text("print('hello')\n")
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *filter(None, [before])]))
    return folder


@pytest.fixture
def stub(keras_is_a_stub: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """Ask a warm process with the stub to import a module of that source."""
    process = Verifier(sys.executable, "")

    def ask(source: str, limit: float = 60.0) -> dict[str, Any]:
        name = f"module_{len(list(keras_is_a_stub.iterdir()))}"
        (keras_is_a_stub / f"{name}.py").write_text(source)
        return process.ask({"path": "", "layout": "keras", "modules": [name]}, limit)

    yield ask
    process.close()


@pytest.mark.backend
def test_the_proof_after_the_first_imports_nothing_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saveguard.save(innocent(), tmp_path / "first.keras")
    process = warm().process

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a second process was started")

    monkeypatch.setattr(verifier.subprocess, "Popen", refuse)
    for name in ("second.keras", "second.h5", "second.weights.h5"):
        assert saveguard.save(innocent(), tmp_path / name).proven
    assert saveguard.verify(tmp_path / "second.keras").ok
    assert warm().process is process
    assert process.poll() is None


@pytest.mark.backend
def test_a_hang_is_a_finding(tmp_path: Path) -> None:
    target = tmp_path / "m.keras"
    saveguard.save(innocent(), target)
    old, process = target.read_bytes(), warm().process
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.save(model_that(tmp_path, HANGS), target, limit=5)
    assert caught.value.codes == ("SG706",)
    assert "no answer within 5 s while it was loading" in caught.value.report.findings[0].message
    assert target.read_bytes() == old
    assert saveguard.save(innocent(), target).proven
    assert warm().process is process


@pytest.mark.backend
@pytest.mark.parametrize(
    ("does", "code", "told"),
    [
        ("os.kill(os.getpid(), 9)", "SG707", "was killed (SIGKILL)"),
        ("os._exit(3)", "SG707", "ended with exit status 3"),
        ("import ctypes; ctypes.string_at(0)", "SG707", "died (SIGSEGV)"),
        ("os.abort()", "SG707", "died (SIGABRT)"),
        (OUT_OF_MEMORY, "SG208", "failed at loading it"),
        ("raise SystemExit(4)", "SG707", "ended with exit status 4"),
        ("raise KeyboardInterrupt", "SG707", "was ended (SIGINT)"),
    ],
    ids=["killed", "exit", "segfault", "abort", "memory", "SystemExit", "KeyboardInterrupt"],
)
def test_a_death_is_a_finding(tmp_path: Path, does: str, code: str, told: str) -> None:
    target = tmp_path / "m.keras"
    saveguard.save(innocent(), target)
    old, process = target.read_bytes(), warm().process
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.save(model_that(tmp_path, does), target)
    assert caught.value.codes == (code,)
    finding = caught.value.report.findings[0]
    assert told in "\n".join([finding.message, finding.why, *finding.evidence])
    assert target.read_bytes() == old
    assert saveguard.save(innocent(), target).proven
    assert warm().process is process


@pytest.mark.backend
def test_an_earlier_proof_cannot_vouch_for_a_later_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_that(tmp_path, "pass")
    module = type(model.layers[-1]).__module__
    assert saveguard.save(model, tmp_path / "m.keras").proven
    monkeypatch.chdir(tmp_path)
    assert saveguard.verify("m.keras", modules=(module,)).ok
    without = saveguard.verify("m.keras")
    assert not without.ok
    assert without.codes[0] in ("SG201", "SG202")


@pytest.mark.backend
@pytest.mark.parametrize(
    "says",
    [
        "print('{\"child\": 1}')",
        "os.write(1, b'not JSON\\n')",
        "import sys; sys.__stdout__.write('{}\\n'); sys.__stdout__.flush()",
        "os.system('echo not JSON')",
        "import sys; assert sys.stdin.read() == ''",
    ],
    ids=["print", "descriptor", "stdout", "command", "asks"],
)
def test_what_a_module_says_or_asks_is_not_taken_for_an_answer(tmp_path: Path, says: str) -> None:
    assert saveguard.save(model_that(tmp_path, says), tmp_path / "m.keras").proven


@pytest.mark.backend
def test_saves_in_two_threads_take_turns(tmp_path: Path) -> None:
    models = [innocent() for _ in range(4)]
    with ThreadPoolExecutor(2) as threads:
        receipts = threads.map(saveguard.save, models, [tmp_path / f"{i}.keras" for i in range(4)])
    assert all(receipt.proven for receipt in receipts)


def test_a_module_is_imported_anew_for_each_proof(stub: Callable[..., dict[str, Any]]) -> None:
    remembers = "import sys\nassert not hasattr(sys, 'seen')\nsys.seen = True\n"
    for _ in range(3):
        assert "AssertionError" not in stub(remembers)["failed"]["type"]


def test_after_a_hang_the_process_answers_again(stub: Callable[..., dict[str, Any]]) -> None:
    assert stub("")["failed"]["type"] == "FileNotFoundError"
    assert stub(HANGS, limit=2.0) == {"timeout": 2.0, "stage": "import"}
    assert stub("")["failed"]["type"] == "FileNotFoundError"


def test_a_process_that_a_module_leaves_behind_is_not_waited_for(
    stub: Callable[..., dict[str, Any]],
) -> None:
    leaves = "import os, time\nif os.fork() == 0:\n    time.sleep(20)\n    os._exit(0)\n"
    assert stub(leaves, limit=5)["failed"]["type"] == "FileNotFoundError"
    assert stub("")["failed"]["type"] == "FileNotFoundError"


@pytest.mark.usefixtures("keras_is_a_stub")
def test_a_process_that_was_killed_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "_warm", {})
    first = verifier.verifier()
    assert verifier.verifier() is first
    first.process.kill()
    first.process.wait()
    second = verifier.verifier()
    assert second.process.pid != first.process.pid
    verifier.close_all()
    assert second.process.poll() is not None


@pytest.mark.parametrize("does", ["hangs", "idles"])
def test_nothing_outlives_a_parent_that_is_killed(keras_is_a_stub: Path, does: str) -> None:
    (keras_is_a_stub / "hangs.py").write_text(HANGS)
    script = ASKS if does == "hangs" else f"{ASKS.rpartition('asked.ask')[0]}input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, does],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        asked = psutil.Process(int(parent.stdout.readline()))
        while does == "hangs" and not asked.children():
            pass
        left = [asked, *asked.children()]
        parent.kill()
    _, alive = psutil.wait_procs(left, timeout=30)
    assert alive == []


def test_a_process_that_does_not_tell_the_end_of_a_fork_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    process = verifier.Verifier(sys.executable, "")
    monkeypatch.setattr(process, "_next", lambda _end: None)
    process._end(2**22 + 1)  # no such process
    assert process.dead and process.process.poll() is not None
