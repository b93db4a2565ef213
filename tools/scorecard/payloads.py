"""What an attack would run. All of it is inert: it would only set a marker in a temporary folder.

Nothing here is executed: a payload is compiled or written opcode by opcode, and stored.
"""

from __future__ import annotations

import base64
import io
import marshal
import types
import zipfile

MARKER = "saveguard-marker"
SOURCE = (
    "def payload(inputs):\n"
    "    import pathlib, tempfile\n"
    f"    pathlib.Path(tempfile.gettempdir(), {MARKER!r}).touch()\n"
    "    return inputs\n"
)


def bytecode() -> str:
    """A function's code, marshalled and in base64, as Keras stores a lambda."""
    module = compile(SOURCE, "<payload>", "exec")
    code = next(part for part in module.co_consts if isinstance(part, types.CodeType))
    return base64.b64encode(marshal.dumps(code)).decode()


def _text(value: str) -> bytes:
    return b"X" + len(value.encode()).to_bytes(4, "little") + value.encode()


def pickled(module: str = "builtins", name: str = "exec") -> bytes:
    """A pickle that would call `module.name` on source text that sets the marker."""
    text = f"import pathlib,tempfile;pathlib.Path(tempfile.gettempdir(),{MARKER!r}).touch()"
    return b"\x80\x02c" + f"{module}\n{name}\n".encode() + _text(text) + b"\x85R."


def torch_file() -> str:
    """A pickle in the zip that `torch.save` writes, in base64."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", pickled())
        archive.writestr("archive/version", "3\n")
    return base64.b64encode(buffer.getvalue()).decode()
