"""The tables of what each release of Keras knows, held against the release that is installed."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from saveguard import known
from saveguard.known import versions

INSTALLED = known.release("3.15.1")
# Arguments that a constructor takes out of its `**kwargs`, or its `from_config` out of the rest.
POPPED = {
    "alpha", "batch_input_shape", "bin_boundaries", "decay", "dynamic", "has_input_vocabulary",
    "implementation", "input_dim", "input_length", "input_shape", "rms_scaling", "trainable",
    "vocabulary_size",
}  # fmt: skip


@pytest.fixture(scope="module")
def exported() -> dict[str, object]:
    """Public names of the installed Keras, with what they name."""
    keras = pytest.importorskip("keras")
    if keras.__version__ != INSTALLED.version:
        pytest.skip(f"the tables are held against {INSTALLED.version}, not {keras.__version__}")
    from keras.src import api_export

    return {
        path: found
        for path in api_export.REGISTERED_NAMES_TO_OBJS
        if (found := api_export.get_symbol_from_name(path)) is not None
    }


def test_every_public_name_of_the_installed_keras_is_known(exported: dict[str, object]) -> None:
    objects = {p for p, o in exported.items() if inspect.isclass(o) or inspect.isfunction(o)}
    missing = {path for path in objects if INSTALLED.symbol(*_split(path)) is None}
    assert {path for path in missing if ".applications" not in path} == set()


def test_arguments_agree_with_the_installed_keras(exported: dict[str, object]) -> None:
    wrong = {}
    for path, found in exported.items():
        symbol = INSTALLED.symbol(*_split(path))
        if symbol is None or not inspect.isclass(found) or symbol.role == "value":
            continue
        least, most = _bounds(found)
        taken = set(symbol.arguments)
        if least - taken or taken - most - POPPED:
            wrong[path] = (least - taken, taken - most - POPPED)
    assert wrong == {}


def test_saveable_is_what_the_installed_keras_saves(exported: dict[str, object]) -> None:
    from keras.src.saving.keras_saveable import KerasSaveable

    for path, found in exported.items():
        symbol = INSTALLED.symbol(*_split(path))
        if inspect.isclass(found) and symbol and issubclass(found, KerasSaveable):
            assert symbol.saveable, path


@pytest.mark.parametrize(
    ("room", "role"),
    [
        ("activations", "activation"),
        ("constraints", "constraint"),
        ("dtype_policies", "dtype"),
        ("initializers", "initializer"),
        ("losses", "loss"),
        ("metrics", "metric"),
        ("optimizers", "optimizer"),
        ("quantizers", "quantization"),
        ("regularizers", "regularizer"),
    ],
)
def test_short_names_are_those_of_the_room(
    room: str, role: str, exported: dict[str, object]
) -> None:
    import importlib

    real = importlib.import_module(f"keras.src.{room}").ALL_OBJECTS_DICT
    short = INSTALLED.short_names[role]
    assert set(short) == set(real)
    for name, path in short.items():
        assert path.rpartition(".")[2] in (real[name].__name__, exported.get(path, name))


def test_the_layers_of_old_files_are_those_that_the_loader_finds() -> None:
    pytest.importorskip("keras")
    from keras.src import layers

    real = {name for name, found in vars(layers).items() if inspect.isclass(found)}
    added = {"Functional", "Model", "Sequential"}
    assert set(INSTALLED.short_names["layer"]) - added >= real - {"keras_export"} - added


def test_a_release_is_its_newest_patch_and_an_unknown_one_names_near_ones() -> None:
    assert known.release("3.12").version == "3.12.4"
    assert known.release("3").version == known.LATEST
    assert known.release("3.15.1").version == "3.15.1"
    assert known.release("3.10.9").version == "3.10.0"
    with pytest.raises(known.UnknownReleaseError) as error:
        known.release("3.14159")
    assert str(error.value) == (
        "Keras 3.14159 is not in the tables; near ones are 3.14.1, 3.4.1, 3.1.1"
    )


def test_what_came_and_went() -> None:
    lstm = "keras.layers.LSTM"
    assert known.argument_span(lstm, "time_major") == ("2.6.0", "2.21.0")
    assert known.argument_span("keras.layers.Dense", "quantization_config") == ("3.13.0", "3.15.1")
    assert known.span("ThresholdedReLU", role="layer") == ("2.0.9", "2.21.0")
    assert known.span("NoSuchThing") is None
    assert known.release("2.15").symbol("LSTM", role="layer").takes("time_major")  # type: ignore[union-attr]
    assert not INSTALLED.symbol("LSTM", role="layer").takes("time_major")  # type: ignore[union-attr]


def test_old_files_name_by_role() -> None:
    mse = INSTALLED.symbol("mse", role="loss")
    assert mse and mse.path == "keras.losses.mean_squared_error" and mse.function
    metric = INSTALLED.symbol("mse", role="metric")
    assert metric and metric.path == "keras.metrics.MeanSquaredError" and not metric.function
    assert INSTALLED.symbol("Convolution2D", role="layer") is None
    assert INSTALLED.symbol("Convolution2D", "keras.layers").path == "keras.layers.Convolution2D"  # type: ignore[union-attr]


def test_guards_came_in_the_releases_that_the_sources_show() -> None:
    since = {}
    for version in known.releases():
        for guard in known.release(version).guards:
            since.setdefault(guard, version)
    assert since["no-arbitrary-import"] == "3.9.0"
    assert since["saveable-only"] == since["denied-apis"] == "3.11.0"
    assert since["h5-safe-mode"] == since["torch-wrapper"] == "3.11.3"
    assert "hdf5-links" not in known.release("3.14.0").guards
    assert "zip-bomb" not in known.release("3.13.2").guards
    assert {v for v in known.releases() if "zip-bomb-assets" in known.release(v).guards} == {
        "3.12.4",
        "3.15.1",
    }


def test_what_a_configuration_drops() -> None:
    assert INSTALLED.symbol("LSTM", "keras.layers").dropped == ("use_cudnn",)  # type: ignore[union-attr]
    assert INSTALLED.symbol("CategoryEncoding", "keras.layers").dropped == ("sparse",)  # type: ignore[union-attr]
    assert INSTALLED.symbol("Dense", "keras.layers").dropped == ()  # type: ignore[union-attr]


def test_the_tables_are_small() -> None:
    assert len(versions.TABLES.read_bytes()) < 300_000


def test_asking_loads_no_framework() -> None:
    code = (
        "import sys; from saveguard import known;"
        "known.release('3.15').symbol('Dense', 'keras.layers');"
        "print([m for m in ('keras', 'tensorflow', 'jax', 'numpy', 'h5py') if m in sys.modules])"
    )
    call = [sys.executable, "-c", code]
    answer = subprocess.run(call, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def _split(path: str) -> tuple[str, str]:
    module, _, name = path.rpartition(".")
    return name, module


def _bounds(found: type) -> tuple[set[str], set[str]]:
    """What a class's own constructor names, and all that its bases' name besides."""
    named = []
    for parent in found.__mro__:
        if "__init__" not in vars(parent) or parent is object:
            continue
        parameters = inspect.signature(parent.__init__).parameters.values()  # type: ignore[misc]
        kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        named.append({p.name for p in parameters if p.kind not in kinds} - {"self"})
    return (named[0] if named else set()), set().union(*named)
