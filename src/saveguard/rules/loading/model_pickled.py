"""A model is pickled or deep-copied in a release that cannot do that.

## What happens

`pickle.dumps(model)`, `copy.deepcopy(model)`, joblib or multiprocessing stops at a lock that cannot
be pickled.

## Why

Models of Keras before TF 2.9 hold locks, graphs and sessions of the process.

## Fix

Save the model to a file and hand over the path:

    saveguard.save(model, "m.keras", example=x)

`keras.models.clone_model` copies a model in memory. scikit-learn's tools work with SciKeras.

## Seen in

- TF 2.0 to 2.3: "TypeError: can't pickle _thread.RLock objects", Python 3.8 and newer "cannot
  pickle '_thread.RLock' object"
- TF 1.15: "TypeError: can't pickle _thread._local objects"

## References

- https://github.com/keras-team/keras/issues/14180
- https://github.com/tensorflow/tensorflow/issues/54694
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG260", "model-pickled", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("TypeError",),
        pattern=r"can(?:'t|not) pickle '?(?P<what>_thread\.(?:RLock|_local|lock)|weakref"
        r"|tensorflow[\w.]*|module|\w*Weak\w*|\w*Keras\w*|_tkinter[\w.]*)'? object",
        message="a model is pickled, and it holds a {what}",
        why="Models of Keras before TF 2.9 hold locks and graphs of the process.",
        fix="hand over a file: model.save(path), then load_model(path) in the other process;"
        " keras.models.clone_model copies in memory",
        certainty="likely",
        alone=r"model|keras|Sequential|Functional",
    )
)


def bad(_tmp: Path) -> Call:
    """A model sent to a pool."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: can't pickle _thread.RLock objects",
                "train.py:<module>:pickle.dumps(model)",
                "tensorflow/python/keras/engine/training.py:__reduce__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A lock of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: cannot pickle '_thread.RLock' object",
                "serve.py:<module>:pickle.dumps(queue)",
            ),
        ),
    )
