"""docs/readers.md, from what every release made of the files."""

from __future__ import annotations

from typing import Any

_HEAD = """\
# Which Keras loads the files

`make readers` writes this page. Each of three models, trained for a step with Adam, is saved by
plain Keras and by Saveguard's writer, to `.keras` and to `.weights.h5`. Plain Keras loads them, by
`load_model`, or by `load_weights` into a model that was built there. *Loaded* means that it answers
as the model that was saved, and of `.keras` that its optimizer has the same state. `functional` has
Embedding, LSTM, BatchNormalization and Dense, `sequential` convolutions and Dense; `long_known` has
Conv1D, LayerNormalization and GRU, initialised by `random_normal`.

## Files that Keras 3.15 has written

"""
_OWN = """
## Files that each release has written

There, Saveguard's writer is run by the release itself, and its files are loaded by plain Keras of
the same release. Saveguard asks for Keras 3.15 (`pyproject.toml`); where older ones let it run, the
form of its files is held against their readers.

"""
_ENDS = (".keras", ".weights.h5")


def text(found: list[Any]) -> str:
    """The page.

    Args:
        found: Of each release what `load.py` said of the newest files, and under `own` of its own
            files, or why there are none.
    """
    reasons: dict[str, int] = {}
    own = [{"keras": one["keras"], "files": one["own"]} for one in found]
    parts = [_HEAD, _table(found, reasons), _OWN, _table(own, reasons)]
    told = [f"{number}. `{reason}`" for reason, number in reasons.items()]
    return "".join([*parts, "\n", "\n".join(told), "\n" if told else ""])


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
    if isinstance(files, str):
        return f"not written [{_number(files, reasons)}]"
    held = {name.split(".")[0]: told for name, told in files.items() if name.endswith(f".{end}")}
    back = [name for name, told in held.items() if told == "same"]
    lost = {_number(told, reasons) for told in held.values() if told != "same"}
    numbers = "".join(f" [{number}]" for number in sorted(lost))
    if len(back) == len(held):
        return f"all {len(held)} loaded"
    return f"{', '.join(back) or 'none'} loaded{numbers}"


def _number(reason: str, reasons: dict[str, int]) -> int:
    return reasons.setdefault(reason, len(reasons) + 1)
