"""Layers over space: convolutions in one to three dimensions, pooling, whole applications."""

from models.kit import architecture, keras, layers


@architecture
def cnn():
    return keras.Sequential(
        [
            layers.Conv2D(4, 3, padding="same", activation="relu", input_shape=(12, 12, 3)),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Conv2D(4, (3, 3), strides=2, dilation_rate=1, use_bias=False),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )


@architecture
def cnn_any_size():
    entry = keras.Input((None, None, 3))
    value = layers.Conv2D(4, 3)(entry)
    value = layers.GlobalAveragePooling2D()(value)
    return keras.Model(entry, layers.Dense(2)(value))


@architecture
def cnn_frozen_batch_norm():
    entry = keras.Input((8, 8, 3))
    value = layers.Conv2D(4, 3)(entry)
    value = layers.BatchNormalization(trainable=False)(value)
    return keras.Model(entry, layers.GlobalMaxPooling2D()(value))


@architecture
def depthwise():
    entry = keras.Input((12, 12, 3))
    value = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(entry)
    return keras.Model(entry, layers.GlobalAveragePooling2D()(value))


@architecture
def separable():
    entry = keras.Input((12, 12, 3))
    value = layers.SeparableConv2D(4, 3, activation="relu")(entry)
    return keras.Model(entry, layers.GlobalAveragePooling2D()(value))


@architecture
def separable_one_dimension():
    entry = keras.Input((12, 3))
    value = layers.SeparableConv1D(4, 3)(entry)
    return keras.Model(entry, layers.GlobalAveragePooling1D()(value))


@architecture
def depthwise_one_dimension():
    entry = keras.Input((12, 3))
    return keras.Model(entry, layers.DepthwiseConv1D(3)(entry))


@architecture
def transposed():
    entry = keras.Input((4, 4, 3))
    value = layers.Conv2DTranspose(4, 3, strides=2, padding="same")(entry)
    value = layers.UpSampling2D(interpolation="bilinear")(value)
    return keras.Model(entry, value)


@architecture
def transposed_output_padding():
    entry = keras.Input((4, 4, 3))
    value = layers.Conv2DTranspose(4, 3, strides=2, output_padding=1)(entry)
    return keras.Model(entry, value)


@architecture
def transposed_one_dimension():
    entry = keras.Input((6, 3))
    return keras.Model(entry, layers.Conv1DTranspose(4, 3, strides=2)(entry))


@architecture
def causal():
    entry = keras.Input((None, 3))
    value = layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu")(entry)
    value = layers.MaxPooling1D(2)(value)
    return keras.Model(entry, layers.GlobalMaxPooling1D()(value))


@architecture
def volumes():
    entry = keras.Input((6, 6, 6, 2))
    value = layers.Conv3D(3, 3, padding="same")(entry)
    value = layers.AveragePooling3D(2)(value)
    value = layers.Conv3DTranspose(2, 2, strides=2)(value)
    value = layers.ZeroPadding3D(1)(value)
    return keras.Model(entry, layers.GlobalAveragePooling3D()(value))


@architecture
def grouped():
    entry = keras.Input((8, 8, 4))
    return keras.Model(entry, layers.Conv2D(4, 3, groups=2)(entry))


@architecture
def locally_connected():
    entry = keras.Input((6, 6, 2))
    return keras.Model(entry, layers.LocallyConnected2D(3, 3)(entry))


@architecture
def pooled():
    entry = keras.Input((8, 8, 2))
    value = layers.ZeroPadding2D(((1, 0), (0, 1)))(entry)
    value = layers.AveragePooling2D(2, strides=1, padding="same")(value)
    value = layers.Cropping2D(1)(value)
    value = layers.SpatialDropout2D(0.2)(value)
    return keras.Model(entry, layers.GlobalMaxPooling2D()(value))


@architecture
def pooled_keepdims():
    entry = keras.Input((8, 8, 2))
    return keras.Model(entry, layers.GlobalAveragePooling2D(keepdims=True)(entry))


@architecture
def residual():
    entry = keras.Input((8, 8, 4))
    value = layers.Conv2D(4, 3, padding="same", kernel_initializer="he_normal")(entry)
    value = layers.ReLU()(layers.BatchNormalization()(value))
    value = layers.add([entry, value])
    return keras.Model(entry, layers.Dense(2)(layers.GlobalAveragePooling2D()(value)))


@architecture
def mobile_net():
    return keras.applications.MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=2)


@architecture
def old_mobile_net():
    return keras.applications.MobileNet((32, 32, 3), alpha=0.25, weights=None, classes=2)


@architecture
def mobile_net_v3():
    return keras.applications.MobileNetV3Small(
        (32, 32, 3), alpha=0.75, minimalistic=True, weights=None, classes=2
    )


@architecture
def efficient_net():
    return keras.applications.EfficientNetB0(input_shape=(32, 32, 3), weights=None, classes=2)


def _features():
    return keras.applications.MobileNetV2(
        (32, 32, 3), alpha=0.35, weights=None, include_top=False, pooling="avg"
    )


@architecture
def transfer():
    base = _features()
    base.trainable = False
    entry = keras.Input((32, 32, 3))
    value = layers.Dropout(0.2)(base(entry, training=False))
    return keras.Model(entry, layers.Dense(2)(value))


@architecture
def transfer_sequential():
    return keras.Sequential([_features(), layers.Dense(2)])


@architecture
def transfer_tail():
    base = keras.applications.MobileNet((32, 32, 3), alpha=0.25, weights=None, include_top=False)
    value = layers.GlobalAveragePooling2D()(base.output)
    return keras.Model(inputs=base.input, outputs=layers.Dense(2)(value))


@architecture
def unet():
    entry = keras.Input((8, 8, 3))
    down = layers.Conv2D(4, 3, padding="same", activation="relu")(entry)
    value = layers.Conv2D(8, 3, padding="same", activation="relu")(layers.MaxPooling2D()(down))
    value = layers.concatenate([layers.UpSampling2D((2, 2))(value), down], axis=3)
    return keras.Model(entry, layers.Conv2D(1, 1, activation="sigmoid")(value))


@architecture
def scaled_by_lambda():
    entry = keras.Input((8, 8, 3))
    value = layers.Lambda(lambda image: image / 255.0)(entry)
    return keras.Model(entry, layers.Conv2D(2, 3)(value))
