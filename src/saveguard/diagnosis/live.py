"""A live exception: more exact than its text, for the frames still hold what raised it.

Nothing is called that a user wrote, except the `get_config` of the object whose configuration was
refused; values are told by type, shape and dtype, never printed.
"""

from __future__ import annotations

import json
import linecache
import re
from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

from saveguard.diagnosis.parse import bases
from saveguard.diagnosis.place import placed
from saveguard.diagnosis.report import Explained, told
from saveguard.trace import Frame, Link, Raised, Trace

MOST_EXCEPTIONS = 20
MOST_FRAMES = 200
MOST_SEEN = 4
DEEPEST = 12
_STYLE = re.compile(r"\x1b\[\d*m")
# The model that a line calls; its own frames are left out of Keras's tracebacks.
_CALLED = re.compile(
    r"\b([A-Za-z_][\w.]*)\.(?:save\w*|fit\w*|predict\w*|evaluate|export|to_json|get_config|train_on_batch)\("
)
_INPUTS = ("inputs", "x", "data", "args", "batch", "input_data", "y")


def explained_live(error: BaseException) -> Explained:
    """The report on an exception, with what its frames hold as further evidence."""
    import msgspec

    found = told((trace_of(error),), _name(error))
    seen = tuple(dict.fromkeys(_seen(error)))[:MOST_SEEN]
    findings = found.report.findings
    if seen and findings:
        best = msgspec.structs.replace(findings[0], evidence=findings[0].evidence + seen)
        report = msgspec.structs.replace(found.report, findings=(best, *findings[1:]))
        return Explained(report, found.issue)
    if seen:
        report = msgspec.structs.replace(found.report, read=found.report.read + seen)
        return Explained(report, found.issue)
    return found


def trace_of(error: BaseException) -> Trace:
    """The trace of an exception: the chain of its causes, first cause first."""
    return placed(tuple(_raised(one, link) for one, link in reversed(tuple(_chain(error)))))


def _chain(error: BaseException) -> Iterator[tuple[BaseException, Link]]:
    """The exceptions from the last to the first cause, each with its link to the one before."""
    seen: set[int] = set()
    waiting: list[tuple[BaseException, Link]] = [(error, "")]
    while waiting and len(seen) < MOST_EXCEPTIONS:
        one, link = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        cause = one.__cause__
        context = None if one.__suppress_context__ else one.__context__
        own: Link = "cause" if cause else "context" if context else link
        yield one, own
        if isinstance(one, BaseExceptionGroup):
            waiting += [(member, "group") for member in one.exceptions]
        before = cause or context
        if before is not None:
            waiting.append((before, ""))


def _raised(error: BaseException, link: Link) -> Raised:
    kinds = tuple(kind.__name__ for kind in type(error).__mro__[1:-1])
    frames = tuple(_frame(tb) for tb in _tracebacks(error))
    return Raised(
        type(error).__name__, _text(error), kinds or bases(type(error).__name__), frames, link
    )


def _text(error: BaseException) -> str:
    try:
        return _STYLE.sub("", str(error))
    except Exception as broken:  # noqa: BLE001  a class of the user's may raise here
        return f"<its text raises {type(broken).__name__}>"


def _tracebacks(error: BaseException) -> list[TracebackType]:
    found, tb = [], error.__traceback__
    while tb is not None:
        found.append(tb)
        tb = tb.tb_next
    return found[-MOST_FRAMES:]


def _frame(tb: TracebackType) -> Frame:
    code = tb.tb_frame.f_code
    line = linecache.getline(code.co_filename, tb.tb_lineno, tb.tb_frame.f_globals)
    return Frame(code.co_filename.replace("\\", "/"), tb.tb_lineno, code.co_name, line.strip())


def _name(error: BaseException) -> str:
    return type(error).__name__


def _seen(error: BaseException) -> Iterator[str]:
    """What the frames hold: the refused key, the layer and its place, the inputs."""
    for one, _ in _chain(error):
        frames = [tb.tb_frame for tb in reversed(_tracebacks(one))]
        layers = [found for tb in reversed(_tracebacks(one)) if (found := _layer(tb))]
        if layers:
            yield from _refused(one, layers[-1])
            yield from _told_layer(layers, frames)


def _layer(tb: TracebackType) -> Any:
    """The Keras layer or model whose method a frame is of, or that its line calls, or None."""
    frame = tb.tb_frame
    own = frame.f_locals.get("self")
    if own is not None and _is_layer(own):
        return own
    called = _CALLED.search(linecache.getline(frame.f_code.co_filename, tb.tb_lineno))
    if not called:
        return None
    first, *rest = called[1].split(".")
    found = frame.f_locals.get(first, frame.f_globals.get(first))
    for name in rest:
        found = _attribute(found, name)
    return found if found is not None and _is_layer(found) else None


