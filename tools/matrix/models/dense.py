"""Layers without time or space: perceptrons, activations, regularizers, merges, precision."""

import numpy as np

from models.kit import TENSORFLOW, architecture, dense_model, keras, layers, numbers, tf


@architecture
def mlp_sequential():
    return keras.Sequential(
        [
            layers.Dense(8, activation="relu", input_shape=(4,)),
            layers.Dropout(0.5),
            layers.Dense(3, activation="softmax"),
        ]
    )


@architecture
def mlp_functional():
    return dense_model(name="classifier", activation="tanh")


@architecture
def mlp_input_layer():
    model = keras.Sequential(name="with_input_layer")
    model.add(layers.InputLayer(input_shape=(4,), name="entry"))
    model.add(layers.Dense(3, use_bias=False))
    return model


@architecture
def mlp_without_input_shape():
    model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(3)])
    values = numbers(2, 4)
    model.build((None, 4))
    return model, [values]


@architecture
def mlp_never_built():
    return keras.Sequential([layers.Dense(8), layers.Dense(3)]), None


@architecture
def fixed_batch():
    entry = layers.Input(batch_shape=(2, 4))
    return keras.Model(entry, layers.Dense(3)(entry))


@architecture
def activations_by_name():
    entry = value = keras.Input((4,))
    names = "elu selu softplus softsign relu tanh sigmoid hard_sigmoid exponential linear"
    for name in names.split():
        value = layers.Dense(4, activation=name)(value)
    return keras.Model(entry, layers.Activation("softmax")(value))


@architecture
def activations_newer():
    entry = value = keras.Input((4,))
    for name in ("swish", "gelu"):
        value = layers.Dense(4, activation=name)(value)
    return keras.Model(entry, value)


@architecture
def activations_functions():
    entry = keras.Input((4,))
    value = layers.Dense(4, activation=tf.nn.relu)(entry)
    value = layers.Dense(4, activation=keras.activations.hard_sigmoid)(value)
    return keras.Model(entry, layers.Activation(tf.nn.softmax)(value))


@architecture
def activation_relu6():
    return keras.Sequential([layers.Dense(4, activation=tf.nn.relu6, input_shape=(4,))])


@architecture
def activation_tensorflow_only():
    return keras.Sequential([layers.Dense(4, activation=tf.math.sin, input_shape=(4,))])


@architecture
def activation_layers():
    entry = keras.Input((4,))
    value = layers.LeakyReLU(0.2)(entry)
    value = layers.PReLU()(value)
    value = layers.ELU(0.9)(value)
    value = layers.ReLU(max_value=6.0)(value)
    return keras.Model(entry, layers.Softmax()(value))


@architecture
def leaky_relu_alone():
    model = keras.Sequential([layers.Dense(4, input_shape=(4,)), layers.LeakyReLU()])
    model.add(layers.Dense(2))
    return model


@architecture
def thresholded_relu():
    return keras.Sequential(
        [layers.Dense(4, input_shape=(4,)), layers.ThresholdedReLU(0.1), layers.Dense(2)]
    )


@architecture
def regularized():
    entry = keras.Input((4,))
    value = layers.Dense(
        4,
        kernel_regularizer=keras.regularizers.l2(0.01),
        bias_regularizer="l1",
        activity_regularizer=keras.regularizers.l1_l2(0.01, 0.02),
        kernel_constraint=keras.constraints.MaxNorm(2),
        bias_constraint="non_neg",
    )(entry)
    value = layers.ActivityRegularization(l1=0.1)(value)
    value = layers.Dense(2, kernel_constraint=keras.constraints.UnitNorm(axis=0))(value)
    return keras.Model(entry, value)


@architecture
def initialized():
    entry = value = keras.Input((4,))
    made = keras.initializers
    for start in (
        "he_normal",
        "lecun_uniform",
        made.Orthogonal(),
        made.TruncatedNormal(stddev=0.1),
        made.VarianceScaling(scale=2.0, mode="fan_out"),
        made.Constant(0.1),
        made.RandomUniform(-0.1, 0.1, seed=3),
        made.RandomNormal(),
    ):
        value = layers.Dense(4, kernel_initializer=start)(value)
    return keras.Model(entry, value)


