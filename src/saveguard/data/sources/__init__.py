"""Data in any form as a source; one module a format, with `parts(path)` and `read(part, columns)`.

A new format is a module and its endings in `FORMATS`.
"""

from __future__ import annotations

from saveguard.data.sources.files import Files
from saveguard.data.sources.formats import FORMATS
from saveguard.data.sources.given import source

__all__ = ["FORMATS", "Files", "source"]
