"""Operations on symbolic tensors: TensorFlow's in Keras 2, Keras's own in Keras 3."""

import numpy as np

from models.kit import architecture, keras, layers, tf


def _around(operation, *shape):
    entry = keras.Input(shape or (6, 4))
    return keras.Model(entry, operation(entry))


@architecture
def operators():
    return _around(lambda v: ((v**2 - v) / (v + 3.0)) * -1.0)


@architecture
def operator_matmul():
    one, other = keras.Input((3, 4)), keras.Input((4, 2))
    return keras.Model([one, other], one @ other)


@architecture
def operator_comparison():
    return _around(lambda v: layers.Multiply()([v, v]) * 2 - abs(v))


@architecture
def operator_with_array():
    return _around(lambda v: v * np.ones((4,), "float32") + 1.0)


@architecture
def operator_reversed():
    return _around(lambda v: 1.0 - 2.0 * v)


@architecture
def slice_ellipsis():
    return _around(lambda v: v[..., :2])


@architecture
def slice_steps():
    return _around(lambda v: v[:, ::2, -1])


@architecture
def slice_new_axis():
    return _around(lambda v: v[:, None, 0])


@architecture
def tf_expand():
    return _around(lambda v: tf.squeeze(tf.expand_dims(v, -1), axis=-1))


@architecture
def tf_split():
    return _around(lambda v: tf.concat(tf.split(v, 2, axis=-1)[::-1], axis=-1))


@architecture
def tf_stack():
    one, other = keras.Input((4,)), keras.Input((4,))
    return keras.Model([one, other], tf.stack([one, other], axis=1))


@architecture
def tf_matmul():
    one, other = keras.Input((3, 4)), keras.Input((3, 4))
    return keras.Model([one, other], tf.matmul(one, other, transpose_b=True))


@architecture
def tf_cast():
    entry = keras.Input((4,), dtype="int32")
    return keras.Model(entry, layers.Dense(2)(tf.cast(entry, tf.float32)))


@architecture
def tf_math():
    return _around(lambda v: tf.math.l2_normalize(tf.nn.softmax(v), axis=1))


@architecture
def ops_reductions():
    ops = keras.ops
    return _around(lambda v: ops.stack([ops.max(v, 1), ops.std(v, 1), ops.logsumexp(v, 1)], 1))


@architecture
def ops_shapes():
    ops = keras.ops
    return _around(lambda v: ops.transpose(ops.reshape(v, (-1, 3, 8)), (0, 2, 1)))


@architecture
def ops_splits():
    ops = keras.ops
    return _around(lambda v: ops.concatenate(ops.split(v, 2, axis=-1)[::-1], axis=-1))


@architecture
def ops_einsum():
    one, other = keras.Input((3, 4)), keras.Input((3, 4))
    return keras.Model([one, other], keras.ops.einsum("bij,bkj->bik", one, other))


@architecture
def ops_where():
    ops = keras.ops
    return _around(lambda v: ops.where(v > 0, v, ops.zeros_like(v)))


@architecture
def ops_cast():
    entry = keras.Input((4,), dtype="int32")
    return keras.Model(entry, keras.ops.cast(entry, "float32") / 2.0)


@architecture
def ops_sorted():
    return _around(lambda v: keras.ops.top_k(keras.ops.sort(v, axis=-1), 2)[0])


@architecture
def ops_normalized():
    ops = keras.ops
    return _around(lambda v: ops.normalize(ops.softmax(ops.gelu(v)), axis=-1))


@architecture
def ops_padded():
    ops = keras.ops
    return _around(lambda v: ops.pad(ops.roll(v, 1, axis=1), [[0, 0], [1, 1], [0, 0]]))


@architecture
def ops_with_array():
    ops = keras.ops
    return _around(lambda v: ops.matmul(v, np.ones((4, 2), "float32")))


@architecture
def ops_image():
    return _around(lambda v: keras.ops.image.resize(v, (4, 4)), 8, 8, 3)


@architecture
def ops_convolution():
    return _around(lambda v: keras.ops.average_pool(v, 2, 2), 8, 8, 3)


@architecture
def ops_expand():
    ops = keras.ops
    return _around(lambda v: ops.squeeze(ops.expand_dims(ops.repeat(v, 2, axis=1), 1), 1))


@architecture
def ops_clip():
    ops = keras.ops
    return _around(lambda v: ops.clip(ops.maximum(v, ops.minimum(v, 0.5)), -0.5, 0.5))
