"""Layers over time: recurrence, embeddings with masks, attention."""

from models.kit import architecture, indices, keras, layers, tf


@architecture
def lstm():
    return keras.Sequential(
        [
            layers.Embedding(10, 4, mask_zero=True, input_length=6),
            layers.LSTM(5, return_sequences=True),
            layers.LSTM(3, dropout=0.1, recurrent_dropout=0.1),
            layers.Dense(1, activation="sigmoid"),
        ]
    ), [indices(2, 6)]


@architecture
def lstm_functional():
    entry = keras.Input((6, 3))
    value = layers.LSTM(4, activation="relu", recurrent_activation="hard_sigmoid")(entry)
    return keras.Model(entry, layers.Dense(1)(value))


@architecture
def lstm_input_shape():
    model = keras.Sequential([layers.LSTM(4, input_shape=(None, 3), unroll=False)])
    model.add(layers.Dense(1))
    return model


@architecture
def lstm_stateful():
    return keras.Sequential(
        [layers.LSTM(4, stateful=True, batch_input_shape=(2, 5, 3)), layers.Dense(1)]
    )


@architecture
def gru_stateful():
    entry = keras.Input(batch_shape=(2, 5, 3))
    return keras.Model(entry, layers.GRU(4, stateful=True, return_sequences=True)(entry))


@architecture
def gru():
    entry = keras.Input((6, 3))
    value = layers.GRU(4, return_sequences=True)(entry)
    value = layers.GRU(4, reset_after=False, go_backwards=True)(value)
    return keras.Model(entry, value)


@architecture
def simple_rnn():
    entry = keras.Input((6, 3))
    value = layers.SimpleRNN(4, return_sequences=True)(entry)
    return keras.Model(entry, layers.SimpleRNN(2)(value))


@architecture
def bidirectional():
    entry = keras.Input((6, 3))
    value = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(entry)
    value = layers.Bidirectional(layers.GRU(3), merge_mode="sum")(value)
    return keras.Model(entry, value)


@architecture
def bidirectional_backward_layer():
    entry = keras.Input((6, 3))
    backward = layers.LSTM(4, go_backwards=True, activation="relu")
    return keras.Model(entry, layers.Bidirectional(layers.LSTM(4), backward_layer=backward)(entry))


@architecture
def time_distributed():
    entry = keras.Input((5, 8, 8, 3))
    value = layers.TimeDistributed(layers.Conv2D(2, 3, activation="relu"))(entry)
    value = layers.TimeDistributed(layers.Flatten())(value)
    return keras.Model(entry, layers.LSTM(3)(value))


@architecture
def time_distributed_model():
    inner = keras.Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(2)])
    entry = keras.Input((5, 3))
    return keras.Model(entry, layers.TimeDistributed(inner)(entry))


@architecture
def conv_lstm():
    entry = keras.Input((4, 6, 6, 2))
    value = layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(entry)
    return keras.Model(entry, layers.ConvLSTM2D(2, 3)(value))


@architecture
def stacked_cells():
    entry = keras.Input((6, 3))
    cells = [layers.LSTMCell(4), layers.LSTMCell(4)]
    value = layers.RNN(cells, return_sequences=True)(entry)
    return keras.Model(entry, layers.RNN(layers.GRUCell(3))(value))


@architecture
def encoder_decoder():
    source, target = keras.Input((None, 3)), keras.Input((None, 2))
    _, *states = layers.LSTM(4, return_state=True)(source)
    value = layers.LSTM(4, return_sequences=True)(target, initial_state=states)
    return keras.Model([source, target], layers.Dense(2, activation="softmax")(value))


@architecture
def time_major():
    entry = keras.Input((6, 3))
    return keras.Model(entry, layers.LSTM(4, time_major=True)(entry))


@architecture
def cudnn_recurrence():
    entry = keras.Input((6, 3))
    return keras.Model(entry, tf.compat.v1.keras.layers.CuDNNLSTM(4)(entry)), None


@architecture
def embedding_average():
    entry = keras.Input((None,), dtype="int32")
    value = layers.Embedding(20, 4, embeddings_initializer="uniform")(entry)
    return keras.Model(entry, layers.GlobalAveragePooling1D()(value))


@architecture
def embedding_masked():
    entry = keras.Input((6,), dtype="int64")
    value = layers.Embedding(20, 4, mask_zero=True)(entry)
    value = layers.Bidirectional(layers.LSTM(3))(value)
    return keras.Model(entry, layers.Dense(1)(value))


@architecture
def attention():
    query, value = keras.Input((5, 4)), keras.Input((6, 4))
    found = layers.Attention(use_scale=True)([query, value])
    return keras.Model([query, value], layers.AdditiveAttention()([found, value]))


@architecture
def self_attention():
    entry = keras.Input((5, 8))
    value = layers.MultiHeadAttention(num_heads=2, key_dim=4)(entry, entry)
    value = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([entry, value]))
    return keras.Model(entry, layers.Dense(2)(value))


@architecture
def cross_attention():
    query, value = keras.Input((5, 8)), keras.Input((6, 4))
    attend = layers.MultiHeadAttention(2, 4, dropout=0.1)
    found, scores = attend(query=query, value=value, return_attention_scores=True)
    return keras.Model([query, value], [found, scores])


@architecture
def attention_causal():
    entry = keras.Input((5, 4))
    return keras.Model(entry, layers.Attention(causal=True)([entry, entry]))


@architecture
def attention_with_masks():
    entry, mask = keras.Input((5, 8)), keras.Input((5, 5))
    value = layers.MultiHeadAttention(2, 4)(entry, entry, attention_mask=mask)
    return keras.Model([entry, mask], value)


@architecture
def attention_use_causal_mask():
    entry = keras.Input((5, 8))
    return keras.Model(entry, layers.MultiHeadAttention(2, 4)(entry, entry, use_causal_mask=True))


@architecture
def transformer():
    entry = keras.Input((6,), dtype="int32")
    value = layers.Embedding(10, 8)(entry)
    found = layers.MultiHeadAttention(2, 4)(value, value)
    value = layers.LayerNormalization(epsilon=1e-6)(value + found)
    found = layers.Dense(8)(layers.Dense(16, activation="gelu")(value))
    value = layers.LayerNormalization(epsilon=1e-6)(value + found)
    return keras.Model(entry, layers.Dense(2)(layers.GlobalAveragePooling1D()(value)))


@architecture
def conv_lstm_one_dimension():
    entry = keras.Input((4, 6, 2))
    return keras.Model(entry, layers.ConvLSTM1D(3, 3)(entry))


@architecture
def einsum_dense():
    layer = getattr(layers, "EinsumDense", None) or layers.experimental.EinsumDense
    entry = keras.Input((5, 8))
    return keras.Model(entry, layer("abc,cd->abd", output_shape=(None, 4), bias_axes="d")(entry))
