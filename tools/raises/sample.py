"""A raise -> the traceback that it would print, with plausible values in the message's holes."""

from __future__ import annotations

import re

HOLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
# What the expression in a hole hints at, first come first served.
_VALUES = (
    (r"^_type_name\(", "<class 'reader.Table'>"),
    (r"^e$|str\(e\)|error|reason|^status", "'val_acc'"),
    (r"printable_module_name", "layer"),
    (r"obj_type", "class"),
    (r"arg(?:ument)?_name|weight_type", "metrics"),
    (r"steps_name", "steps"),
    (r"LIMIT", "64512"),
    (r"_FNAME_H5", "model.weights.h5"),
    (r"_FNAME_NPZ", "model.weights.npz"),
    (r"_FNAME", "model.weights"),
    (r"_type\.__name__", "ExternalLink"),
    (r"backend", "torch"),
    (r"^\(?kwargs\b(?!\.)", "{'lr': 0.1}"),
    (r"^instance", "<own.Thing object at 0x7f0c>"),
    (r"^module", "keras.metrics"),
    (r"class_name|object_name|history\[|__name__|\bcls\b|cls_name", "Custom"),
    (r"^len\(|\bndim|rank|^num_|_count|size|^str\(len|dim\b|length|steps|epoch", "2"),
    (r"exception_prefix", "target"),
    (r"shape|dims", "(10, 3)"),
    (r"\baxis\b|^str\(axis|index|idx|_id\b|^str\(k\)|^str\(i\)|^[ikn]$|units", "2"),
    (r"^(?:str\()?value\)?$|readable_memory_size", "10"),
    (r"dtype", "float32"),
    (r"ext|path|file|fname|directory|\bdir|stem", "m.h5"),
    (r"type\(|__class__", "<class 'reader.Table'>"),
    (r"mode", "auto"),
    (r"\bnames\[|layer_name|\bname\b|^name", "dense_1"),
    (r"names|keys|list|layers|tensors|structure|unsplitable|kwargs", "['dense_1', 'dense_2']"),
    (r"layer|identifier|prefix|model", "dense_1"),
    (r"json|config", "{'class_name': 'Custom', 'config': {}}"),
    (r"inputs?\b|^x$|tensor|data|value|obj|arg", "[1, 2]"),
)
# What Python prints for a class that is another's second name.
_ALIASES = {"IOError": "OSError", "EnvironmentError": "OSError"}
_SCRIPT = '  File "train.py", line 8, in <module>\n    main()\n'


def message(says: str) -> str:
    """A template with its holes filled."""

    def fill(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        return next((value for hint, value in _VALUES if re.search(hint, found[1])), "dense_1")

    return HOLE.sub(fill, says)


def traceback(kind: str, says: str, file: str, line: int, function: str) -> str:
    """The text of a traceback whose last frame is the one that raises."""
    frame = f'  File "{file}", line {line}, in {function.rpartition(".")[2] or "<module>"}\n'
    kind = _ALIASES.get(kind, kind)
    told = f"{kind}: {message(says)}" if says else kind
    return f"Traceback (most recent call last):\n{_SCRIPT}{frame}    raise {kind}(\n{told}\n"
