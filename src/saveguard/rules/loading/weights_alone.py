"""The file holds weights only, and is loaded as a whole model.

## What happens

`load_model` stops: there is no configuration in the file. So does `saveguard migrate FILE NEW`.

## Why

`save_weights`, and `ModelCheckpoint` with `save_weights_only=True`, write the arrays without the
layers. A save that failed half-way leaves such a file too.

## Fix

Build the model by its code, and load the weights into it:

    model = build()
    model.load_weights("w.weights.h5")

What an old version wrote is given to it, and saved, by

    saveguard.migrate("old.h5", "new.weights.h5", model=model)

## Seen in

- TF to 2.3: "ValueError: No model found in config file."
- TF 2.4 to 2.15, Keras 3: "ValueError: No model config found in the file at w.weights.h5."
- TF 2: "ValueError: Cannot parse config: no model config"

## References

- https://github.com/keras-team/keras/issues/5231
- https://github.com/keras-team/keras/issues/6937
"""

from __future__ import annotations

from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG240", "weights-alone", since="0.1")
LAYOUTS = ("weights", "shards", "npz")
_SHOWN = 3

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "OSError", "KeyError"),
        pattern=r"Checkpoint does not contain model configuration"
        r"|No model found in config file"
        r"|Cannot create group in read.only mode"
        r"|No model config found in the file at (?P<path>[^<\n]*?)\.?(?:$|\n|<)",
        message="{where} holds weights only, and no model",
        why="The list of layers that load_model reads is not in it.",
        fix='build the model by its code, then model.load_weights("{where}")',
    )
)


def refused(facts: ArchiveFacts) -> Finding:
    """The finding for a file of one of `LAYOUTS`."""
    names = _layers(facts)
    if not names and not any("/vars/" in f"/{one.path}" for one in facts.arrays):
        return rule.finding(
            where=facts.path,
            message=f"{facts.path} holds {len(facts.arrays)} arrays, and nothing that Keras wrote"
            " of a model",
            why="It is a file of data, or of another tool: it names no layers.",
            fix="give the file that model.save wrote",
            evidence=tuple(one.path for one in facts.arrays[:_SHOWN]),
        )
    told = f"of {len(names)} layers" if names else f"in {len(facts.arrays)} arrays"
    return rule.finding(
        where=facts.path,
        message=f"{facts.path} holds weights {told}, and no model",
        why="model.save_weights writes the arrays alone; how the layers are connected stands in"
        " the code that built the model, or in what model.to_json() gave.",
        fix="build the model as it was built then, and\n"
        f"  saveguard.migrate({facts.path!r}, 'new.weights.h5', model=model)",
        evidence=(f"layers: {', '.join(names[:_SHOWN])}{', ...' if len(names) > _SHOWN else ''}",)
        if names
        else (),
    )


def _layers(facts: ArchiveFacts) -> list[str]:
    """The layers that have weights, by the list that Keras 1 and 2 wrote."""
    listed = facts.documents.get("@weight_names")
    return [name for name, held in listed.items() if held] if isinstance(listed, dict) else []


def bad(_tmp: Path) -> Call:
    """Weights of a checkpoint."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: No model config found in the file at w.weights.h5.",
                'serve.py:<module>:keras.models.load_model("w.weights.h5")',
                "keras/src/legacy/saving/legacy_h5_format.py:load_model_from_hdf5",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A configuration of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: No config found in the file at app.ini.",
                'serve.py:<module>:read("app.ini")',
            ),
        ),
    )
