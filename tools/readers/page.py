"""docs/readers.md, from what every release made of the files."""

from __future__ import annotations

from typing import Any

_HEAD = """\
# Which Keras loads the files

`make readers` writes this page. Each of three models, trained for a step with Adam, is saved in
Keras 3.15, by plain Keras and by Saveguard's writer, to `.keras` and to `.weights.h5`. Plain Keras
of every release loads them, by `load_model`, or by `load_weights` into a model that was built
there. What a release refuses, it refuses whoever wrote it: keys of the configuration that it does
not know. *Loaded* means that it answers as the model that was saved, and of `.keras` that its
optimizer has the same state. `functional` has Embedding, LSTM, BatchNormalization and Dense,
`sequential` convolutions and Dense; `long_known` has Conv1D, LayerNormalization and GRU,
initialised by `random_normal`.

"""
_ENDS = (".keras", ".weights.h5")


def text(found: list[Any]) -> str:
    """The page.

    Args:
        found: Of each release what `load.py` said.
    """
    reasons: dict[str, int] = {}
    table = _table(found, reasons)
    told = [f"{number}. `{reason}`" for reason, number in reasons.items()]
    return "".join([_HEAD, table, "\n", "\n".join(told), "\n" if told else ""])


def _table(found: list[Any], reasons: dict[str, int]) -> str:
    heads = [f"`{end}` by {who}" for end in _ENDS for who in ("Keras", "Saveguard")]
    lines = ["| Keras | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
    for one in found:
        cells = [
            _cell(one["files"], f"{who}{end}", reasons)
            for end in _ENDS
            for who in ("keras", "ours")
        ]
        lines.append(f"| {one['keras']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(files: Any, end: str, reasons: dict[str, int]) -> str:
    """Which of the models came back, and by number why others did not."""
    held = {name.split(".")[0]: told for name, told in files.items() if name.endswith(f".{end}")}
    back = [name for name, told in held.items() if told == "same"]
    lost = {_number(told, reasons) for told in held.values() if told != "same"}
    numbers = "".join(f" [{number}]" for number in sorted(lost))
    if len(back) == len(held):
        return f"all {len(held)} loaded"
    return f"{', '.join(back) or 'none'} loaded{numbers}"


def _number(reason: str, reasons: dict[str, int]) -> int:
    return reasons.setdefault(reason, len(reasons) + 1)
