"""Which guards a release's loader has, by the code that makes them."""

from __future__ import annotations

import ast
import re

from sources import Sources

SAVING = "saving.serialization_lib"
STORES = "saving.saving_lib"
# name -> (module below `keras.src`, pattern in its source); all patterns of a name must be there.
MARKS: dict[str, tuple[tuple[str, str], ...]] = {
    "no-arbitrary-import": ((SAVING, r"package in \{['\"]keras"),),
    "saveable-only": ((SAVING, r"issubclass\(obj, KerasSaveable\)"),),
    "denied-apis": ((SAVING, r"LOADING_APIS = |NON_MODELING_APIS = "),),
    "denied-apis-extended": ((SAVING, r"NON_MODELING_APIS = "),),
    "builtin-not-registered": ((SAVING, r"_assert_no_registered_name_for_builtin"),),
    "h5-safe-mode": (("legacy.saving.legacy_h5_format", r"SafeModeScope"),),
    "torch-wrapper": (("utils.torch_utils", r"in_safe_mode"),),
    "vocabulary-path": (("layers.preprocessing.index_lookup", r"in_safe_mode"),),
    "tfsm-from-config": (("export.tfsm_layer", r"def from_config\(.*safe_mode"),),
    "hdf5-external-storage": ((STORES, r"dataset\.external"),),
    "hdf5-links": ((STORES, r"SoftLink"), (STORES, r"is_virtual")),
    "hdf5-links-mid-path": ((STORES, r"name_part"),),
    "hdf5-bomb": ((STORES, r"_H5_DATASET_MAX_EXPANSION"),),
    "zip-bomb": ((STORES, r"_reject_zip_bomb"), (STORES, r"_reject_npz_bomb")),
    "zip-bomb-assets": ((STORES, r"_reject_zip_extract_bomb"),),
    "asset-traversal": ((STORES, r"escapes the asset directory"),),
    "lambda-fail-closed": (
        ("layers.core.lambda_layer", r"effective_safe_mode is not False"),
        ("utils.torch_utils", r"effective_safe_mode is not False"),
    ),
    "nested-containers": ((STORES, r"_get_unique_name\('container'"),),
}
# Present where the pattern is absent.
UNMARKS = {"npz-no-pickle": (STORES, r"allow_pickle=True")}


def guards(sources: Sources) -> set[str]:
    """The names of the guards that a release of Keras 3 has; none for an earlier one."""
    rooms = {mark[0] for marks in MARKS.values() for mark in marks}
    texts = {room: _text(sources, f"keras.src.{room}") for room in rooms}
    if not texts["legacy.saving.legacy_h5_format"]:
        return set()
    found = {
        name
        for name, marks in MARKS.items()
        if all(re.search(pattern, texts[room]) for room, pattern in marks)
    }
    return found | {
        name for name, (room, pattern) in UNMARKS.items() if not re.search(pattern, texts[room])
    }


def _text(sources: Sources, module: str) -> str:
    """A module's code, without comments, in the form that `ast` writes."""
    found = sources.modules.get(module)
    return ast.unparse(found.tree) if found else ""
