"""Buckets as the data sets that Keras and TensorFlow train on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.sequences.bucket import Batch, Buckets


def keras_dataset(buckets: Buckets) -> Any:
    """The batches as a `keras.utils.PyDataset`."""
    import keras

    class Bucketed(keras.utils.PyDataset):  # type: ignore[misc]  # Keras ships no types
        """Batches of nearly equal lengths."""

        def __len__(self) -> int:
            return len(buckets)

        def __getitem__(self, index: int) -> Any:
            return _fed(buckets[index])

    return Bucketed()


def tf_dataset(buckets: Buckets) -> Any:
    """The batches as a `tf.data.Dataset`."""
    import tensorflow as tf

    def fed() -> Iterator[Any]:
        return map(_fed, buckets)

    values = buckets.plan.held.values
    dtype = tf.string if values.dtype == object else values.dtype
    specs = [tf.TensorSpec((None, None, *values.shape[1:]), dtype)]
    specs += [tf.TensorSpec((None, *other.shape[1:]), other.dtype) for other in buckets.others]
    signature = tuple(specs) if len(specs) > 1 else specs[0]
    found = tf.data.Dataset.from_generator(fed, output_signature=signature)
    return found.apply(tf.data.experimental.assert_cardinality(len(buckets)))


def _fed(batch: Batch) -> Any:
    return (batch.values, *batch.others) if batch.others else batch.values
