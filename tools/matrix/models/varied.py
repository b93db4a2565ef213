"""Layers with other arguments than the defaults, and arguments given in other forms."""

from models.kit import TENSORFLOW, architecture, indices, keras, layer, layers, numbers, tf


def _around(*steps, **options):
    entry = value = keras.Input(options.get("shape", (4,)), dtype=options.get("dtype"))
    for step in steps:
        value = step(value)
    return keras.Model(entry, value)


@architecture
def activation_layer_instances():
    return _around(
        layers.Dense(4, activation=layers.LeakyReLU(0.1)),
        layers.Dense(4, activation=layers.ReLU(max_value=6.0)),
    )


@architecture
def activation_leaky_function():
    return _around(layers.Dense(4, activation=tf.nn.leaky_relu))


@architecture
def activation_none_and_names():
    return _around(
        layers.Dense(4, activation=None),
        layers.Activation("hard_sigmoid"),
        layers.Activation(keras.activations.tanh),
    )


@architecture
def activation_newest():
    return _around(
        layers.Dense(4, activation="silu"),
        layers.Dense(4, activation="mish"),
        layers.Dense(4, activation="relu6"),
        layers.Dense(4, activation="leaky_relu"),
        layers.Dense(4, activation="log_softmax"),
    )


@architecture
def initializer_names():
    names = ("uniform", "normal", "zeros", "one", "glorot_normal", "he_uniform", "identity")
    return _around(*[layers.Dense(4, kernel_initializer=name) for name in names])


@architecture
def initializer_functions():
    made = keras.initializers
    return _around(
        layers.Dense(4, kernel_initializer=made.glorot_uniform(seed=1)),
        layers.Dense(4, kernel_initializer=made.he_normal(seed=2), bias_initializer=made.ones()),
        layers.Dense(4, kernel_initializer=made.lecun_normal()),
    )


@architecture
def regularizer_names():
    return _around(
        layers.Dense(4, kernel_regularizer="l2", activity_regularizer="l1"),
        layers.Dense(4, kernel_regularizer="l1_l2"),
        layers.Dense(4, bias_regularizer=keras.regularizers.l1(0.1)),
    )


@architecture
def constraint_objects():
    made = keras.constraints
    return _around(
        layers.Dense(4, kernel_constraint=made.MinMaxNorm(0.1, 1.0, rate=0.5)),
        layers.Dense(4, kernel_constraint=made.NonNeg(), bias_constraint=made.max_norm(3)),
    )


@architecture
def orthogonal_regularizer():
    return _around(
        layers.Dense(4, kernel_regularizer=keras.regularizers.OrthogonalRegularizer(0.1))
    )


@architecture
def batch_norm_arguments():
    return _around(
        layers.BatchNormalization(center=False, epsilon=1e-3, gamma_regularizer="l2"),
        layers.BatchNormalization(axis=[1], moving_mean_initializer="ones"),
    )


@architecture
def batch_norm_fused():
    return _around(layers.BatchNormalization(fused=True), shape=(4, 4, 3))


@architecture
def batch_norm_virtual():
    return _around(layers.BatchNormalization(virtual_batch_size=2, fused=False), shape=(4, 4, 3))


@architecture
def batch_norm_synchronized():
    kind = getattr(getattr(layers, "experimental", None), "SyncBatchNormalization", None)
    made = kind() if kind else layers.BatchNormalization(synchronized=True)
    return _around(made)


@architecture
def layer_norm_axes():
    return _around(layers.LayerNormalization(axis=[1, 2], center=False), shape=(3, 4))


@architecture
def rms_norm():
    return _around(layers.RMSNormalization())


@architecture
def relu_arguments():
    return _around(
        layers.ReLU(6.0), layers.ReLU(negative_slope=0.1, threshold=0.2), layers.Softmax(axis=-1)
    )


@architecture
def prelu_shared():
    return _around(layers.PReLU(shared_axes=[1, 2]), shape=(4, 4, 3))


@architecture
def convolution_arguments():
    return _around(
        layers.Conv2D(4, (3, 2), strides=(2, 1), padding="same", kernel_regularizer="l2"),
        layers.Conv2D(4, 2, dilation_rate=2, bias_initializer="ones", name="dilated"),
        layers.DepthwiseConv2D(2, strides=1, depthwise_initializer="he_normal", use_bias=False),
        shape=(12, 12, 3),
    )


@architecture
def padding_arguments():
    return _around(
        layers.ZeroPadding2D(2),
        layers.Cropping2D(((1, 0), (0, 1))),
        layers.UpSampling2D((2, 1), interpolation="nearest"),
        shape=(6, 6, 2),
    )


@architecture
def pooling_aliases():
    return _around(
        layers.MaxPool2D(pool_size=(2, 2), strides=1, padding="same"),
        layers.AvgPool2D(2),
        layers.GlobalMaxPool2D(),
        shape=(8, 8, 2),
    )


@architecture
def lstm_arguments():
    return _around(
        layers.LSTM(
            3,
            implementation=1,
            unit_forget_bias=False,
            recurrent_initializer="glorot_uniform",
            kernel_regularizer="l2",
            return_sequences=True,
        ),
        layers.LSTM(2, go_backwards=True, unroll=True, use_bias=False),
        shape=(5, 2),
    )


@architecture
def gru_arguments():
    return _around(
        layers.GRU(3, recurrent_activation="sigmoid", reset_after=True, return_sequences=True),
        layers.GRU(3, recurrent_activation="hard_sigmoid", dropout=0.2, recurrent_dropout=0.2),
        shape=(5, 2),
    )


@architecture
def recurrent_cells():
    return _around(
        layers.RNN(layers.SimpleRNNCell(3), return_sequences=True),
        layers.Bidirectional(layers.RNN(layers.GRUCell(2)), merge_mode="ave"),
        shape=(5, 2),
    )


@architecture
def stacked_cells_direct():
    cells = layers.StackedRNNCells([layers.GRUCell(3), layers.GRUCell(2)])
    return _around(layers.RNN(cells), shape=(5, 2))


@architecture
def bidirectional_modes():
    return _around(
        layers.Bidirectional(layers.LSTM(2, return_sequences=True), merge_mode="mul", name="both"),
        layers.Bidirectional(layers.SimpleRNN(2), merge_mode="concat"),
        shape=(5, 2),
    )


@architecture
def old_recurrence():
    old = tf.compat.v1.keras.layers
    return _around(old.LSTM(3, return_sequences=True), old.GRU(2), shape=(5, 2))


@architecture
def old_batch_norm():
    return _around(tf.compat.v1.keras.layers.BatchNormalization(), layers.Dense(2))


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
