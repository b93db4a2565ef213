"""Functions of TensorFlow in a graph of layers, and the operations of Keras 3 that compute them.

Both ways in which tf.keras wrote them, the function `math.add` with its arguments and the graph's
operation `AddV2` with its inputs, come down to one: a name and arguments by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from saveguard.migration import wiring

Raw = dict[str, Any]


class Made(NamedTuple):
    """An operation of Keras 3 and its call.

    Attributes:
        place: The module in `keras.src.ops`.
        class_name: The class there.
        config: What its constructor takes.
        args: What it is called on.
    """

    place: str
    class_name: str
    config: Raw
    args: list[Any]


class Row(NamedTuple):
    """How one function becomes an operation.

    Attributes:
        place: The module in `keras.src.ops`.
        class_name: The class there.
        call: The function's arguments that the operation is called on, in order.
        make: Its arguments that the constructor takes: `keepdims`, or `num_classes=depth` where
            the names differ.
        fixed: Further arguments of the constructor.
    """

    place: str
    class_name: str
    call: tuple[str, ...] = ("x",)
    make: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = {}


_PAIR = ("x", "y")
_REDUCED = ("axis", "keepdims")
ROWS: dict[str, Row] = {
    **{name: Row("numpy", kind, _PAIR) for names, kind in (
        ("add __operators__.add Add AddV2", "Add"),
        ("subtract Sub", "Subtract"), ("multiply Mul", "Multiply"),
        ("truediv divide RealDiv", "TrueDivide"), ("pow Pow", "Power"),
        ("floordiv FloorDiv", "FloorDivide"), ("floormod mod FloorMod", "Mod"),
        ("divide_no_nan DivNoNan", "DivideNoNan"), ("atan2 Atan2", "Arctan2"),
        ("maximum Maximum", "Maximum"), ("minimum Minimum", "Minimum"),
        ("greater Greater", "Greater"), ("greater_equal GreaterEqual", "GreaterEqual"),
        ("less Less", "Less"), ("less_equal LessEqual", "LessEqual"),
        ("equal Equal", "Equal"), ("not_equal NotEqual", "NotEqual"),
        ("logical_and LogicalAnd", "LogicalAnd"), ("logical_or LogicalOr", "LogicalOr"),
    ) for name in names.split()},
    **{name: Row("numpy", kind) for names, kind in (
        ("abs Abs", "Absolute"), ("negative Neg", "Negative"), ("sqrt Sqrt", "Sqrt"),
        ("square Square", "Square"), ("exp Exp", "Exp"), ("expm1 Expm1", "Expm1"),
        ("log Log", "Log"), ("log1p Log1p", "Log1p"), ("sin Sin", "Sin"), ("cos Cos", "Cos"),
        ("tan Tan", "Tan"), ("tanh Tanh", "Tanh"), ("sinh Sinh", "Sinh"), ("cosh Cosh", "Cosh"),
        ("asin Asin", "Arcsin"), ("acos Acos", "Arccos"), ("atan Atan", "Arctan"),
        ("sign Sign", "Sign"), ("floor Floor", "Floor"), ("ceil Ceil", "Ceil"),
        ("round Round", "Round"), ("reciprocal Reciprocal Inv", "Reciprocal"),
        ("logical_not LogicalNot", "LogicalNot"), ("is_nan IsNan", "Isnan"),
        ("is_inf IsInf", "Isinf"), ("is_finite IsFinite", "Isfinite"),
        ("ones_like OnesLike", "OnesLike"), ("zeros_like ZerosLike", "ZerosLike"),
        ("identity Identity", "Copy"),
    ) for name in names.split()},
    **{name: Row("nn", kind) for names, kind in (
        ("relu Relu", "Relu"), ("relu6 Relu6", "Relu6"), ("sigmoid Sigmoid", "Sigmoid"),
        ("elu Elu", "Elu"), ("selu Selu", "Selu"), ("silu swish", "Silu"),
        ("softplus Softplus", "Softplus"), ("softsign Softsign", "Softsign"),
        ("log_sigmoid", "LogSigmoid"),
    ) for name in names.split()},
    **{name: Row("numpy", kind, ("x",), _REDUCED) for names, kind in (
        ("reduce_mean Mean", "Mean"), ("reduce_sum Sum", "Sum"), ("reduce_max Max", "Max"),
        ("reduce_min Min", "Min"), ("reduce_prod Prod", "Prod"), ("reduce_any Any", "Any"),
        ("reduce_all All", "All"), ("reduce_std", "Std"), ("reduce_variance", "Var"),
    ) for name in names.split()},
    **{name: Row("math", kind) for names, kind in (
        ("rsqrt Rsqrt", "Rsqrt"), ("erf Erf", "Erf"),
    ) for name in names.split()},
    "reduce_logsumexp": Row("math", "Logsumexp", ("x",), _REDUCED),
    "softmax": Row("nn", "Softmax", ("x",), ("axis",)),
    "Softmax": Row("nn", "Softmax"),
    "log_softmax": Row("nn", "LogSoftmax", ("x",), ("axis",)),
    "LogSoftmax": Row("nn", "LogSoftmax"),
    "leaky_relu": Row("nn", "LeakyRelu", ("x",), ("negative_slope=alpha",)),
    "LeakyRelu": Row("nn", "LeakyRelu", ("x",), ("negative_slope=alpha",)),
    "gelu": Row("nn", "Gelu", ("x",), ("approximate",), {"approximate": False}),
    "clip_by_value": Row("numpy", "Clip", ("x",), ("x_min=clip_value_min", "x_max=clip_value_max")),
    "ClipByValue": Row("numpy", "Clip", ("x",), ("x_min=y", "x_max=z")),
    "cast": Row("core", "Cast", ("x",), ("dtype",)),
    "Cast": Row("core", "Cast", ("x",), ("dtype=DstT",)),
    "stop_gradient": Row("core", "StopGradient"),
    "StopGradient": Row("core", "StopGradient"),
    "concat": Row("numpy", "Concatenate", ("x",), ("axis",)),
    "stack": Row("numpy", "Stack", ("x",), ("axis",), {"axis": 0}),
    "Pack": Row("numpy", "Stack", ("x",), ("axis",), {"axis": 0}),
    "unstack": Row("core", "Unstack", ("x",), ("num", "axis")),
    "Unpack": Row("core", "Unstack", ("x",), ("num", "axis")),
    "reshape": Row("numpy", "Reshape", ("x",), ("newshape=shape",)),
    "Reshape": Row("numpy", "Reshape", ("x",), ("newshape=y",)),
    "transpose": Row("numpy", "Transpose", ("x",), ("axes=perm",)),
    "Transpose": Row("numpy", "Transpose", ("x",), ("axes=y",)),
    "expand_dims": Row("numpy", "ExpandDims", ("x",), ("axis",)),
    "ExpandDims": Row("numpy", "ExpandDims", ("x",), ("axis=y",)),
    "squeeze": Row("numpy", "Squeeze", ("x",), ("axis",)),
    "Squeeze": Row("numpy", "Squeeze", ("x",), ("axis=squeeze_dims",)),
    "split": Row("numpy", "Split", ("x",), ("indices_or_sections=num_or_size_splits", "axis"),
                 {"axis": 0}),
    "tile": Row("numpy", "Tile", ("x",), ("repeats=multiples",)),
    "Tile": Row("numpy", "Tile", ("x",), ("repeats=y",)),
    "pad": Row("numpy", "Pad", ("x",), ("pad_width=paddings", "mode")),
    "Pad": Row("numpy", "Pad", ("x",), ("pad_width=y",)),
    "MirrorPad": Row("numpy", "Pad", ("x",), ("pad_width=y", "mode")),
    "where": Row("numpy", "Where", ("x", "y", "z")),
    "Select": Row("numpy", "Where", ("x", "y", "z")),
    "SelectV2": Row("numpy", "Where", ("x", "y", "z")),
    "gather": Row("numpy", "Take", ("x", "indices"), ("axis",), {"axis": 0}),
    "GatherV2": Row("numpy", "Take", ("x", "y"), ("axis=z",)),
    "one_hot": Row("nn", "OneHot", ("x",), ("num_classes=depth", "axis", "dtype")),
    "argmax": Row("numpy", "Argmax", ("x",), ("axis",), {"axis": 0}),
    "argmin": Row("numpy", "Argmin", ("x",), ("axis",), {"axis": 0}),
    "cumsum": Row("numpy", "Cumsum", ("x",), ("axis",), {"axis": 0}),
    "reverse": Row("numpy", "Flip", ("x",), ("axis",)),
    "ReverseV2": Row("numpy", "Flip", ("x",), ("axis=y",)),
    "roll": Row("numpy", "Roll", ("x",), ("shift", "axis")),
    "repeat": Row("numpy", "Repeat", ("x",), ("repeats", "axis")),
    "matmul": Row("numpy", "Matmul", ("x", "b")),
    "MatMul": Row("numpy", "Matmul", _PAIR),
    "BatchMatMul": Row("numpy", "Matmul", _PAIR),
    "BatchMatMulV2": Row("numpy", "Matmul", _PAIR),
    "tensordot": Row("numpy", "Tensordot", ("x", "b"), ("axes",)),
    "norm": Row("linalg", "Norm", ("x",), ("ord", "axis", "keepdims")),
    "l2_normalize": Row("nn", "Normalize", ("x",), ("axis",), {"axis": None, "epsilon": 1e-6}),
    "depth_to_space": Row("nn", "DepthToSpace", ("x",), ("block_size", "data_format")),
    "DepthToSpace": Row("nn", "DepthToSpace", ("x",), ("block_size", "data_format")),
    "space_to_depth": Row("nn", "SpaceToDepth", ("x",), ("block_size", "data_format")),
    "SpaceToDepth": Row("nn", "SpaceToDepth", ("x",), ("block_size", "data_format")),
    "resize": Row("image", "Resize", ("x",), ("size", "interpolation=method", "antialias"),
                  {"data_format": "channels_last"}),
    "max_pool2d": Row("nn", "MaxPool", ("x",), ("pool_size=ksize", "strides", "padding"),
                      {"data_format": "channels_last"}),
    "avg_pool2d": Row("nn", "AveragePool", ("x",), ("pool_size=ksize", "strides", "padding"),
                      {"data_format": "channels_last"}),
}  # fmt: skip
# Arguments under the names that a row knows, whichever function they are of.
_SAME = {
    "keep_dims": "keepdims", "reduction_indices": "axis", "condition": "x", "a": "x",
    "input_tensor": "x", "dim": "axis", "params": "x", "dims": "axis", "features": "x",
    "approximate_": "approximate",
}  # fmt: skip
_SILENT = {
    "name", "out_type", "validate_indices", "batch_dims", "preserve_aspect_ratio", "T", "Tidx",
    "Tshape", "Tperm", "Tpaddings", "N", "Tdim", "SrcT", "Truncate", "Taxis", "Tindices", "Tparams",
    "output_type", "num_classes", "Tmultiples", "use_cudnn_on_gpu",
}  # fmt: skip


def operation(function: str, given: Mapping[str, Any]) -> Made | None:
    """The operation of Keras 3 for a function of TensorFlow; None where none is known to be it.

    Args:
        function: `math.add`, `compat.v1.squeeze`, or the operation's name: `AddV2`.
        given: Its arguments by name, the first one as `x`.
    """
    row = ROWS.get(function) or ROWS.get(function.rpartition(".")[2])
    if row is None:
        return None
    values = {_SAME.get(key, key): value for key, value in given.items() if value is not None}
    values = {key: value for key, value in values.items() if key not in _SILENT}
    if function.startswith("where") and "y" not in values:
        return None
    config = dict(row.fixed)
    for one in row.make:
        new, _, old = one.partition("=")
        if (old or new) in values:
            config[new] = _plain(new, values.pop(old or new))
    args = [values.pop(name, None) for name in row.call]
    row, config = _transposed(row, values, config)
    if any(_matters(key, one) for key, one in values.items()):
        return None
    if any(True for _ in wiring.tensors(config)):
        return None
    return Made(row.place, row.class_name, config, [_constant(one) for one in args])


def _transposed(row: Row, values: Raw, config: Raw) -> tuple[Row, Raw]:
    """A product of transposed matrices, which Keras 3 has as a sum over named axes."""
    left = max(values.pop(key, False) for key in ("transpose_a", "adj_x", "adjoint_a"))
    right = max(values.pop(key, False) for key in ("transpose_b", "adj_y", "adjoint_b"))
    if row.class_name != "Matmul" or not (left or right):
        return row, config
    axes = f"...{'ji' if left else 'ij'},...{'kj' if right else 'jk'}->...ik"
    return Row("numpy", "Einsum"), {"subscripts": axes}


def _constant(value: Any) -> Any:
    """An array among the inputs of an operation, as Keras 3 writes one."""
    listed = isinstance(value, list) and value and not any(True for _ in wiring.tensors(value))
    if not listed:
        return value
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": "float32"}}


def _matters(key: str, value: Any) -> bool:
    """Whether an argument that no row reads changes the outcome."""
    return bool(value) and not (key == "constant_values" and value == 0)


def _plain(name: str, value: Any) -> Any:
    """A value as the constructor of Keras 3 takes it."""
    if name in ("mode", "padding", "interpolation") and isinstance(value, str):
        return value.lower()
    if name == "data_format":
        return "channels_first" if value == "NCHW" else "channels_last"
    if name == "indices_or_sections" and isinstance(value, list):
        return [sum(value[: place + 1]) for place in range(len(value) - 1)]
    if name == "newshape" and isinstance(value, list) and sum(map(_is_tensor, value)) == 1:
        # The one length that the graph computed is the one that the others leave.
        return value if -1 in value else [-1 if _is_tensor(one) else one for one in value]
    if name == "ord" and value == "euclidean":
        return None
    return value


def _is_tensor(value: Any) -> bool:
    return wiring.history(value) is not None
