"""What raises while layers and models are made and taken apart: (stage, function of a folder).

Old interpreters run this: nothing newer than Python 3.7, and no Saveguard.
"""

from __future__ import annotations

import numpy as np
from traceback_cases import KERAS_3, TF, NotHere, custom, dense, folder_named, keras, sequential

ON_TF = keras.backend.backend() == "tensorflow"

# TF 2.13 does not tell the release of its Keras 2.
KERAS = tuple(map(int, keras.__version__.split(".")[:2])) if KERAS_3 else (2,)


def own(**parts):
    """A model class with these methods."""
    return type("Own", (keras.Model,), parts)


def called(layer, *shape):
    return layer(keras.Input(shape or (3,)))


def nothing(self, inputs):
    """A `call` whose return was forgotten."""


def forgetful(kind):
    """A class that sets an attribute before its base's own `__init__`."""

    def __init__(self):  # noqa: N807  it becomes the class's own
        self.inner = keras.layers.Dense(2)

    return type("Own", (kind,), {"__init__": __init__, "call": lambda self, x: self.inner(x)})


def assigning(kind, name):
    def __init__(self):  # noqa: N807  it becomes the class's own
        super(made, self).__init__()
        setattr(self, name, [keras.layers.Dense(2)])

    made = type("Own", (kind,), {"__init__": __init__})
    return made()


def unshaped():
    """A layer whose shape Keras cannot tell: it asks for values."""
    if KERAS_3:
        return called(keras.layers.Lambda(lambda inputs: np.sort(np.array(inputs))))
    return called(custom(call=lambda self, x: x, dynamic=True)(dynamic=True))


def keeps_ragged():
    """Whether this release has ragged inputs."""
    return KERAS >= (3, 9) if KERAS_3 else TF >= (2, 2)


def odd_shape():
    return keras.layers.Layer(dynamic=True).compute_output_shape((1, 2))


def abstract():
    if not KERAS_3:
        raise NotHere("its layers have a shape of their own")
    return custom(call=lambda self, x: np.array(x))().compute_output_shape((2, 3))


def twice(**options):
    shared = keras.layers.Dense(2)
    shared(keras.Input((3,)))
    shared(keras.Input((4, 3)) if options else keras.Input((3,)))
    return shared


def masked():
    first = keras.layers.Masking(input_shape=(5, 3))
    return keras.Sequential([first, keras.layers.Flatten(), keras.layers.Dense(2)])


def ragged_with_mask():
    import tensorflow as tf

    rows = tf.ragged.constant([[[1.0]], [[1.0], [2.0]]], ragged_rank=1)
    return keras.layers.SimpleRNN(2)(rows, mask=tf.ones((2, 2), tf.bool))


def of_states(layer, *states):
    first = keras.Input((5, 3))
    return layer(first, initial_state=[keras.Input((size,)) for size in states])


def stateful_states():
    layer = keras.layers.LSTM(4, stateful=True, batch_input_shape=(2, 5, 3))
    keras.Sequential([layer])
    layer.reset_states(states=[np.ones((2, 4))])


def pair():
    return custom(call=lambda self, first, second: first + second)()


def empty():
    model = keras.Sequential()
    model.build((None, 3))


def quantized():
    layer = keras.layers.Dense(2)
    layer.build((None, 4))
    layer.quantize("int8")
    return layer


def right_padding():
    """The check that recurrent layers make of a mask before they hand it to cuDNN."""
    if not KERAS_3 or keras.backend.backend() != "tensorflow":
        raise NotHere("it asks on a GPU only")
    import importlib

    rnn = importlib.import_module("keras.src.backend.tensorflow.rnn")
    rnn._assert_valid_mask(keras.ops.convert_to_tensor([[False, True, True]]))


def archive():
    from keras.export import ExportArchive

    return ExportArchive()


def endpoint(**options):
    made = archive()
    made.track(dense())
    made.add_endpoint("serve", lambda x: x, **options)
    made.add_endpoint("serve", lambda x: x, **options)


def tensor(*shape):
    import tensorflow as tf

    return [tf.TensorSpec(shape, "float32")]


def without_h5py(tmp):
    """As where h5py is not installed, which Keras's modules then hold as None."""
    import sys

    for name, module in list(sys.modules.items()):
        if "keras" in name and getattr(module, "h5py", None) is not None:
            module.h5py = None
    if KERAS_3:
        return keras.models.load_model(str(tmp / "m.h5"))
    return dense().save(str(tmp / "m.h5"))


def fetched(origin, tmp, **options):
    return keras.utils.get_file("w.h5", origin, cache_dir=str(tmp), **options)


def written(tmp):
    path = folder_named(tmp / "there") / "w.h5"
    path.write_bytes(b"half")
    return "file://" + str(path)


