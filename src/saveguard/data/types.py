"""Arrow's types in the words of NumPy and Keras: `lists of int32`, `uint8[32, 32, 3]`."""

from __future__ import annotations

import re

from saveguard.wording import many

_NAMES = {"double": "float64", "float": "float32", "halffloat": "float16", "bool": "bool"}
_LIST = re.compile(r"(?:large_)?list(?:_view)?<\w+: (.*)>")
_FIXED = re.compile(r"fixed_size_list<\w+: (.*)>\[(\d+)\]")
# A dictionary is what it stands for.
_WORDS = re.compile(r"dictionary<values=([^,<>]*), indices=\w+, ordered=\w+>")
# The pixels of an image whose header alone was read.
_UNREAD = "fixed_size_binary[0]"
_SHOWN = 3


def told(arrow: str) -> str:
    """A type, by Arrow's text for it.

    >>> told("list<element: list<element: double>>")
    'lists of lists of float64'
    """
    arrow = _WORDS.sub(r"\1", arrow.replace(" not null", ""))
    sizes = []
    while (found := _FIXED.fullmatch(arrow)) is not None:
        arrow, size = found.groups()
        sizes.append(size)
    inner = _LIST.fullmatch(arrow)
    name = f"lists of {told(inner[1])}" if inner else _NAMES.get(arrow, arrow)
    if arrow == _UNREAD:
        name = "pixels"
    if not sizes:
        return name
    return f"lists of {', '.join(sizes)} {name}" if inner else f"{name}[{', '.join(sizes)}]"


def together(arrow: list[str]) -> str:
    """Several types, those that come first in the alphabet."""
    names = sorted({told(one) for one in arrow})
    more = len(names) - _SHOWN
    return " or ".join(names[:_SHOWN]) + (f" or {many(more, 'more type')}" if more > 0 else "")
