"""What people build: the shapes that models in public projects take."""

from models.kit import architecture, indices, keras, layers, tf


@architecture
def text_cnn():
    entry = keras.Input((12,), dtype="int32")
    value = layers.Embedding(20, 4)(entry)
    towers = [
        layers.GlobalMaxPooling1D()(layers.Conv1D(3, size, activation="relu")(value))
        for size in (2, 3, 4)
    ]
    value = layers.Dropout(0.5)(layers.concatenate(towers))
    return keras.Model(entry, layers.Dense(2, activation="softmax")(value))


@architecture
def conv_recurrent():
    entry = keras.Input((8, 8, 1), name="image")
    value = layers.MaxPooling2D((2, 2), name="pool1")(layers.Conv2D(4, 3, padding="same")(entry))
    value = layers.Reshape((4, 16))(value)
    value = layers.Bidirectional(layers.GRU(3, return_sequences=True))(value)
    return keras.Model(entry, layers.Dense(5, activation="softmax", name="label")(value))


@architecture
def inception_block():
    entry = keras.Input((8, 8, 4))
    towers = [
        layers.Conv2D(2, 1, padding="same", activation="relu")(entry),
        layers.Conv2D(2, (1, 3), padding="same")(layers.Conv2D(2, (3, 1), padding="same")(entry)),
        layers.AveragePooling2D((3, 3), strides=(1, 1), padding="same")(entry),
    ]
    return keras.Model(entry, layers.GlobalAveragePooling2D()(layers.concatenate(towers, axis=-1)))


@architecture
def squeeze_and_excite():
    entry = keras.Input((8, 8, 4))
    value = layers.Reshape((1, 1, 4))(layers.GlobalAveragePooling2D()(entry))
    value = layers.Dense(2, activation="relu", use_bias=False)(value)
    value = layers.Dense(4, activation="hard_sigmoid", use_bias=False)(value)
    return keras.Model(entry, layers.multiply([entry, value]))


@architecture
def dueling():
    entry = keras.Input((4,))
    value = layers.Dense(8, activation="relu")(entry)
    advantage, worth = layers.Dense(3)(value), layers.Dense(1)(value)
    return keras.Model(entry, layers.Add()([advantage, worth]))


@architecture
def gan():
    generator = keras.Sequential(
        [layers.Dense(8, input_dim=3), layers.LeakyReLU(0.2), layers.Dense(4, activation="tanh")]
    )
    judge = keras.Sequential([layers.Dense(4, input_dim=4), layers.Dense(1, activation="sigmoid")])
    judge.compile(loss="binary_crossentropy", optimizer="adam")
    judge.trainable = False
    return keras.Sequential([generator, judge])


@architecture
def gan_functional():
    generator = keras.Sequential([layers.Dense(4, input_dim=3)], name="generator")
    judge = keras.Sequential([layers.Dense(1, input_dim=4)], name="discriminator")
    entry = keras.Input((3,))
    return keras.Model(entry, judge(generator(entry)))


@architecture
def variational():
    entry = keras.Input((4,))
    mean, spread = layers.Dense(2, name="z_mean")(entry), layers.Dense(2, name="z_log_var")(entry)
    code = layers.Lambda(lambda pair: pair[0] + tf.exp(pair[1]), output_shape=(2,), name="z")
    return keras.Model(entry, layers.Dense(4)(code([mean, spread])))


@architecture
def wave_net():
    entry = value = keras.Input((16, 2))
    skips = []
    for rate in (1, 2, 4):
        left = layers.Conv1D(2, 2, padding="causal", dilation_rate=rate, activation="tanh")(value)
        right = layers.Conv1D(2, 2, padding="causal", dilation_rate=rate, activation="sigmoid")
        skips.append(layers.Conv1D(2, 1)(layers.Multiply()([left, right(value)])))
        value = layers.Add()([skips[-1], value])
    return keras.Model(entry, layers.Activation("relu")(layers.Add()(skips)))


