"""Attention, embeddings, preparation and unusual inputs, with other arguments than the defaults."""

from models.kit import TENSORFLOW, architecture, indices, keras, layer, layers, numbers, tf


def _around(*steps, **options):
    entry = value = keras.Input(options.get("shape", (4,)), dtype=options.get("dtype"))
    for step in steps:
        value = step(value)
    return keras.Model(entry, value)


@architecture
def attention_arguments():
    made = layers.MultiHeadAttention(2, 3, value_dim=2, output_shape=5, use_bias=False)
    entry = keras.Input((5, 4))
    return keras.Model(entry, made(entry, entry, entry))


@architecture
def attention_axes():
    made = layers.MultiHeadAttention(2, 3, attention_axes=(1, 2))
    entry = keras.Input((3, 3, 4))
    return keras.Model(entry, made(entry, value=entry))


@architecture
def attention_masked():
    entry = keras.Input((5,), dtype="int32")
    value = layers.Embedding(10, 4, mask_zero=True)(entry)
    return keras.Model(entry, layers.Attention()([value, value]))


@architecture
def attention_additive():
    entry = keras.Input((5, 4))
    return keras.Model(entry, layers.AdditiveAttention(use_scale=False)([entry, entry]))


@architecture
def embedding_arguments():
    made = layers.Embedding(
        10, 4, embeddings_regularizer="l2", embeddings_constraint="max_norm", name="words"
    )
    return _around(made, layers.Flatten(), shape=(5,), dtype="int32")


@architecture
def lookup_arguments():
    entry = keras.Input((1,), dtype="int64")
    prepare = layer("IntegerLookup")(vocabulary=[1, 2, 3], num_oov_indices=2, output_mode="one_hot")
    return keras.Model(entry, prepare(entry)), [indices(2, 1).astype("int64")]


@architecture
def hashing_salted():
    entry = keras.Input((1,), dtype="int64")
    prepare = layer("Hashing")(num_bins=4, salt=3, mask_value=0)
    return keras.Model(entry, prepare(entry)), None


@architecture
def discretization_adapted():
    prepare = layer("Discretization")(num_bins=3)
    prepare.adapt(numbers(30, 1))
    return _around(prepare, shape=(1,))


@architecture
def text_to_tfidf():
    prepare = layer("TextVectorization")(max_tokens=8, output_mode="tf_idf")
    prepare.adapt(tf.constant(["a b", "b c d"]))
    entry = keras.Input((1,), dtype="string")
    return keras.Model(entry, prepare(entry)), None


@architecture
def scalar_input():
    entry = keras.Input(())
    return keras.Model(entry, layers.Dense(2)(layers.Reshape((1,))(entry)))


@architecture
def batch_size_given():
    entry = keras.Input((4,), batch_size=2)
    return keras.Model(entry, layers.Dense(2)(entry))


@architecture
def bfloat_policy():
    if TENSORFLOW < (2, 4):
        raise NotImplementedError("a policy of bfloat16 is of later versions")
    return _around(layers.Dense(3, dtype="mixed_bfloat16"), layers.Activation("linear"))


@architecture
def fourier_features():
    return _around(layers.experimental.RandomFourierFeatures(5))


@architecture
def audio_features():
    return _around(layers.MelSpectrogram(fft_length=16, num_mel_bins=4), shape=(64,)), None


@architecture
def image_layers():
    return _around(
        layers.AutoContrast(), layers.Solarization(), layers.RandomGrayscale(), shape=(8, 8, 3)
    ), None


@architecture
def grouped_attention():
    made = layers.GroupQueryAttention(4, 4, 2)
    entry = keras.Input((5, 8))
    return keras.Model(entry, made(entry, entry))
