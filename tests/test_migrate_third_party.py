"""Classes of packages, in files and with answers that the packages themselves gave.

`recorded_third_party.zip` has models of one such layer each: TensorFlow Addons 0.20,
keras-layer-normalization 0.16 and keras-self-attention 0.51 wrote them with TensorFlow 2.10.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from saveguard import migration
from saveguard.errors import SaveguardError

RECORDED = Path(__file__).parent / "recorded_third_party.zip"
ASKED = ("act_sparsemax", "stochastic_depth")
NAMES = sorted({Path(name).stem for name in zipfile.ZipFile(RECORDED).namelist()} - {*ASKED})


@pytest.mark.parametrize("name", NAMES)
def test_a_class_of_a_package_answers_as_it_did_there(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(RECORDED) as archive:
        archive.extract(f"{name}.h5", tmp_path)
        golden = np.load(archive.open(f"{name}.npz"))
        inputs, known = golden["in_00"], golden["out_00"]
    found = migration.build(tmp_path / f"{name}.h5")(inputs, training=False)
    np.testing.assert_allclose(np.asarray(found), known, atol=1e-5)


@pytest.mark.parametrize("name", ASKED)
def test_sparsemax_is_asked_for_as_that_of_keras_answers_otherwise(
    tmp_path: Path, name: str
) -> None:
    with zipfile.ZipFile(RECORDED) as archive:
        archive.extract(f"{name}.h5", tmp_path)
    with pytest.raises(SaveguardError, match=r"[Ss]parsemax"):
        migration.build(tmp_path / f"{name}.h5")
