"""The names of layers and weights are longer than an HDF5 attribute may be.

## What happens

`model.save` to `.h5` stops. The file that it leaves cannot be loaded.

## Why

Keras lists the names in attributes of the file, and HDF5 holds at most 64 KiB in one. Hundreds of
layers with long names, nested models whose names repeat, or an optimizer with a name for every
weight reach that.

## Fix

Save to `.keras`, which has no such limit:

    saveguard.save(model, "m.keras", example=x)

Else shorten the names, or leave the optimizer out: `model.save(path, include_optimizer=False)`.

## Seen in

- Keras to 2.2, and its optimizers: "RuntimeError: Unable to create attribute (object header message
  is too large)"
- TF 1.15 to Keras 3.15: "RuntimeError: The following attributes cannot be saved to HDF5 file
  because they are larger than 64512 bytes"

## References

- https://github.com/keras-team/keras/issues/11104
- https://github.com/h5py/h5py/issues/1053
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG245", "names-too-long", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "OSError", "ValueError"),
        pattern=r"attributes cannot be saved to HDF5 file because they are larger than \d+ bytes",
        stages=("save", "checkpoint"),
        message="the names of layers or weights are too long for an .h5 file",
        why="They are listed in one attribute of the file, which holds at most 64 KiB.",
        fix="save to .keras; or shorten the names of layers, or save with include_optimizer=False",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "OSError", "ValueError"),
        pattern=r"object header message is too large|larger than 64512 bytes",
        stages=("save", "checkpoint"),
        message="the names of layers or weights are too long for an .h5 file",
        why="They are listed in one attribute of the file, which holds at most 64 KiB.",
        fix="save to .keras; or shorten the names of layers, or save with include_optimizer=False",
        alone=r".",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError",),
        pattern=r"sequence item 0: expected str instance, bytes found",
        stages=("save", "checkpoint"),
        message="the names of layers or weights are too long for an .h5 file",
        why="They are listed in one attribute of the file, which holds at most 64 KiB; TF "
        "1.15 to 2.3 stumble over their own message.",
        fix="save to .keras; or shorten the names of layers, or save with include_optimizer=False",
        frames=r"save_attributes_to_hdf5_group|_serialize_model",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """Weight names of an optimizer above 64 KiB."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: Unable to create attribute (object header message is too large)",
                'train.py:<module>:model.save("m.h5")',
                "keras/engine/topology.py:save_weights_to_hdf5_group",
                "h5py/_hl/attrs.py:__setitem__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """An attribute of a file of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: Unable to create attribute (object header message is too large)",
                'convert.py:<module>:file.attrs["ids"] = ids',
                "h5py/_hl/attrs.py:__setitem__",
            ),
        ),
    )
