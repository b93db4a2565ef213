"""What the rules' examples share: a module on disk, as a user's own package would be."""

from __future__ import annotations

import hashlib
import importlib
import sys
from pathlib import Path
from types import ModuleType


def user_module(folder: Path, source: str) -> ModuleType:
    """Write `source` (with `import keras` before it) as a module, and import it.

    Its folder stays in the import path, as a user's would, so that a fresh process finds it.
    """
    name = f"user_{hashlib.sha256(source.encode()).hexdigest()[:12]}"
    (folder / f"{name}.py").write_text(f"import keras\n{source}")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    sys.modules.pop(name, None)
    importlib.invalidate_caches()
    return importlib.import_module(name)
