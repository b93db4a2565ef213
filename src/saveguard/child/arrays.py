"""Arrays on their way between a framework, a digest, and the HDF5 group of a golden."""

from __future__ import annotations

import zlib

GROUP = "saveguard"
RECEIPT = "receipt"


def to_array(value):
    """(array, kind) of any backend's tensor; kind is `dense`, `sparse` or `ragged`.

    Sparse and ragged tensors become dense ones, so that they can be stored and compared.
    """
    import numpy

    if hasattr(value, "to_tensor") and hasattr(value, "row_splits"):
        return numpy.asarray(value.to_tensor()), "ragged"
    if type(value).__name__ == "SparseTensor":
        import tensorflow

        return numpy.asarray(tensorflow.sparse.to_dense(value)), "sparse"
    if hasattr(value, "todense"):
        return numpy.asarray(value.todense()), "sparse"
    if hasattr(value, "detach"):
        import keras

        return keras.ops.convert_to_numpy(value), "dense"
    return numpy.asarray(value), "dense"


def digest(array):
    """CRC-32 of an array's bytes, in hexadecimal; two arrays of equal bytes have the same."""
    import numpy

    array = numpy.ascontiguousarray(array)
    if array.dtype.kind in "OUS":
        return format(zlib.crc32(repr(array.tolist()).encode()), "08x")
    return format(zlib.crc32(array.reshape(-1).view("uint8").data), "08x")


def flatten(value, path):
    """Yield (path, leaf) of nested lists, tuples and dictionaries, keys in sorted order."""
    if isinstance(value, dict):
        for key in sorted(value):
            for item in flatten(value[key], "%s[%r]" % (path, key)):
                yield item
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            for found in flatten(item, "%s[%d]" % (path, index)):
                yield found
    elif value is not None:
        yield path, value


def structure(value, path):
    """The nested structure of `value`, with the path of each leaf in its place."""
    if isinstance(value, dict):
        return {key: structure(value[key], "%s[%r]" % (path, key)) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [structure(item, "%s[%d]" % (path, index)) for index, item in enumerate(value)]
    return None if value is None else path


def fill(shape, arrays):
    """The nested structure `shape` with arrays in the place of their paths."""
    if isinstance(shape, dict):
        return {key: fill(value, arrays) for key, value in shape.items()}
    if isinstance(shape, list):
        return [fill(item, arrays) for item in shape]
    return None if shape is None else arrays[shape]


def store(file, name, array):
    """Write one array into the group `saveguard` of an open HDF5 file."""
    import h5py
    import numpy

    group = file.require_group(GROUP)
    if array.dtype.kind in "OUS":
        text = [item if isinstance(item, bytes) else str(item).encode() for item in array.flat]
        kind = h5py.special_dtype(vlen=bytes)
        dataset = group.create_dataset(name, data=numpy.array(text, dtype=object), dtype=kind)
        dataset.attrs["shape"] = array.shape
    elif array.dtype.name in ("bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4"):
        dataset = group.create_dataset(name, data=array.astype("float32"))
        dataset.attrs["dtype"] = array.dtype.name
    else:
        group.create_dataset(name, data=array)


def read(file):
    """All arrays of the group `saveguard`, by name; the receipt is not one of them."""
    import numpy

    arrays = {}
    for name, dataset in file[GROUP].items() if GROUP in file else ():
        if name == RECEIPT:
            continue
        array = dataset[()]
        if "shape" in dataset.attrs:
            text = [item.decode() if isinstance(item, bytes) else item for item in array]
            array = numpy.array(text, dtype=object).reshape(tuple(dataset.attrs["shape"]))
        arrays[name] = array
    return arrays


def key(path):
    """The name under which the array of `path` lies in the group (a name holds no slash)."""
    return path.replace("/", "|")
