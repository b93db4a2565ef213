"""Raw examples and model inputs as JSON: plain values as they are, arrays and images as text."""

from __future__ import annotations

import base64
import io
import zlib

from . import arrays

# Elements of an output that are kept whole; of a larger one, elements at equal steps are.
KEPT = 4096
# Bytes of one value when it is unpacked.
LARGEST = 64 << 20


class NotPlain(TypeError):
    """A value that JSON does not hold, and that is no array, tensor or image."""


def written(value):
    """The value as JSON holds it; `read` gives it back, tuples as lists and tensors as arrays.

    Raises:
        NotPlain: For an object of any other kind.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else {"is": "float", "value": repr(value)}
    if isinstance(value, bytes):
        return {"is": "bytes", "data": _packed(value)}
    if isinstance(value, (list, tuple)):
        return [written(part) for part in value]
    if isinstance(value, dict):
        return {"is": "dict", "items": [[written(k), written(value[k])] for k in value]}
    if _is_image(value):
        buffer = io.BytesIO()
        value.save(buffer, "png")
        return {"is": "image", "data": base64.b64encode(buffer.getvalue()).decode()}
    if hasattr(value, "__fspath__"):
        return str(value)
    if hasattr(value, "__array__") or hasattr(value, "row_splits"):
        return _written_array(arrays.to_array(value)[0])
    raise NotPlain(type(value).__name__)


def read(value):
    """What `written` was given."""
    if isinstance(value, list):
        return [read(part) for part in value]
    if not isinstance(value, dict):
        return value
    kind = value["is"]
    if kind == "float":
        return float(value["value"])
    if kind == "bytes":
        return _unpacked(value["data"])
    if kind == "dict":
        return {read(key): read(part) for key, part in value["items"]}
    if kind == "image":
        from PIL import Image

        image = Image.open(io.BytesIO(base64.b64decode(value["data"])))
        image.load()
        return image
    return _read_array(value)


def _text(item):
    """An element of an array of text as str; NumPy and frameworks have types of their own."""
    if isinstance(item, bytes):
        return item.decode("utf-8", "replace")
    return str(item) if isinstance(item, str) else item


def _is_image(value):
    return any(base.__module__ == "PIL.Image" for base in type(value).__mro__)


def _written_array(array):
    if array.dtype.kind in "OUS":
        items = [_text(item) for item in array.flat]
        if not all(item is None or isinstance(item, (bool, int, float, str)) for item in items):
            raise NotPlain("an array of %s" % type(items[0]).__name__)
        return {"is": "array", "dtype": "object", "shape": list(array.shape), "items": items}
    name = array.dtype.name
    if array.dtype.kind == "V" or array.dtype.hasobject:
        array = array.astype("float32")
    array = array.astype(array.dtype.newbyteorder("<"))
    return {
        "is": "array",
        "dtype": name,
        "shape": list(array.shape),
        "stored": array.dtype.name,
        "data": _packed(array.tobytes()),
    }


def _read_array(value):
    import numpy

    if "items" in value:
        array = numpy.empty(len(value["items"]), dtype=object)
        array[:] = value["items"]
    else:
        dtype = numpy.dtype(value["stored"]).newbyteorder("<")
        array = numpy.frombuffer(_unpacked(value["data"]), dtype).astype(value["stored"])
    return array if "step" in value else array.reshape(value["shape"])


def leaves(value, path="output"):
    """[(path, array)] of a model input: nested lists of numbers or text count as one array."""
    import numpy

    if isinstance(value, dict):
        found = [leaves(value[key], "%s[%r]" % (path, key)) for key in sorted(value)]
        return [leaf for part in found for leaf in part]
    if isinstance(value, (list, tuple)) and not _is_flat(value):
        found = [leaves(part, "%s[%d]" % (path, index)) for index, part in enumerate(value)]
        return [leaf for part in found for leaf in part]
    if isinstance(value, (list, tuple)):
        text = any(isinstance(part, (str, bytes)) for part in value)
        return [(path, numpy.array(value, dtype=object if text else None))]
    return [(path, arrays.to_array(value)[0])]


def _is_flat(value):
    return all(isinstance(part, (bool, int, float, str, bytes)) for part in value)


def sampled(array):
    """An output as JSON: whole, or its elements at equal steps with the `step`."""
    if array.size <= KEPT:
        return _written_array(array)
    step = -(-array.size // KEPT)
    step += step % 2 == 0  # an even step may meet one channel of an image only
    return {
        **_written_array(array.reshape(-1)[::step]),
        "shape": list(array.shape),
        "step": step,
    }


def _packed(data):
    return base64.b64encode(zlib.compress(data)).decode()


def _unpacked(text):
    """The bytes; a file that anyone may have written unpacks to no more than `LARGEST`."""
    reader = zlib.decompressobj()
    data = reader.decompress(base64.b64decode(text), LARGEST)
    if reader.unconsumed_tail:
        raise ValueError("a recorded example is larger than %d bytes" % LARGEST)
    return data
