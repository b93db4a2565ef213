"""The real IPython: its own traceback first, the diagnosis below it, in cells of every kind."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("IPython")

EMPTY = "Unexpected result of `predict_function` (Empty batch_outputs)."
SHELL = """
import sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance(colors="nocolor")
for cell in sys.argv[1:]:
    shell.run_cell(cell)
"""
RAISE = f"raise ValueError({EMPTY!r})"


def shown(*cells: str) -> str:
    """What IPython and the diagnosis print, in the order in which they do."""
    command = [sys.executable, "-u", "-c", SHELL, "%load_ext saveguard", *cells]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
    )
    return done.stdout


def once_below(told: str) -> bool:
    """Whether the traceback is told once, and the diagnosis once, after it."""
    return (
        told.count("[SG602]") == 1
        and told.index("Traceback (most recent call last)") < told.index("[SG602]")
        and told.index(f"ValueError: {EMPTY}") < told.index("[SG602]")
    )


def test_a_cell_s_traceback_is_followed_by_its_diagnosis() -> None:
    told = shown(RAISE)
    assert once_below(told)
    assert "Cell In[" in told


def test_an_exception_in_an_awaited_call_is_explained() -> None:
    assert once_below(shown(f"async def fitting():\n    {RAISE}", "await fitting()"))


def test_a_chain_is_explained_by_its_cause() -> None:
    cell = f"try:\n    {RAISE}\nexcept ValueError as e:\n    raise RuntimeError('run 3') from e"
    told = shown(cell)
    assert told.count("[SG602]") == 1
    assert told.index("RuntimeError: run 3") < told.index("[SG602]")


def test_a_member_of_a_group_is_explained() -> None:
    told = shown(f"raise ExceptionGroup('two runs', [ZeroDivisionError(), ValueError({EMPTY!r})])")
    assert told.count("[SG602]") == 1


def test_an_exception_of_a_thread_is_explained() -> None:
    cell = (
        f"import threading\ndef work():\n    {RAISE}\n"
        "thread = threading.Thread(target=work)\nthread.start()\nthread.join()"
    )
    assert once_below(shown(cell))


def test_a_note_is_not_told_twice() -> None:
    told = shown(f"import saveguard\nwith saveguard.explaining():\n    {RAISE}")
    assert told.count("[SG602]") <= 1


@pytest.mark.parametrize("cell", ["1 / 0", "f(", "%no_such_magic", "raise KeyboardInterrupt"])
def test_what_is_not_known_is_shown_as_ever(cell: str) -> None:
    told = shown(cell)
    assert "SG" not in told
    assert "Error" in told or "KeyboardInterrupt" in told or "no_such_magic" in told


def test_unloading_takes_it_back() -> None:
    told = shown("%unload_ext saveguard", RAISE)
    assert f"ValueError: {EMPTY}" in told
    assert "SG602" not in told
