"""The steps of a migration, one file each, in the order in which they are taken."""

from __future__ import annotations

import importlib

from saveguard.migration.step import Step

ORDER = (
    "sequential_list",
    "plain_values",
    "built_shapes",
    "pruning",
    "merge",
    "time_distributed_dense",
    "keras_1_layers",
    "keras_1_objects",
    "cudnn",
    "class_names",
    "theano_kernels",
    "input_layer",
    "first_shape",
    "input_arguments",
    "calls",
    "called_shapes",
    "constants",
    "keras_operations",
    "lone_outputs",
    "initial_state",
    "time_first",
    "time_major",
    "recurrent_settings",
    "reset_after",
    "groups",
    "low_rank",
    "initializer_dtype",
    "embedding",
    "normalization_settings",
    "attention",
    "thresholded_relu",
    "third_party",
    "addons_layers",
    "addons_activations",
    "seq_self_attention",
    "locally_connected",
    "random_sizes",
    "base_arguments",
    "lambda_layers",
    "hard_sigmoid",
    "tensorflow_functions",
    "computed_shapes",
    "graph_operations",
    "unreached",
    "names",
    "lookup_dtype",
    "lookup_names",
    "dtype_policy",
    "public_names",
)

STEPS: tuple[Step, ...] = tuple(
    importlib.import_module(f"saveguard.migration.steps.{name}").step for name in ORDER
)
