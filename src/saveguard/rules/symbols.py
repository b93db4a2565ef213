"""What a name in a configuration may lead to, by the role of its place: lists of what is allowed.

A name that is on no list is no part of a model: denylists are never complete. The lists follow
`keras.src.saving.serialization_lib` and the public names of Keras 3.15.1.
"""

from __future__ import annotations

import builtins
import re
import sys

from saveguard.facts import Node


def _words(*lines: str) -> frozenset[str]:
    """A set of words, of which a line holds several."""
    return frozenset(" ".join(lines).split())


# Where Keras's own classes and functions live, in its several packages.
_ROOTS = re.compile(
    r"(?:tensorflow\.(?:python\.)?keras|tensorflow\.keras|tf_keras|keras_core|keras)"
    r"(?:\.api(?:\._v2)?(?:\.keras)?|\.src|\.python\.keras)?(?:\.|$)"
)
_KIN = {"keras_hub", "keras_cv", "keras_nlp", "keras_rs"}
# Modules of the standard library whose names a user's own script or folder may well have.
_SHADOWED = _words(
    "calendar cmd code copy email html numbers profile queue random resource signal site stat",
    "statistics string symbol this token trace types wave",
)
_SYSTEM = (sys.stdlib_module_names | {"posix", "nt", "_winapi", "distutils", "imp"}) - {"__main__"}
# Packages that many environments have, and that hold no layers.
_COMMON = _words(
    "IPython PIL absl aiohttp cffi click cloudpickle dill fsspec google grpc h5py",
    "huggingface_hub jax joblib matplotlib nltk numba numpy optree pandas pip pkg_resources",
    "psutil pyarrow pytest ray requests rich safetensors scipy setuptools sklearn tensorflow",
    "torch transformers urllib3 wheel yaml",
)
_MATHEMATICS = re.compile(
    r"tensorflow\.python\.(?:ops\.(?:gen_)?(?:array|bitwise|clip|image|linalg|math|nn|random|signal"
    r"|sort|special_math)\w*(?:\.\w+)*|util\.dispatch|framework\.(?:tensor\w*|type_spec))"
    r"|tensorflow\.nn|tensorflow\.math|jax\.(?:nn|_src\.(?:nn|numpy|lax))(?:\.\w+)*"
    r"|torch\.nn\.functional"
)
_CLASSES = _words(
    "_legacy applications",
    "activations constraints distillation dtype_policies engine feature_column initializers",
    "layers legacy losses metrics mixed_precision models ops optimizers premade",
    "premade_models quantizers random regularizers schedules trainers training wrappers",
)
_CLASSES_ELSEWHERE = {
    "FeatureSpace",
    "JaxLayer",
    "FlaxLayer",
    "TorchModuleWrapper",
    "TFSMLayer",
    "KerasTensor",
    "Variable",
}
_FUNCTIONS = _words(
    "activations constraints initializers losses metrics ops quantizers random regularizers",
)
# In any room of Keras: functions that merge tensors as a layer does, and plain arithmetic.
_MERGES = _words("add average concatenate dot maximum minimum multiply subtract")
_ANYWHERE = _words("normalize smart_resize to_categorical")
_BACKEND = re.compile(
    r"backend\.(?:jax|numpy|tensorflow|torch)\.(?:image|linalg|math|nn|numpy|random)"
)
# Where Keras on torch has its optimizers.
_BACKEND_OPTIMIZERS = re.compile(r"backend\.(?:jax|tensorflow|torch)\.optimizers(?:\.\w+)?")
_OLD_BACKEND = _words(
    "abs all any argmax argmin batch_dot batch_flatten batch_normalization bias_add cast",
    "cast_to_floatx clip concatenate conv1d conv2d conv2d_transpose conv3d cos cumprod cumsum",
    "depthwise_conv2d dot dropout elu equal exp expand_dims flatten gather greater",
    "greater_equal hard_sigmoid l2_normalize less less_equal log log1p logsumexp max maximum",
    "mean min minimum not_equal one_hot ones_like permute_dimensions pool2d pool3d pow prod",
    "relu repeat repeat_elements reshape resize_images resize_volumes reverse round",
    "separable_conv2d sigmoid sign sin softmax softplus softsign spatial_2d_padding",
    "spatial_3d_padding sqrt square squeeze stack std stop_gradient sum tanh temporal_padding",
    "tile transpose var zeros_like binary_crossentropy categorical_crossentropy",
    "sparse_categorical_crossentropy switch arange constant count_params ctc_batch_cost",
    "ctc_decode ctc_label_dense_to_sparse dtype eye foldl foldr gradients identity in_top_k",
    "int_shape is_sparse map_fn ndim ones random_bernoulli random_binomial random_normal",
    "random_uniform rnn shape to_dense truncated_normal zeros",
)
# Doors of those rooms that lead out of them, imported names among them.
_DOORS = re.compile(
    r"_|get$|get_(?!item)|(?:de)?serialize|load|save|import|set_|register|enable|disable|keras_"
)
_PLAIN_PYTHON = _words(
    "abs bool divmod float int len list max min pow round sorted str sum tuple zip"
)


def origin(module: str | None) -> str:
    """Whose a module is: `none`, `keras`, `kin`, `python`, `system`, `shadowed`, `common`, `user`.

    `system` is the standard library, `shadowed` a part of it whose name a user's own module may
    have, `common` a package that is no model's, `kin` a package of layers by Keras's makers.
    """
    root = (module or "").split(".")[0]
    if not root:
        return "none"
    if _ROOTS.match(module or ""):
        return "keras"
    if root == "builtins":
        return "python"
    if root in _KIN:
        return "kin"
    if root in _SYSTEM:
        return "shadowed" if root in _SHADOWED else "system"
    if root in _COMMON and not _MATHEMATICS.fullmatch(module or ""):
        return "common"
    return "user"


def is_function(node: Node) -> bool:
    """Whether a node stands where Keras hands over a function as it is."""
    return node.raw.get("class_name") == "function"


def is_plain_python(name: str) -> bool:
    """Whether a name, looked up among Python's builtins, leads to nothing but a computation."""
    return name in _PLAIN_PYTHON or not hasattr(builtins, name)


def is_model_function(module: str, name: str) -> bool:
    """Whether a function of Keras computes on tensors, as an activation or a loss does."""
    place = _ROOTS.sub("", module, count=1)
    area = place.split(".")[0]
    if area == "applications":
        return name == "preprocess_input"
    if area in ("_legacy", "legacy", "backend") and name in _OLD_BACKEND:
        return True
    if name in _ANYWHERE or (area == "layers" and name in _MERGES):
        return True
    inside = area in _FUNCTIONS or bool(_BACKEND.fullmatch(place))
    return inside and not _DOORS.match(name) and name[:1].islower()


def is_model_class(module: str, name: str) -> bool:
    """Whether a class of Keras may be a part of a model."""
    place = _ROOTS.sub("", module, count=1)
    area = place.split(".")[0]
    bare = name.rpartition(">")[2]
    if _BACKEND_OPTIMIZERS.fullmatch(place):
        return True
    return not place or area in _CLASSES or area == "src" or bare in _CLASSES_ELSEWHERE
