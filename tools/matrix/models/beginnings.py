"""Sequential models by their first layer, which is the one that carries the input's shape."""

from models.kit import architecture, indices, keras, layer, layers, numbers


def _beginning(first, *rest):
    return keras.Sequential([first, *rest])


@architecture
def begins_with_flatten():
    first = layers.Flatten(input_shape=(6, 5))
    return _beginning(
        first, layers.Dense(8, activation="relu"), layers.Dropout(0.2), layers.Dense(3)
    )


@architecture
def begins_with_batch_norm():
    return _beginning(layers.BatchNormalization(input_shape=(4,)), layers.Dense(3))


@architecture
def begins_with_dropout():
    return _beginning(layers.Dropout(0.3, input_shape=(4,)), layers.Dense(3), layers.Softmax())


@architecture
def begins_with_activation():
    return _beginning(layers.Activation("relu", input_shape=(4, 2)), layers.Flatten())


@architecture
def begins_with_reshape():
    first = layers.Reshape((4, 4, 1), input_shape=(16,))
    return _beginning(first, layers.Conv2D(2, 3), layers.GlobalMaxPooling2D())


@architecture
def begins_with_permute():
    return _beginning(layers.Permute((2, 1), input_shape=(4, 3)), layers.LSTM(3))


@architecture
def begins_with_repeat():
    return _beginning(layers.RepeatVector(3, input_shape=(4,)), layers.SimpleRNN(3))


@architecture
def begins_with_masking():
    return _beginning(layers.Masking(-1.0, input_shape=(5, 3)), layers.LSTM(3), layers.Dense(1))


@architecture
def begins_with_padding():
    return _beginning(layers.ZeroPadding2D((1, 1), input_shape=(8, 8, 3)), layers.Conv2D(4, 3))


@architecture
def begins_with_conv1d():
    first = layers.Conv1D(4, 3, activation="relu", input_shape=(10, 3))
    return _beginning(first, layers.MaxPooling1D(), layers.Flatten(), layers.Dense(2))


@architecture
def begins_with_conv3d():
    first = layers.Conv3D(2, 3, input_shape=(5, 5, 5, 1))
    return _beginning(first, layers.MaxPooling3D(), layers.Flatten(), layers.Dense(2))


@architecture
def begins_with_conv_lstm():
    first = layers.ConvLSTM2D(2, 3, return_sequences=True, input_shape=(None, 6, 6, 1))
    return _beginning(first, layers.BatchNormalization(), layers.Conv3D(1, 3, padding="same"))


@architecture
def begins_with_bidirectional():
    first = layers.Bidirectional(layers.LSTM(3), input_shape=(5, 2))
    return _beginning(first, layers.Dense(1))


@architecture
def begins_with_time_distributed():
    first = layers.TimeDistributed(layers.Dense(3), input_shape=(5, 2))
    return _beginning(first, layers.LSTM(2))


@architecture
def begins_with_gru():
    return _beginning(layers.GRU(3, input_shape=(5, 2), return_sequences=True), layers.GRU(2))


@architecture
def begins_with_embedding():
    first = layers.Embedding(10, 3, input_length=6)
    return _beginning(first, layers.Flatten(), layers.Dense(1)), [indices(2, 6)]


@architecture
def begins_with_embedding_and_lstm():
    return _beginning(layers.Embedding(10, 3), layers.LSTM(4), layers.Dense(1)), [indices(2, 6)]


@architecture
def begins_with_embedding_and_conv():
    first = layers.Embedding(10, 3, input_length=8)
    model = _beginning(first, layers.Conv1D(4, 3), layers.GlobalMaxPooling1D(), layers.Dense(1))
    return model, [indices(2, 8)]


@architecture
def begins_with_input_dim():
    return _beginning(layers.Dense(6, input_dim=4, activation="relu"), layers.Dense(1))


@architecture
def begins_with_input():
    model = keras.Sequential([keras.Input(shape=(4,), name="entry"), layers.Dense(3)])
    model.add(layers.BatchNormalization())
    return model


@architecture
def begins_with_batch_shape():
    return _beginning(layers.Dense(3, batch_input_shape=(2, 4)), layers.Dense(1))


@architecture
def begins_with_lambda():
    return _beginning(layers.Lambda(lambda v: v / 2.0, input_shape=(4,)), layers.Dense(1))


@architecture
def begins_with_rescaling():
    first = layer("Rescaling")(1.0 / 255, input_shape=(8, 8, 3))
    return _beginning(first, layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2))


@architecture
def begins_with_normalization():
    first = layer("Normalization")(input_shape=(4,))
    first.adapt(numbers(20, 4))
    return _beginning(first, layers.Dense(2))


@architecture
def begins_with_model():
    inner = keras.Sequential([layers.Dense(4, input_shape=(4,))], name="inner")
    return _beginning(inner, layers.Dense(2))


@architecture
def begins_with_leaky_relu():
    return _beginning(layers.LeakyReLU(0.1, input_shape=(4, 2)), layers.GlobalAveragePooling1D())


@architecture
def begins_with_noise():
    return _beginning(layers.GaussianNoise(0.1, input_shape=(4,)), layers.Dense(2))


@architecture
def begins_with_layer_norm():
    return _beginning(layers.LayerNormalization(input_shape=(4,)), layers.Dense(2))


@architecture
def begins_with_pooling():
    return _beginning(layers.MaxPooling2D(2, input_shape=(8, 8, 2)), layers.Flatten())


@architecture
def begins_with_separable():
    return _beginning(layers.SeparableConv2D(3, 3, input_shape=(8, 8, 2)), layers.Flatten())


@architecture
def sequence_of_images():
    inner = keras.Sequential([layers.Conv2D(2, 3, input_shape=(8, 8, 1)), layers.Flatten()])
    first = layers.TimeDistributed(inner, input_shape=(4, 8, 8, 1))
    return _beginning(first, layers.LSTM(3), layers.Dense(1))


@architecture
def flat_dense_only():
    return _beginning(layers.Dense(3, input_shape=(5, 4)), layers.Flatten(), layers.Dense(2))


@architecture
def activations_between():
    model = keras.Sequential()
    for units in (8, 4):
        model.add(layers.Dense(units, input_shape=(4,)) if units == 8 else layers.Dense(units))
        model.add(layers.BatchNormalization())
        model.add(layers.Activation("relu"))
        model.add(layers.Dropout(0.5))
    model.add(layers.Dense(1))
    model.add(layers.Activation("sigmoid"))
    return model