def _is_layer(value: Any) -> bool:
    return any(
        kind.__name__ == "Layer" and "keras" in kind.__module__ for kind in type(value).__mro__
    )


def _told_layer(layers: list[Any], frames: list[FrameType]) -> Iterator[str]:
    layer, model = layers[0], layers[-1]
    yield f"{_named(layer, model)}, of class {type(layer).__name__}"
    for frame in frames:
        for given in _INPUTS:
            shapes = tuple(_shapes(frame.f_locals.get(given), given))
            if shapes:
                yield f"{', '.join(shapes[:4])} in {frame.f_code.co_name}()"
                return


def _named(layer: Any, model: Any) -> str:
    """``layer `encoder/attn` (model.layers[3].layers[1])``, where the model holds the layer."""
    way = _way(layer, model, 0)
    if not way:
        return f"layer `{_attribute(layer, 'name')}`"
    place = "".join(f".layers[{number}]" for number, _ in way)
    return f"layer `{'/'.join(name for _, name in way)}` (model{place})"


def _way(layer: Any, holder: Any, depth: int) -> tuple[tuple[int, str], ...]:
    """The place and the name of each layer on the way from a model to one that it holds."""
    members = _attribute(holder, "layers")
    if not isinstance(members, list) or layer is holder or depth > DEEPEST:
        return ()
    for number, member in enumerate(members):
        here = (number, str(_attribute(member, "name")))
        if member is layer:
            return (here,)
        below = _way(layer, member, depth + 1)
        if below:
            return (here, *below)
    return ()


def _shapes(value: Any, name: str, depth: int = 0) -> Iterator[str]:
    """Shapes and dtypes of the arrays in a structure, each by its path."""
    shape = _attribute(value, "shape")
    if shape is not None and not isinstance(value, type):
        yield f"{name}: shape {_sizes(shape)}, dtype {_dtype(value)}"
    elif isinstance(value, Mapping) and depth < 3:
        for key in list(value)[:8]:
            yield from _shapes(value[key], f"{name}[{key!r}]", depth + 1)
    elif isinstance(value, (list, tuple)) and depth < 3:
        for number, item in enumerate(value[:8]):
            yield from _shapes(item, f"{name}[{number}]", depth + 1)


def _dtype(value: Any) -> str:
    dtype = _attribute(value, "dtype")
    return str(_attribute(dtype, "name") or dtype)


def _sizes(shape: Any) -> str:
    try:
        return str(tuple(shape))
    except Exception:  # noqa: BLE001  a shape of unknown rank cannot be iterated
        return str(shape)


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001  a property of somebody's class may raise anything
        return None


def _refused(error: BaseException, model: Any) -> Iterator[str]:
    """The keys of configurations that JSON does not take, where that is what raised."""
    text = _text(error)
    if any(words in text for words in ("JSON", "serializ", "pickle")):
        yield from _refused_of(model, model, 0)


def _refused_of(layer: Any, model: Any, depth: int) -> Iterator[str]:
    """The refused keys of a layer, or else of the layers that it holds."""
    members = _attribute(layer, "layers")
    if isinstance(members, list) and members and depth < DEEPEST:
        for member in members:
            yield from _refused_of(member, model, depth + 1)
        return
    try:
        config = layer.get_config()
    except Exception as broken:  # noqa: BLE001  what it raises is what is told
        yield f"get_config() of {_named(layer, model)} raises {type(broken).__name__}"
        return
    for path, value in _unplain(config, "get_config()", 0):
        yield f"{_named(layer, model)}, {path} is {_kind(value)}"


def _unplain(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The values of a configuration that JSON does not take, with the way to each."""
    if isinstance(value, Mapping) and depth < DEEPEST:
        for key, item in value.items():
            yield from _unplain(item, f"{path}[{key!r}]", depth + 1)
    elif isinstance(value, (list, tuple)) and depth < DEEPEST:
        for number, item in enumerate(value):
            yield from _unplain(item, f"{path}[{number}]", depth + 1)
    else:
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            yield path, value


def _kind(value: Any) -> str:
    """`a numpy array of shape (8, 8)`, or the class of the value."""
    kind = type(value)
    shape = _attribute(value, "shape")
    of = (
        f" of shape {_sizes(shape)}, dtype {_attribute(value, 'dtype')}"
        if shape is not None
        else ""
    )
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        return f"a numpy array{of}"
    name = f"{kind.__module__}.{kind.__name__}".removeprefix("builtins.")
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}{of}"