TABLE = {
    "SG277": [
        ("build", lambda _: keras.layers.Dense(2).quantize("int8"), KERAS_3),
        ("build", lambda _: quantized().quantize("int8"), KERAS_3),
        ("build", lambda _: dense().quantize("int3"), KERAS_3),
    ],
    "SG278": [
        ("build", lambda _: dense().add(keras.Input((5,))), KERAS_3),
        ("build", lambda _: dense().build((None, 5)), KERAS_3),
    ],
    "SG280": [
        ("export", lambda tmp: archive().write_out(str(tmp / "m")), TF >= (2, 13)),
        ("export", lambda _: endpoint(), TF >= (2, 13)),
        ("export", lambda _: endpoint(input_signature=tensor(None, 4)), TF >= (2, 13)),
    ],
    "SG401": [
        ("export", lambda _: archive().track(keras.layers.Dense(2)), TF >= (2, 13)),
        ("save", lambda _: keras.layers.Dense(2).count_params()),
        ("save", lambda _: sequential(None, keras.layers.Dense(2)).summary(), not KERAS_3),
    ],
    "SG529": [
        ("build", lambda _: keras.Input(shape=(2,), batch_shape=(4, 2))),
        ("build", lambda _: keras.Input()),
        ("build", lambda _: keras.Input((2,), sparse=True, ragged=True), keeps_ragged() and ON_TF),
    ],
    "SG530": [
        ("build", lambda _: called(forgetful(keras.layers.Layer)())),
        ("build", lambda _: forgetful(keras.Model)()(np.ones((2, 3), "float32"))),
    ],
    "SG531": [
        ("predict", lambda _: own()()(np.ones((2, 3), "float32"))),
        ("build", lambda _: called(custom(call=nothing)())),
        ("fit", lambda _: own()().predict(np.ones((2, 3), "float32"))),
    ],
    "SG532": [
        ("build", lambda _: unshaped()),
        ("build", lambda _: odd_shape(), not KERAS_3),
        ("build", lambda _: abstract()),
    ],
    "SG533": [
        ("build", lambda _: assigning(keras.Model, "layers")),
        ("build", lambda _: assigning(keras.Model, "weights")),
        ("build", lambda _: assigning(keras.layers.Layer, "losses")),
    ],
    "SG534": [
        ("build", lambda _: dense().get_layer("dense_77")),
        ("build", lambda _: dense().get_layer(index=99)),
        ("build", lambda _: dense().get_layer()),
    ],
    "SG535": [
        ("build", lambda _: keras.layers.Dense(2).output),
        ("build", lambda _: sequential(None, keras.layers.Dense(2)).outputs[0], KERAS_3),
        ("build", lambda _: twice().output, not KERAS_3),
        ("build", lambda _: twice(other=True).input_shape, not KERAS_3),
        ("build", lambda _: keras.layers.Dense(2).input),
        ("build", lambda _: keras.layers.Dense(2).input_shape, not KERAS_3),
        ("build", lambda _: keras.Model(keras.Input((2,)), keras.Sequential().output)),
    ],
    "SG536": [
        ("build", lambda _: masked(), not KERAS_3),
        ("build", lambda _: ragged_with_mask(), (2, 2) <= TF < (3,)),
        ("build", lambda _: keras.layers.Flatten().compute_mask(1, [1]), not KERAS_3),
        ("build", lambda _: custom()().compute_mask(1, [1]), not KERAS_3),
    ],
    "SG537": [("build", lambda _: called(keras.layers.LSTM(3, unroll=True), None, 3))],
    "SG625": [
        ("build", lambda _: of_states(keras.layers.LSTM(4), 4), not KERAS_3),
        ("build", lambda _: stateful_states(), not KERAS_3),
        ("build", lambda _: of_states(keras.layers.LSTM(4), 4, 5), not KERAS_3),
    ],
    "SG539": [
        ("build", lambda _: sequential((3,), pair()), KERAS_3),
        ("build", lambda _: empty(), KERAS_3),
        ("build", lambda _: keras.Sequential().pop(), not KERAS_3),
        (
            "build",
            lambda _: keras.Sequential(
                [keras.layers.LSTM(3, input_shape=(5, 3), return_state=True)]
            ),
            not KERAS_3,
        ),
    ],
    "SG620": [("predict", lambda _: right_padding())],
    "SG714": [
        ("save", lambda _: dense().save("hf://nobody/nothing"), KERAS >= (3, 6)),
        ("save", without_h5py),
    ],
    "SG720": [
        ("build", lambda tmp: fetched("http://localhost:1/w.h5", tmp)),
        ("build", lambda tmp: fetched(written(tmp), tmp, file_hash="0" * 64), TF >= (2, 10)),
    ],
}
