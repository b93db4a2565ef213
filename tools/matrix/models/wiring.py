"""How layers are connected: sharing, nesting, several ends, operations on tensors, names."""

from models.kit import architecture, dense_model, keras, layers, numbers, tf


@architecture
def shared_layer():
    one, other = keras.Input((4,)), keras.Input((4,))
    shared = layers.Dense(3, name="shared")
    return keras.Model([one, other], layers.Subtract()([shared(one), shared(other)]))


@architecture
def shared_model():
    inner = dense_model(name="tower")
    one, other = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    return keras.Model([one, other], layers.Dot(1)([inner(one), inner(other)]))


@architecture
def nested_functional():
    inner = dense_model(name="inner")
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Dense(2)(inner(entry)), name="outer")


@architecture
def nested_sequential():
    inner = keras.Sequential([layers.Dense(5, input_shape=(4,)), layers.ReLU()])
    return keras.Sequential([inner, keras.Sequential([layers.Dense(2)])])


@architecture
def several_inputs_and_outputs():
    one, other = keras.Input((4,), name="one"), keras.Input((5,), name="other")
    value = layers.concatenate([layers.Dense(3)(one), layers.Dense(3)(other)])
    first = layers.Dense(1, activation="sigmoid", name="first")(value)
    return keras.Model([one, other], [first, layers.Dense(2, name="second")(value)])


@architecture
def named_inputs_and_outputs():
    ends = {"one": keras.Input((4,), name="one"), "other": keras.Input((5,), name="other")}
    value = layers.concatenate([ends["one"], ends["other"]])
    outputs = {"low": layers.Dense(1)(value), "high": layers.Dense(2)(value)}
    return keras.Model(ends, outputs), {"one": numbers(2, 4), "other": numbers(2, 5)}


@architecture
def autoencoder():
    encoder = keras.Sequential([layers.Dense(2, input_shape=(4,))], name="encoder")
    decoder = keras.Sequential([layers.Dense(4, input_shape=(2,))], name="decoder")
    entry = keras.Input((4,), name="entry")
    return keras.Model(entry, decoder(encoder(entry)), name="autoencoder")


@architecture
def feature_extractor():
    whole = dense_model()
    return keras.Model(whole.input, whole.layers[1].output)


@architecture
def tail_of_a_sequential():
    whole = keras.Sequential([layers.Dense(5, input_shape=(4,)), layers.Dense(2)])
    return keras.Model(whole.inputs, [layer.output for layer in whole.layers])


@architecture
def call_arguments():
    entry = keras.Input((6, 4))
    value = layers.BatchNormalization()(entry, training=False)
    value = layers.Dropout(0.5)(value, training=True)
    return keras.Model(entry, layers.GlobalAveragePooling1D()(value)), None


@architecture
def nested_in_lists():
    one, other = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([[one, other]], layers.Add()([one, other]))
    return model, None


@architecture
def one_input_in_a_list():
    entry = keras.Input((4,))
    return keras.Model([entry], [layers.Dense(2)(entry)])


@architecture
def layer_called_on_list_of_one():
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Dense(2)([entry]))


@architecture
def python_operators():
    one, other = keras.Input((4,)), keras.Input((4,))
    return keras.Model([one, other], layers.Dense(2)((one * 2.0 + other) / 3.0 - 1.0))


@architecture
def python_slices():
    entry = keras.Input((6, 4))
    return keras.Model(entry, layers.Dense(2)(entry[:, 0, 1:3]))


@architecture
def tensorflow_operations():
    entry = keras.Input((6, 4))
    value = tf.concat([tf.nn.relu(entry), tf.math.sqrt(tf.abs(entry))], axis=-1)
    return keras.Model(entry, layers.Dense(2)(tf.reduce_mean(value, axis=1)))


@architecture
def tensorflow_shape_operations():
    entry = keras.Input((6, 4))
    value = tf.reshape(entry, (tf.shape(entry)[0], 24))
    return keras.Model(entry, layers.Dense(2)(value))


@architecture
def backend_operations():
    entry = keras.Input((4,))
    return keras.Model(entry, keras.backend.clip(layers.Dense(2)(entry), 0.0, 1.0))


@architecture
def keras_operations():
    entry = keras.Input((6, 4))
    value = keras.ops.concatenate([keras.ops.relu(entry), keras.ops.abs(entry)], axis=-1)
    return keras.Model(entry, layers.Dense(2)(keras.ops.mean(value, axis=1)))


@architecture
def name_with_slash():
    entry = keras.Input((4,), name="entry")
    value = layers.Dense(3, name="block/dense")(entry)
    return keras.Model(entry, layers.Dense(2, name="block/out")(value))


@architecture
def model_name_with_slash():
    return dense_model(name="team/classifier")


@architecture
def name_with_dots():
    entry = keras.Input((4,), name="entry.1")
    value = layers.Dense(3, name="dense-1.a")(entry)
    return keras.Model(entry, layers.Dense(2, name="2nd_layer")(value), name="my_model.v2")


@architecture
def name_with_space():
    entry = keras.Input((4,), name="entry")
    return keras.Model(entry, layers.Dense(3, name="hidden layer")(entry), name="my model")


@architecture
def name_with_colon():
    entry = keras.Input((4,), name="entry")
    return keras.Model(entry, layers.Dense(3, name="dense:0")(entry))


@architecture
def name_not_ascii():
    entry = keras.Input((4,), name="entry")
    return keras.Model(entry, layers.Dense(3, name="größe")(entry), name="模型")


@architecture
def lambda_anonymous():
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Dense(2)(layers.Lambda(lambda value: value * 2.0)(entry)))


def twice(value):
    """Two times a tensor."""
    return value * 2.0


@architecture
def lambda_function():
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Lambda(twice, name="twice")(entry))


@architecture
def lambda_tensorflow():
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Lambda(tf.nn.relu)(entry))


@architecture
def siamese():
    one, other = keras.Input((4,)), keras.Input((4,))
    shared = keras.Sequential([layers.Dense(3, input_shape=(4,))])
    distance = layers.Lambda(lambda pair: tf.abs(pair[0] - pair[1]))
    value = distance([shared(one), shared(other)])
    return keras.Model([one, other], layers.Dense(1, activation="sigmoid")(value))


@architecture
def losses_and_metrics_added():
    entry = keras.Input((4,))
    value = layers.Dense(2)(entry)
    model = keras.Model(entry, value)
    model.add_loss(tf.reduce_mean(value))
    model.add_metric(value, name="mean_output", aggregation="mean")
    return model


@architecture
def constant_tensor():
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Add()([entry, tf.ones((1, 4))]))


@architecture
def many_layers():
    entry = value = keras.Input((4,))
    for index in range(30):
        value = layers.Dense(4, activation="relu", name=f"dense_{index}")(value)
    return keras.Model(entry, value)
