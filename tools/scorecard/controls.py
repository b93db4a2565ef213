"""Benign files, as Keras and TensorFlow write them: what any tool must leave alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tools.scorecard import configs, forge, protobuf
from tools.scorecard.case import Case, benign

# Some, as the slowest scanner takes half a minute for each.
ARCHITECTURES = ("ConvNeXtTiny", "EfficientNetB0", "MobileNetV2", "ResNet50", "VGG16")
# What a scanner by names may take fright at.
FRIGHTENING = ("os", "eval", "subprocess", "exec_head", "lambda_1", "pickle", "get_file")


def _dense(**more: Any) -> Any:
    import keras

    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, **more)])


def _many() -> Any:
    import keras
    from keras import layers

    image = keras.Input((16, 16, 3))
    x = layers.Rescaling(1 / 255)(image)
    x = layers.RandomFlip()(x)
    for layer in (layers.Conv2D, layers.SeparableConv2D, layers.Conv2DTranspose):
        x = layers.BatchNormalization()(layer(4, 3, padding="same", activation="gelu")(x))
        x = layers.SpatialDropout2D(0.1)(layers.LeakyReLU()(x))
    x = layers.GroupNormalization(2)(layers.DepthwiseConv2D(3)(x))
    x = layers.Reshape((-1, 4))(layers.UpSampling2D()(layers.MaxPooling2D()(x)))
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    x = layers.TimeDistributed(layers.Dense(4, kernel_regularizer="l2"))(x)
    x = layers.MultiHeadAttention(2, 2)(x, x) + keras.ops.mean(x, axis=1, keepdims=True)
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    return keras.Model(image, [layers.Dense(1, name="a")(x), layers.Dense(2, name="b")(x)])


@benign("a fresh model")
def sequential(folder: Path) -> Path:
    """A sequential model, compiled."""
    model = _dense()
    model.compile("adam", "mse", metrics=["mae"])
    model.save(folder / "m.keras")
    return folder / "m.keras"


@benign("a fresh model")
def sequential_h5(folder: Path) -> Path:
    """The same as `.h5`."""
    model = _dense()
    model.compile("adam", "mean_squared_error")
    model.save(folder / "m.h5")
    return folder / "m.h5"


@benign("a fresh model")
def weights_alone(folder: Path) -> Path:
    """Weights alone."""
    _dense().save_weights(folder / "m.weights.h5")
    return folder / "m.weights.h5"


@benign("a fresh model")
def weights_in_shards(folder: Path) -> Path:
    """Weights in shards."""
    _many().save_weights(folder / "m.weights.json", max_shard_size=1e-5)
    return folder / "m.weights.json"


@benign("a fresh model")
def unpacked(folder: Path) -> Path:
    """The unpacked folder."""
    import keras

    keras.saving.save_model(_dense(), folder / "m", zipped=False)
    return folder / "m"


@benign("a fresh model")
def many_layers(folder: Path) -> Path:
    """A functional model of thirty kinds of layers, with two outputs, compiled."""
    model = _many()
    model.compile("adamw", {"a": "mse", "b": "huber"}, metrics={"a": ["mae"], "b": ["mse"]})
    model.save(folder / "m.keras")
    return folder / "m.keras"


@benign("nested models")
def nested(folder: Path) -> Path:
    """A model in a model in a model, called twice."""
    import keras

    inner = keras.Sequential([keras.Input((3,)), _dense(), keras.layers.Dense(3)])
    tokens = keras.Input((3,))
    keras.Model(tokens, inner(inner(tokens))).save(folder / "m.keras")
    return folder / "m.keras"


@benign("names that frighten")
def names(folder: Path) -> Path:
    """Layers called `os`, `eval`, `subprocess` and the like."""
    import keras

    layers = [keras.layers.Dense(2, name=name) for name in FRIGHTENING]
    keras.Sequential([keras.Input((3,)), *layers]).save(folder / "m.keras")
    return folder / "m.keras"


@benign("custom classes")
def custom(folder: Path) -> Path:
    """A registered layer, initializer, loss, metric and activation of a user's own."""
    import keras

    register = keras.saving.register_keras_serializable(package="shop")

    @register
    class Scale(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs * 2

    @register
    class Ones(keras.initializers.Initializer):
        def __call__(self, shape: Any, dtype: Any = None) -> Any:
            return keras.ops.ones(shape, dtype)

    @register
    def squash(x: Any) -> Any:
        return x / (1 + keras.ops.abs(x))

    @register
    def far(target: Any, found: Any) -> Any:
        return keras.ops.mean((target - found) ** 4)

    head = keras.layers.Dense(2, kernel_initializer=Ones(), activation=squash)
    model = keras.Sequential([keras.Input((3,)), Scale(), head])
    model.compile("adam", far, metrics=[far])
    model.save(folder / "m.keras")
    return folder / "m.keras"


@benign("Lambda of a function by its name")
def lambda_by_name(folder: Path) -> Path:
    """Lambda layers of Keras's own functions, by name."""
    import keras

    layers = [keras.layers.Lambda(keras.activations.relu)]
    layers += [keras.layers.Lambda(keras.applications.mobilenet_v2.preprocess_input)]
    keras.Sequential([keras.Input((3,)), *layers]).save(folder / "m.keras")
    return folder / "m.keras"


@benign("lookup layers with their words")
def vocabulary(folder: Path) -> Path:
    """A StringLookup and a TextVectorization whose words are in the file."""
    import keras

    words = keras.layers.TextVectorization(output_sequence_length=4, vocabulary=["a", "b"])
    text = keras.Input((), dtype="string")
    embedded = keras.layers.Embedding(5, 2)(words(text))
    keras.Model(text, embedded).save(folder / "m.keras")
    return folder / "m.keras"


@benign("precision and quantization")
def quantized(folder: Path) -> Path:
    """A model quantized to int8."""
    model = _dense(dtype="mixed_bfloat16")
    model.quantize("int8")
    model.save(folder / "m.keras")
    return folder / "m.keras"


@benign("a SavedModel")
def exported(folder: Path) -> Path:
    """An exported SavedModel, with TensorFlow's own saver in it."""
    _many().export(folder / "m", verbose=False)
    return folder / "m"


@benign("a SavedModel with an asset")
def exported_vocabulary(folder: Path) -> Path:
    """A SavedModel that fills a table from a vocabulary among its assets."""
    import tensorflow as tf

    (folder / "words.txt").write_text("a\nb\n")

    class Words(tf.Module):
        def __init__(self) -> None:
            rows = tf.lookup.TextFileInitializer(
                str(folder / "words.txt"), tf.string, 0, tf.int64, 1, delimiter=" "
            )
            self.table = tf.lookup.StaticVocabularyTable(rows, 1)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def __call__(self, words: Any) -> Any:
            return self.table.lookup(words)

    (folder / "words.txt").write_text("a 0\nb 1\n")
    tf.saved_model.save(Words(), str(folder / "m"))
    os.unlink(folder / "words.txt")
    return folder / "m"


@benign("a SavedModel with an asset")
def table_from_asset(folder: Path) -> Path:
    """The same by hand: the asset's path in a variable, the table in a function."""
    return protobuf.with_table(folder / "m")


@benign("a SavedModel of TensorFlow 1")
def savers_in_the_main_graph(folder: Path) -> Path:
    """Two savers in the main graph, as TensorFlow 1 leaves them: a trainer's and the export's."""
    nodes = [
        protobuf.operation(op, f"{scope}{op}", f"{scope}Const")
        for scope in ("", "save/")
        for op in ("SaveV2", "MergeV2Checkpoints", "RestoreV2")
    ]
    return protobuf.saved_model(folder / "m", main=tuple(nodes))


@benign("names of Keras 2")
def names_with_slashes(folder: Path) -> Path:
    """An `.h5` whose layers have slashes and dots in their names, as TensorFlow allowed."""
    layers = [configs.legacy_layer("Dense", units=2) for _ in range(2)]
    layers[0]["config"]["name"], layers[1]["config"]["name"] = "block1/conv..a", "block1/b"
    return forge.h5(folder / "m.h5", configs.legacy(*layers))


def architectures(names: Iterable[str] = ARCHITECTURES) -> list[Case]:
    """Architectures of keras.applications, as their configurations."""
    return [Case(name.lower(), "keras.applications", (), _saver(name), name) for name in names]


def _saver(name: str) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        import keras

        model = getattr(keras.applications, name)(weights=None)
        written = forge.keras_zip(folder / "m.keras", keras.saving.serialize_keras_object(model))
        keras.backend.clear_session()
        return written

    return build