@architecture
def convolutional_autoencoder():
    model = keras.Sequential(name="autoencoder")
    model.add(layers.Conv2D(4, (3, 3), activation="relu", padding="same", input_shape=(8, 8, 1)))
    model.add(layers.MaxPooling2D((2, 2), padding="same"))
    model.add(layers.Conv2D(2, (3, 3), activation="relu", padding="same"))
    model.add(layers.UpSampling2D((2, 2)))
    model.add(layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same"))
    return model


@architecture
def sequence_to_sequence():
    model = keras.Sequential()
    model.add(layers.LSTM(6, input_shape=(5, 2)))
    model.add(layers.RepeatVector(4))
    model.add(layers.LSTM(6, return_sequences=True))
    model.add(layers.TimeDistributed(layers.Dense(3, activation="softmax")))
    return model


@architecture
def factorization():
    user, item = keras.Input((1,), name="user"), keras.Input((1,), name="item")
    left = layers.Flatten()(layers.Embedding(10, 3, name="user_factors")(user))
    right = layers.Flatten()(layers.Embedding(10, 3, name="item_factors")(item))
    model = keras.Model([user, item], layers.Dot(axes=1)([left, right]))
    return model, [indices(2, 1).astype("float32"), indices(2, 1).astype("float32")]


@architecture
def wide_and_deep():
    wide, deep = keras.Input((3,), name="wide_input"), keras.Input((4,), name="deep_input")
    value = layers.Dense(4, activation="relu")(layers.Dense(8, activation="relu")(deep))
    value = layers.Concatenate()([wide, value])
    auxiliary = layers.Dense(1, name="aux_output")(value)
    return keras.Model([wide, deep], [layers.Dense(1, name="main_output")(value), auxiliary])


@architecture
def states_as_outputs():
    entry = keras.Input((5, 3))
    found, hidden, cell = layers.LSTM(4, return_state=True, return_sequences=True)(entry)
    return keras.Model(entry, [found, hidden, cell])


@architecture
def decoder_alone():
    entry = keras.Input((None, 3))
    states = [keras.Input((4,)), keras.Input((4,))]
    found, hidden, cell = layers.LSTM(4, return_sequences=True, return_state=True)(
        entry, initial_state=states
    )
    return keras.Model([entry, *states], [layers.Dense(3)(found), hidden, cell])


@architecture
def attention_by_hand():
    entry = keras.Input((5, 3))
    value = layers.LSTM(4, return_sequences=True)(entry)
    weights = layers.Activation("softmax")(layers.Flatten()(layers.Dense(1)(value)))
    weights = layers.Permute([2, 1])(layers.RepeatVector(4)(weights))
    value = layers.Multiply()([value, weights])
    return keras.Model(entry, layers.GlobalAveragePooling1D()(value))


@architecture
def vgg():
    model = keras.Sequential(name="vgg")
    model.add(
        layers.Conv2D(4, (3, 3), padding="same", name="block1_conv1", input_shape=(16, 16, 3))
    )
    model.add(layers.Activation("relu"))
    model.add(layers.MaxPooling2D((2, 2), strides=(2, 2), name="block1_pool"))
    model.add(layers.Flatten(name="flatten"))
    model.add(layers.Dense(8, activation="relu", name="fc1"))
    model.add(layers.Dense(2, activation="softmax", name="predictions"))
    return model


@architecture
def channels_first():
    entry = keras.Input((3, 8, 8))
    value = layers.Conv2D(4, 3, data_format="channels_first")(entry)
    value = layers.BatchNormalization(axis=1)(value)
    value = layers.MaxPooling2D(data_format="channels_first")(value)
    return keras.Model(entry, layers.Flatten(data_format="channels_first")(value)), None


@architecture
def dense_net_block():
    entry = value = keras.Input((8, 8, 3))
    for _ in range(2):
        found = layers.Activation("relu")(layers.BatchNormalization(epsilon=1.001e-5)(value))
        found = layers.Conv2D(2, 3, padding="same", use_bias=False)(found)
        value = layers.Concatenate(axis=3)([value, found])
    return keras.Model(entry, layers.GlobalAveragePooling2D(name="avg_pool")(value))


@architecture
def multi_task():
    entry = keras.Input((8, 8, 3), name="image")
    value = layers.Flatten()(layers.Conv2D(2, 3, activation="relu")(entry))
    boxes = layers.Dense(4, name="boxes")(value)
    classes = layers.Dense(3, activation="softmax", name="classes")(value)
    return keras.Model(entry, {"boxes": boxes, "classes": classes})


@architecture
def three_deep():
    innermost = keras.Sequential([layers.Dense(4, input_shape=(4,), name="dense")], name="a")
    entry = keras.Input((4,))
    middle = keras.Model(entry, layers.Dense(4, name="dense")(innermost(entry)), name="b")
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Dense(2, name="dense")(middle(entry)), name="c")


@architecture
def called_three_times():
    entries = [keras.Input((4,)) for _ in range(3)]
    shared = layers.Dense(2)
    return keras.Model(entries, layers.average([shared(one) for one in entries]))


@architecture
def tower_on_three_inputs():
    tower = keras.Sequential([layers.Dense(3, input_shape=(4,)), layers.ReLU()])
    entries = [keras.Input((4,)) for _ in range(3)]
    return keras.Model(entries, layers.concatenate([tower(one) for one in entries]))


@architecture
def cloned():
    inner = keras.Sequential([layers.Dense(4, input_shape=(4,)), layers.Dense(2)])
    return keras.models.clone_model(inner)


@architecture
def same_tensor_twice():
    entry = keras.Input((4,))
    value = layers.Dense(2)(entry)
    return keras.Model(entry, [value, value, layers.Add()([value, value])])


@architecture
def untrainable():
    model = keras.Sequential([layers.Dense(4, input_shape=(4,)), layers.Dense(2)])
    model.trainable = False
    return model