@architecture
def noisy():
    entry = keras.Input((6, 4))
    value = layers.GaussianNoise(0.1)(entry)
    value = layers.GaussianDropout(0.1)(value)
    value = layers.AlphaDropout(0.1)(value)
    value = layers.SpatialDropout1D(0.1)(value)
    return keras.Model(entry, layers.Dense(2)(value))


@architecture
def reshaped():
    entry = keras.Input((8,))
    value = layers.Reshape((4, 2))(entry)
    value = layers.Permute((2, 1))(value)
    value = layers.Flatten()(value)
    value = layers.RepeatVector(3)(value)
    value = layers.ZeroPadding1D(1)(value)
    value = layers.Cropping1D((1, 1))(value)
    return keras.Model(entry, layers.UpSampling1D(2)(value))


@architecture
def merged():
    one, other = keras.Input((4,)), keras.Input((4,))
    pair = [one, other]
    kinds = (layers.Add, layers.Subtract, layers.Multiply, layers.Average)
    found = [kind()(pair) for kind in (*kinds, layers.Maximum, layers.Minimum)]
    found.append(layers.Dot(axes=1, normalize=True)(pair))
    return keras.Model(pair, layers.Concatenate(axis=-1)(found))


@architecture
def merged_by_function():
    one, other = keras.Input((4,)), keras.Input((4,))
    value = layers.add([one, layers.multiply([one, other])])
    return keras.Model([one, other], layers.concatenate([value, one]))


@architecture
def normalized():
    entry = keras.Input((4,))
    value = layers.LayerNormalization()(entry)
    value = layers.BatchNormalization(momentum=0.9, scale=False)(value)
    return keras.Model(entry, layers.Dense(2)(value))


@architecture
def normalized_newer():
    entry = keras.Input((4, 4))
    value = layers.GroupNormalization(groups=2)(entry)
    return keras.Model(entry, layers.UnitNormalization()(value))


@architecture
def renormalized():
    entry = keras.Input((4,))
    return keras.Model(entry, layers.BatchNormalization(renorm=True)(entry))


@architecture
def double_precision():
    entry = keras.Input((4,), dtype="float64")
    return keras.Model(entry, layers.Dense(3, dtype="float64")(entry))


@architecture
def mixed_precision():
    if TENSORFLOW < (2, 4):
        policy = keras.mixed_precision.experimental.Policy("mixed_float16")
    elif hasattr(keras.mixed_precision, "Policy"):
        policy = keras.mixed_precision.Policy("mixed_float16")
    else:
        policy = keras.DTypePolicy("mixed_float16")
    entry = keras.Input((4,))
    value = layers.Dense(4, dtype=policy)(entry)
    return keras.Model(entry, layers.Dense(2, dtype="float32")(value))


@architecture
def half_precision():
    entry = keras.Input((4,), dtype="float16")
    return keras.Model(entry, layers.Dense(3, dtype="float16")(entry))


@architecture
def quantized():
    model = dense_model()
    model.quantize("int8")
    return model, None


@architecture
def low_rank():
    model = dense_model()
    model.layers[1].enable_lora(2)
    return model


@architecture
def spectral():
    entry = keras.Input((4,))
    return keras.Model(entry, layers.SpectralNormalization(layers.Dense(3))(entry))


@architecture
def frozen_layers():
    model = dense_model()
    model.layers[1].trainable = False
    return model


@architecture
def masked():
    entry = keras.Input((5, 4))
    value = layers.Masking(mask_value=0.0)(entry)
    model = keras.Model(entry, layers.Dense(2)(value))
    return model, [np.where(numbers(2, 5, 1) > 0, numbers(2, 5, 4), 0).astype("float32")]
