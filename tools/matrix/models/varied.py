"""Layers with other arguments than the defaults, and arguments given in other forms."""

from models.kit import architecture, keras, layers, tf


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
