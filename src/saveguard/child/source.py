"""What a function is made of: its definition and those that it uses, as digests.

Only text is read, nothing is executed. Comments, formatting, annotations and docstrings do not
change a digest, and neither does the version of Python that parses.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import inspect
import textwrap
import tokenize

_SKIPPED = {"ctx", "kind", "type_comment", "type_ignores", "returns", "annotation", "type_params"}
_BLOCKS = ("body", "orelse", "finalbody", "handlers")
_DEEPEST = 200


def definitions(module, name):
    """({definition: digest}, {imported package}) of what `name` in `module` is made of.

    Followed are names of the same module, and those that it imports from modules of the same
    package. Both are empty where the module's source cannot be read.
    """
    found, libraries, parsed = {}, set(), {}
    pending = [(module, name.split(".")[0])]
    seen = set(pending)
    while pending and len(found) < _DEEPEST:
        place, wanted = pending.pop(0)
        if place not in parsed:
            parsed[place] = _top_level(place)
            imported = {target.split(".")[0] for target, _ in parsed[place][1].values()}
            libraries.update(imported - {module.split(".")[0]})
        nodes, imports = parsed[place]
        own = [node for bound, node in nodes if wanted in bound]
        if own:
            found[wanted if place == module else "%s.%s" % (place, wanted)] = digest(own)
        at_hand = {**imports, **_imported(own, place)}
        for item in sorted(_used(own)):
            step = _step(item, place, nodes, at_hand)
            if step and not _kin(step[0], module):
                libraries.add(step[0].split(".")[0])
            elif step and step[1] and step not in seen:
                seen.add(step)
                pending.append(step)
    return found, libraries


def _used(nodes):
    """Every name that some syntax mentions or imports."""
    names = {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
    return names | set(_imported(nodes, ""))


def _step(item, place, nodes, imports):
    """Where a name leads: (module, name); None for one that is bound elsewhere."""
    if any(item in bound for bound, _ in nodes):
        return place, item
    return imports.get(item)


def _kin(target, module):
    return target.split(".")[0] == module.split(".")[0]


def of_object(function):
    """{definition: digest} of a function that no import finds: of a notebook, a lambda, a closure.

    Functions of the same module that it calls count too, and plain values that it closes over.
    """
    found, pending, seen = {}, [function], set()
    while pending and len(found) < _DEEPEST:
        item = pending.pop(0)
        code = getattr(item, "__code__", None)
        if code is None or id(item) in seen:
            continue
        seen.add(id(item))
        found[item.__qualname__.split("<locals>.")[-1]] = _of_code(item)
        for name in _names(code):
            value = getattr(item, "__globals__", {}).get(name)
            if inspect.isfunction(value) and value.__module__ == function.__module__:
                pending.append(value)
            elif isinstance(value, (bool, int, float, str, bytes, tuple, list, dict)):
                found[name] = _hashed(repr(value))
        for name, cell in zip(code.co_freevars, item.__closure__ or ()):
            if inspect.isfunction(cell.cell_contents):
                pending.append(cell.cell_contents)
            elif isinstance(cell.cell_contents, (bool, int, float, str, bytes, tuple, list, dict)):
                found[name] = _hashed(repr(cell.cell_contents))
    return found


def _names(code):
    nested = [part for part in code.co_consts if hasattr(part, "co_names")]
    return set(code.co_names).union(*map(_names, nested)) if nested else set(code.co_names)


def _of_code(function):
    """A digest of the function's source; where that cannot be parsed alone, of its code."""
    try:
        text = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        text = ""
    if "<lambda>" in function.__qualname__:
        text = text[text.find("lambda") :]
        # What stands behind the lambda on its line is none of it.
        parsed = next(filter(None, (_syntax(text[:end]) for end in range(len(text), 0, -1))), [])
    else:
        parsed = _syntax(text)
    code = function.__code__
    return digest(parsed) if parsed else _hashed(repr((code.co_code, code.co_consts)))


def _syntax(text):
    try:
        return ast.parse(text.strip()).body
    except SyntaxError:
        return []


def digest(nodes):
    """The digest of some syntax; the same for two texts that differ in form alone."""
    return _hashed(repr([_plain(node) for node in nodes]))


def _hashed(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _plain(node):
    if isinstance(node, list):
        return [_plain(part) for part in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    kind = type(node).__name__
    if kind == "Index":  # up to Python 3.8
        return _plain(node.value)
    if kind == "ExtSlice":
        return ("Tuple", ("elts", _plain(node.dims)))
    fields = [
        (name, _plain(_without_docstring(node, value) if name == "body" else value))
        for name, value in ast.iter_fields(node)
        if name not in _SKIPPED and value is not None and value != []
    ]
    return (kind, *fields)


def _without_docstring(node, body):
    documented = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    if documented and len(body) > 1 and isinstance(body[0], ast.Expr):
        value = getattr(body[0].value, "value", None)
        return body[1:] if isinstance(value, str) else body
    return body


def _top_level(module):
    """([(names that it binds, node)], {imported name: (module, name)}) of a module's source."""
    nodes, imports, pending = [], {}, list(_parsed(module))
    while pending:
        node = pending.pop(0)
        if isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While, ast.ExceptHandler)):
            pending[:0] = [part for block in _BLOCKS for part in getattr(node, block, ())]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.update(_imported([node], module))
        else:
            nodes.append((_bound(node), node))
    return nodes, imports


def _bound(node):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        targets = [node.value.func]  # `VECTORIZE.adapt(...)` changes what it is called on
    found = [part for target in targets if target for part in ast.walk(target)]
    return {part.id for part in found if isinstance(part, ast.Name)}


def _imported(nodes, module):
    """{bound name: (module, name)} of every import statement in some syntax."""
    found = {}
    for part in (part for node in nodes for part in ast.walk(node)):
        if isinstance(part, ast.Import):
            for alias in part.names:
                found[alias.asname or alias.name.split(".")[0]] = (alias.name, "")
        elif isinstance(part, ast.ImportFrom):
            target = _absolute(part, module)
            for alias in part.names:
                found[alias.asname or alias.name] = (target, alias.name)
    return found


def _absolute(node, module):
    if not node.level:
        return node.module or ""
    package = module.split(".")
    spec = _spec(module)
    up = node.level if spec is None or not spec.submodule_search_locations else node.level - 1
    parts = package[: len(package) - up] + ([node.module] if node.module else [])
    return ".".join(parts)


def _parsed(module):
    spec = _spec(module)
    try:
        if spec is None or not str(spec.origin).endswith(".py"):
            return []
        with tokenize.open(spec.origin) as file:
            return ast.parse(file.read()).body
    except (OSError, SyntaxError, ValueError):
        return []


def _spec(module):
    try:
        return importlib.util.find_spec(module)
    except (ImportError, AttributeError, ValueError):
        return None
