"""What a function of Keras 2 or TensorFlow could read as with `keras.ops`: a suggestion."""

from __future__ import annotations

import ast
import copy
from typing import Any

from saveguard.facts import Frozen

_BACKENDS = ("K", "backend", "keras.backend", "tf.keras.backend", "tensorflow.keras.backend")
_TENSORFLOW = ("tf", "tf.math", "tf.nn", "tf.image", "tf.linalg", "tensorflow", "tensorflow.math",
               "tensorflow.nn", "tensorflow.image", "tf.random")  # fmt: skip
# Of the same name, arguments and defaults in `keras.ops`.
_SAME = (
    "abs", "exp", "sqrt", "square", "sign", "round", "sigmoid", "tanh", "relu", "softplus",
    "softsign", "maximum", "minimum", "equal", "not_equal", "greater", "greater_equal", "less",
    "less_equal", "zeros_like", "ones_like", "cast", "shape", "logical_and", "logical_or",
    "logical_not", "sin", "cos", "tan", "log", "floor", "ceil", "elu", "selu", "squeeze",
    "tile", "reshape", "stack",
)  # fmt: skip
_KERAS_REDUCTIONS = "sum mean max min prod std var any all"


class _Op(Frozen, frozen=True):
    """An operation of keras.ops.

    Attributes:
        name: After `keras.`.
        positional: The arguments of the old function, by what they are called in the new one.
        keywords: Old names of arguments that have another one now.
        defaults: What the old function took where nothing was given, and the new one does not.
        needed: Arguments without which the two differ.
    """

    name: str
    positional: tuple[str, ...] = ()
    keywords: dict[str, str] = {}  # noqa: RUF012  msgspec copies it
    defaults: dict[str, Any] = {}  # noqa: RUF012  msgspec copies it
    needed: tuple[str, ...] = ()


_BOTH = {name: _Op(f"ops.{name}") for name in _SAME} | {
    "pow": _Op("ops.power"),
    "one_hot": _Op("ops.one_hot", keywords={"indices": "x", "depth": "num_classes"}),
    "softmax": _Op("ops.softmax", ("x", "axis"), {"logits": "x"}),
    "l2_normalize": _Op("ops.normalize", ("x", "axis"), needed=("axis",)),
}
_KERAS = {name: _Op(f"ops.{name}") for name in _KERAS_REDUCTIONS.split()} | {
    "concatenate": _Op("ops.concatenate", ("xs", "axis"), {"tensors": "xs"}, {"axis": -1}),
    "expand_dims": _Op("ops.expand_dims", ("x", "axis"), {}, {"axis": -1}),
    "argmax": _Op("ops.argmax", ("x", "axis"), {}, {"axis": -1}),
    "argmin": _Op("ops.argmin", ("x", "axis"), {}, {"axis": -1}),
    "clip": _Op("ops.clip", keywords={"min_value": "x_min", "max_value": "x_max"}),
    "permute_dimensions": _Op("ops.transpose", keywords={"pattern": "axes"}),
    "repeat_elements": _Op("ops.repeat", keywords={"rep": "repeats"}),
    "random_normal": _Op("random.normal", keywords={"std": "stddev"}),
    "random_uniform": _Op("random.uniform"),
}
_TF = {f"reduce_{name}": _Op(f"ops.{name}", ("x", "axis", "keepdims"), {"input_tensor": "x"})
       for name in "sum mean max min prod any all".split()} | {  # noqa: SIM905  read as a list
    "concat": _Op("ops.concatenate", ("xs", "axis"), {"values": "xs"}),
    "expand_dims": _Op("ops.expand_dims", ("x", "axis"), {"input": "x"}, {}, ("axis",)),
    "argmax": _Op("ops.argmax", ("x", "axis"), {"input": "x"}, {"axis": 0}),
    "argmin": _Op("ops.argmin", ("x", "axis"), {"input": "x"}, {"axis": 0}),
    "clip_by_value": _Op("ops.clip", (), {"clip_value_min": "x_min", "clip_value_max": "x_max"}),
    "transpose": _Op("ops.transpose", ("x", "axes"), {"perm": "axes", "a": "x"}),
    "multiply": _Op("ops.multiply"), "add": _Op("ops.add"), "subtract": _Op("ops.subtract"),
    "divide": _Op("ops.divide"), "matmul": _Op("ops.matmul"), "negative": _Op("ops.negative"),
    "resize": _Op("ops.image.resize", ("images", "size"), {"method": "interpolation"}),
    "pad": _Op("ops.pad", ("x", "pad_width"), {"tensor": "x", "paddings": "pad_width"}),
    "gather": _Op("ops.take", ("x", "indices"), {"params": "x"}, {"axis": 0}),
    "random_normal": _Op("random.normal"), "normal": _Op("random.normal"),
    "log_softmax": _Op("ops.log_softmax", ("x", "axis"), {"logits": "x"}),
}  # fmt: skip


def suggested(made: ast.FunctionDef) -> ast.FunctionDef | None:
    """The same function with `keras.ops`, to be checked; None where a call is not known."""
    body = [one for one in made.body if not isinstance(one, ast.Import)]
    new = copy.deepcopy(made)
    new.body = copy.deepcopy(body)
    try:
        found = _Renamed().visit(new)
    except LookupError:
        return None
    return found if isinstance(found, ast.FunctionDef) else None


def unknown(made: ast.FunctionDef) -> tuple[str, ...]:
    """Names that the function takes from around it: the file does not have what they mean."""
    names = [one for one in ast.walk(made) if isinstance(one, ast.Name)]
    own = {one.arg for one in made.args.args} | {"keras"}
    own |= {one.id for one in names if isinstance(one.ctx, ast.Store)}
    return tuple(sorted({one.id for one in names if one.id not in own}))


class _Renamed(ast.NodeTransformer):
    """Calls of the backend and of TensorFlow become calls of keras.ops."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        prefix, _, name = ast.unparse(node.func).rpartition(".")
        known = _BOTH | (_KERAS if prefix in _BACKENDS else _TF)
        if prefix not in _BACKENDS + _TENSORFLOW or name not in known:
            raise LookupError(name)
        return _called(node, known[name])

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """A dtype, `tf.float32`, is its name."""
        owner = ast.unparse(node.value)
        if owner in _TENSORFLOW and node.attr.rstrip("0123456789") in ("float", "int", "uint"):
            return ast.Constant(node.attr)
        if owner in _TENSORFLOW + _BACKENDS:
            return node  # a function, of which visit_Call decides
        return self.generic_visit(node)


def _called(node: ast.Call, op: _Op) -> ast.Call:
    keywords = [ast.keyword(op.keywords.get(k.arg or "", k.arg), k.value) for k in node.keywords]
    args = list(node.args)
    if op.positional:
        if len(args) > len(op.positional):
            raise LookupError(op.name)
        pairs = list(zip(op.positional, args, strict=False))
        keywords = [ast.keyword(name, value) for name, value in pairs[1:]] + keywords
        args = args[:1]
    given = {one.arg for one in keywords}
    if any(name not in given for name in op.needed):
        raise LookupError(op.name)
    for name, value in op.defaults.items():
        if name not in given:
            literal = ast.parse(repr(value), mode="eval").body
            keywords.append(ast.keyword(name, literal))
    function = ast.parse(f"keras.{op.name}", mode="eval").body
    return ast.Call(function, args, [k for k in keywords if k.arg != "name"])
