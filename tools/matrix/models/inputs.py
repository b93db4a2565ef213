"""Layers that prepare inputs: images, numbers, words; and the kinds of inputs there are."""

import numpy as np

from models.kit import architecture, indices, keras, layer, layers, numbers, tf

WORDS = np.array([["a"], ["b"], ["c"]], dtype=object)


@architecture
def rescaling():
    entry = keras.Input((8, 8, 3))
    value = layer("Rescaling")(1.0 / 127.5, offset=-1.0)(entry)
    return keras.Model(entry, layers.Conv2D(2, 3)(value))


@architecture
def resizing():
    entry = keras.Input((8, 8, 3))
    value = layer("Resizing")(6, 6)(entry)
    return keras.Model(entry, layer("CenterCrop")(4, 4)(value))


@architecture
def augmented():
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layer("RandomFlip")("horizontal"),
            layer("RandomRotation")(0.1),
            layer("RandomZoom")(0.1),
            layer("RandomTranslation")(0.1, 0.1),
            layers.Conv2D(2, 3),
        ]
    )


@architecture
def augmented_contrast():
    entry = keras.Input((8, 8, 3))
    return keras.Model(entry, layer("RandomContrast")(0.2)(entry))


@architecture
def augmented_sizes():
    entry = keras.Input((8, 8, 3))
    value = layer("RandomHeight")(0.1)(entry)
    value = layer("RandomWidth")(0.1)(value)
    return keras.Model(entry, layers.GlobalAveragePooling2D()(value)), None


@architecture
def augmented_newer():
    entry = keras.Input((8, 8, 3))
    value = layer("RandomBrightness")(0.1)(entry)
    value = layer("RandomCrop")(6, 6)(value)
    return keras.Model(entry, value), None


@architecture
def crossed():
    one, other = keras.Input((1,), dtype="int64"), keras.Input((1,), dtype="int64")
    value = layer("HashedCrossing")(num_bins=5, output_mode="one_hot")((one, other))
    return keras.Model([one, other], value), None


@architecture
def category_counts():
    entry = keras.Input((3,), dtype="int32")
    value = layer("CategoryEncoding")(num_tokens=5, output_mode="count")(entry)
    return keras.Model(entry, value)


@architecture
def normalization():
    prepare = layer("Normalization")()
    prepare.adapt(numbers(20, 4))
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Dense(2)(prepare(entry)))


@architecture
def normalization_given():
    entry = keras.Input((4,))
    prepare = layer("Normalization")(axis=-1, mean=[0.0, 1.0, 0.5, 2.0], variance=[1.0] * 4)
    return keras.Model(entry, prepare(entry))


@architecture
def discretization():
    entry = keras.Input((1,))
    value = layer("Discretization")(bin_boundaries=[-0.5, 0.0, 0.5])(entry)
    return keras.Model(entry, layer("CategoryEncoding")(num_tokens=4, output_mode="one_hot")(value))


@architecture
def string_lookup():
    entry = keras.Input((1,), dtype="string")
    value = layer("StringLookup")(vocabulary=["a", "b"])(entry)
    return keras.Model(entry, layers.Embedding(5, 2)(value)), [WORDS]


@architecture
def string_lookup_adapted():
    prepare = layer("StringLookup")(output_mode="multi_hot")
    prepare.adapt(tf.constant(WORDS.astype(str)))
    entry = keras.Input((1,), dtype="string")
    return keras.Model(entry, layers.Dense(2)(prepare(entry))), [WORDS]


@architecture
def integer_lookup():
    entry = keras.Input((2,), dtype="int64")
    value = layer("IntegerLookup")(vocabulary=[1, 2, 3])(entry)
    return keras.Model(entry, layers.Embedding(6, 2)(value)), [indices(2, 2).astype("int64")]


@architecture
def text_vectorization():
    prepare = layer("TextVectorization")(max_tokens=10, output_sequence_length=4)
    prepare.adapt(tf.constant(["a b", "b c"]))
    model = keras.Sequential([keras.Input((1,), dtype="string"), prepare])
    model.add(layers.Embedding(10, 3))
    return model, [WORDS]


@architecture
def hashing():
    entry = keras.Input((1,), dtype="string")
    value = layer("Hashing")(num_bins=4)(entry)
    return keras.Model(entry, layers.Embedding(4, 2)(value)), [WORDS]


@architecture
def dense_features():
    columns = [tf.feature_column.numeric_column("size")]
    entry = {"size": keras.Input((1,), name="size")}
    value = layers.DenseFeatures(columns)(entry)
    return keras.Model(entry, layers.Dense(1)(value)), {"size": numbers(2, 1)}


@architecture
def sparse_input():
    entry = keras.Input((4,), sparse=True)
    return keras.Model(entry, layers.Dense(2)(entry)), None


@architecture
def ragged_input():
    entry = keras.Input((None,), ragged=True, dtype="int32")
    value = layers.Embedding(5, 2)(entry)
    return keras.Model(entry, layers.LSTM(2)(value)), None


@architecture
def whole_number_input():
    entry = keras.Input((4,), dtype="int32")
    value = layers.Lambda(lambda tensor: tf.cast(tensor, "float32"))(entry)
    return keras.Model(entry, layers.Dense(2)(value))


@architecture
def byte_image():
    entry = keras.Input((8, 8, 3), dtype="uint8")
    value = layer("Rescaling")(1.0 / 255)(entry)
    return keras.Model(entry, layers.Conv2D(2, 3)(value)), [indices(2, 8, 8, 3).astype("uint8")]
