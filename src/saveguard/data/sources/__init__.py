"""Data in any form as a source; one module a format, with `parts(path)` and `read(part, columns)`.

A new format is a module and a line in `FORMATS`.
"""

from __future__ import annotations

from saveguard.data.sources.files import FORMATS, Files, source

__all__ = ["FORMATS", "Files", "source"]
