"""Call a model on recorded inputs and leave it as it was found."""

from __future__ import annotations

import contextlib

from . import arrays

# States that an inference may change (seeds, recurrent states, metrics) are small; a larger
# non-trainable variable is a frozen weight, which a call in inference mode does not write.
_LARGEST_STATE = 1000000
SEED = (1337, 0)


def predict(model, inputs):
    """{path: (array, kind)} and the structure of the outputs, in inference mode, state restored."""
    return drawing(model, inputs)[:2]


def drawing(model, inputs):
    """As `predict`, and whether a seed of the model's was drawn from on the way."""
    import numpy

    with states_kept(model), no_gradients():
        begin(model)
        outputs = model(to_tensors(inputs, model), training=False)
        found = {path: arrays.to_array(leaf) for path, leaf in arrays.flatten(outputs, "output")}
        drew = any(not numpy.array_equal(value_of(seed), SEED) for seed in seeds(model))
        return found, arrays.structure(outputs, "output"), drew


def evaluate(model, inputs, targets, weights):
    """(loss, {metric: value}) in inference mode, with all metric and seed states restored."""
    with states_kept(model), no_gradients():
        begin(model)
        model.reset_metrics()
        inputs, targets = to_tensors(inputs, model), to_tensors(targets)
        weights = None if weights is None else to_tensors(weights)
        outputs = model(inputs, training=False)
        loss = model._compute_loss(inputs, targets, outputs, weights, training=False)
        metrics = model.compute_metrics(inputs, targets, outputs, sample_weight=weights)
        return float(arrays.to_array(loss)[0]), {
            name: float(arrays.to_array(value)[0])
            for name, value in metrics.items()
            if name != "loss" and arrays.to_array(value)[0].ndim == 0
        }


def begin(model):
    """Put seeds and recurrent states where every recorded call starts from.

    Keras stores neither, so a reloaded model has others than the model that was saved.
    """
    import numpy

    for layer in stateful_layers(model):
        layer.reset_states()
    for variable in seeds(model):
        variable.assign(numpy.array(SEED, dtype=value_of(variable).dtype))


def seeds(model):
    """The states of the model's seed generators."""
    return [variable for variable in model.variables if is_seed(path_of(variable))]


def is_seed(path):
    """Whether a variable's path is that of a Keras seed generator's state."""
    return path.endswith("seed_generator_state")


def to_tensors(value, model=None):
    """Nested arrays as tensors of the backend, in the dtypes that a model's inputs declare."""
    import keras

    if isinstance(value, dict):
        return {name: to_tensors(part, model) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_tensors(part, model) for part in value]
    if value is None:
        return None
    if getattr(value, "dtype", None) is not None and value.dtype.kind in "OUS":
        if keras.backend.backend() != "tensorflow":
            return value
        import tensorflow

        return tensorflow.constant(value.tolist(), shape=value.shape)
    if not hasattr(keras, "ops"):  # Keras 2
        import tensorflow

        return tensorflow.convert_to_tensor(value)
    return keras.ops.convert_to_tensor(value)


def variables(model):
    """[(path, variable)] of the model, in the order in which Keras tracks them."""
    return [(path_of(variable), variable) for variable in model.variables]


def optimizer_variables(model):
    """[(path, variable)] of a compiled model's built optimizer; empty where there is none."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not getattr(optimizer, "built", False):
        return []
    return [(path_of(variable), variable) for variable in optimizer.variables]


def path_of(variable):
    """Keras's own path of a variable, or its name where it has none."""
    return str(getattr(variable, "path", "") or getattr(variable, "name", ""))


def value_of(variable):
    """A variable's value as a NumPy array."""
    import keras

    if not hasattr(keras, "ops"):  # Keras 2
        return variable.numpy()
    held = getattr(variable, "value", variable)
    if hasattr(held, "distribute_strategy") and hasattr(held, "values"):
        return held.numpy()  # of all replicas, as NumPy cannot read them by itself
    return keras.ops.convert_to_numpy(held)


def listing(named):
    """[[path, shape, dtype, digest]] of `variables` or `optimizer_variables`."""
    rows = []
    for path, variable in named:
        array = value_of(variable)
        rows.append([path, list(array.shape), array.dtype.name, arrays.digest(array)])
    return rows


def layers_of(model):
    """Every layer of a model, nested ones included."""
    flatten = getattr(model, "_flatten_layers", None)
    return list(flatten(include_self=False)) if flatten else list(model.layers)


def is_compiled(model):
    """Whether the model has its loss or optimizer; `compiled` alone does not tell.

    Keras 3.15.1 sets it on a reloaded model whose class overrides `compile`, uncompiled as it is.
    """
    parts = (getattr(model, "optimizer", None), getattr(model, "_compile_loss", None))
    return bool(getattr(model, "compiled", False)) and any(part is not None for part in parts)


def stateful_layers(model):
    """Recurrent layers that keep their states between batches, and are built."""
    return [
        layer
        for layer in layers_of(model)
        if getattr(layer, "stateful", False) and hasattr(layer, "reset_states") and layer.built
    ]


@contextlib.contextmanager
def states_kept(model):
    """Put back every small non-trainable variable and metric when the block ends."""
    states = [
        variable
        for variable in list(model.variables) + list(getattr(model, "metrics_variables", ()))
        if not getattr(variable, "trainable", False) and _size(variable) <= _LARGEST_STATE
    ]
    kept = [(variable, value_of(variable)) for variable in states]
    try:
        yield
    finally:
        for variable, value in kept:
            variable.assign(value)


@contextlib.contextmanager
def no_gradients():
    """No gradient bookkeeping on torch; nothing elsewhere."""
    import keras

    if keras.backend.backend() != "torch":
        yield
        return
    import torch

    with torch.no_grad():
        yield


def _size(variable):
    size = 1
    for extent in variable.shape:
        size *= extent or 1
    return size
