"""What is loaded, and above all what is not, by importing Saveguard and by its light commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from saveguard.codes import CODES
from saveguard.rules import registry

FRAMEWORKS = {"keras", "tensorflow", "jax", "torch"}
HEAVY = FRAMEWORKS | {"numpy", "h5py", "pandas", "pyarrow", "ray", "sktime", "cloudpickle"}
# A callback is a subclass of Keras's; only the first use of `saveguard.Checkpoint` imports it.
SUBCLASSES = {"saveguard.training.checkpoint", "saveguard.training.preflight"}
EVERY_MODULE = f"""
import importlib, pkgutil, saveguard
for found in pkgutil.walk_packages(saveguard.__path__, "saveguard."):
    if found.name not in {SUBCLASSES!r}:
        importlib.import_module(found.name)
"""
COMMAND = "from saveguard.cli.main import main; main({arguments!r}, standalone_mode=False)"


def loaded(code: str) -> set[str]:
    """The top-level packages in a fresh process after `code` has run there."""
    told = f"{code}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=120
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def test_import_loads_nothing_else() -> None:
    assert loaded("import saveguard") & (HEAVY | {"msgspec", "click", "rich"}) == set()


@pytest.mark.parametrize(
    "arguments",
    [["rules"], ["rules", "--format", "json"], ["explain", min(CODES)], ["--help"], ["--version"]],
    ids=" ".join,
)
def test_light_commands_load_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(COMMAND.format(arguments=arguments)) & HEAVY == set()


def test_vocabulary_loads_nothing_heavy() -> None:
    assert loaded("import saveguard; saveguard.Report, saveguard.Receipt") & HEAVY == set()


def test_no_module_imports_a_framework_at_its_top() -> None:
    assert loaded(EVERY_MODULE) & FRAMEWORKS == set()


def test_the_probe_can_fail(tmp_path: Path) -> None:
    assert loaded("import saveguard.persist.writer.archive") & HEAVY >= {"numpy", "h5py"}
    (tmp_path / "keras.py").write_text("")
    with_a_framework = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{EVERY_MODULE}import keras"
    )
    assert loaded(with_a_framework) & FRAMEWORKS == {"keras"}


def test_public_names_are_all_there() -> None:
    import saveguard

    assert dir(saveguard) == saveguard.__all__
    for name in saveguard.__all__:
        assert getattr(saveguard, name) is not None
    with pytest.raises(AttributeError, match="module 'saveguard' has no attribute 'sav'"):
        saveguard.sav  # noqa: B018  the attribute access is what is tested


@pytest.mark.parametrize("sense", ["archive", "model", "data", "proof", "traceback"])
def test_a_sense_imports_the_rules_that_have_it_and_no_others(sense: str) -> None:
    code = f"from saveguard.rules import registry; registry.sensing({sense!r})"
    told = (
        f"{code}\nimport sys; print([n for n in sys.modules if n.startswith('saveguard.rules.')])"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    rules = {place for place in CODES.values() if f"'saveguard.rules.{place}'" in done.stdout}
    assert rules == {CODES[rule.code] for rule in registry.all_rules() if sense in rule.senses}
