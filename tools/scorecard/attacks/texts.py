"""JSON that Python reads and stricter readers refuse, and JSON that nobody reads whole."""

from __future__ import annotations

import json
from pathlib import Path

from tools.scorecard import configs, forge
from tools.scorecard.case import hostile


def _hostile() -> str:
    layer = configs.lambda_layer(configs.function("os", "system"))
    return json.dumps(configs.aside(layer, "true"))


def _write(folder: Path, text: str | bytes) -> Path:
    content = text if isinstance(text, bytes) else text.encode()
    return forge.keras_zip(folder / "m.keras", content)


@hostile("bypass: a parse error is clean", "SG302")
def not_a_number(folder: Path) -> Path:
    """A NaN beside the attack: no JSON, but Python reads it."""
    return _write(folder, _hostile()[:-1] + ', "extra": NaN, "more": -Infinity}')


@hostile("bypass: a parse error is clean", "SG302")
def utf_16(folder: Path) -> Path:
    """The configuration in UTF-16, which Python detects."""
    return _write(folder, _hostile().encode("utf-16"))


@hostile("bypass: a parse error is clean", "SG302")
def byte_order_mark(folder: Path) -> Path:
    """The configuration behind a byte order mark, which Python skips in bytes."""
    return _write(folder, b"\xef\xbb\xbf" + _hostile().encode())


@hostile("bypass: a parse error is clean", "SG302")
def half_a_surrogate(folder: Path) -> Path:
    """Half a surrogate pair beside the attack."""
    return _write(folder, _hostile()[:-1] + ', "extra": "\\ud800"}')


@hostile("bypass: a parse error is clean", "SG302")
def escaped_names(folder: Path) -> Path:
    """The names written in escapes, which no search of the bytes finds."""
    text = _hostile().replace('"system"', '"\\u0073ystem"').replace('"os"', '"\\u006fs"')
    return _write(folder, text)


@hostile("bypass: two keys of the same name", "SG302", "SG313")
def two_keys(folder: Path) -> Path:
    """A clean `module` and, after it, the one that Python keeps."""
    return _write(folder, _hostile().replace('"module": "os"', '"module": "keras", "module": "os"'))


@hostile("bypass: a parse error is clean", "SG304", "SG9xx")
def broken_json(folder: Path) -> Path:
    """A configuration that ends early and names the switch of safe mode."""
    layer = configs.lambda_layer(configs.function("keras.config", "enable_unsafe_deserialization"))
    return _write(folder, json.dumps(configs.aside(layer))[:-40])


@hostile("bypass: depth", "SG302", "SG9xx")
def very_deep(folder: Path) -> Path:
    """The attack below two thousand lists."""
    return _write(folder, '{"a": ' + "[" * 2000 + _hostile() + "]" * 2000 + "}")


@hostile("bypass: size", "SG302", "SG9xx")
def very_long(folder: Path) -> Path:
    """The attack behind 40 MB of spaces."""
    return _write(folder, " " * 40_000_000 + _hostile())


@hostile("bypass: a parse error is clean", "SG302", "SG9xx")
def very_long_number(folder: Path) -> Path:
    """A number of 5,000 digits beside the attack."""
    return _write(folder, _hostile()[:-1] + ', "extra": ' + "9" * 4200 + "}")
