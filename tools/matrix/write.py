"""Write every architecture in every format that this interpreter's framework has.

    python write.py FOLDER [--formats h5,keras,savedmodel] [--only PART]

The interpreter has a TensorFlow from 1.15 on, or Keras 3 with TensorFlow behind it; Python may be
as old as 3.6. Beside each file lie the inputs it was called on and what it answered, and
`records-FORMATS.json` tells of each architecture and format whether it was written and, where it
was not, what the framework said.
"""

import argparse
import json
import os
import shutil
import sys
import traceback
import warnings

warnings.simplefilter("ignore")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np  # noqa: E402
from models import ARCHITECTURES  # noqa: E402
from models.kit import KERAS_3, NAMED, TENSORFLOW, keras, tf  # noqa: E402

VERSION = getattr(keras, "__version__", None) or tf.__version__

SUFFIX = {"h5": ".h5", "keras": ".keras", "savedmodel": ""}
WHOLE = {"int32", "int64", "uint8"}


def complaint(error):
    """An exception in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "{}: {}".format(type(error).__name__, " ".join(lines)[:400])


def extent(length, position):
    """A length for each axis: two samples, and five of whatever is not fixed."""
    if length is not None and not isinstance(length, int):
        length = length.value  # a Dimension of TensorFlow 1
    return length or (2 if position == 0 else 12)


def sample(tensor, seed):
    """Values for one declared input."""
    shape = [extent(length, position) for position, length in enumerate(tensor.shape)]
    draw = np.random.RandomState(seed)
    name = getattr(tensor.dtype, "name", tensor.dtype)
    if name in WHOLE:
        return draw.randint(0, 5, shape).astype(name)
    return draw.uniform(-1, 1, shape).astype(name)


def shake(model):
    """Set each number to one of its own, so that no weight's value is a default."""
    if any(hasattr(layer, "adapt") for layer in model.layers):
        return
    draw = np.random.RandomState(1)
    model.set_weights(
        [
            draw.uniform(0.05, 0.6, value.shape).astype(value.dtype)
            if value.dtype.kind == "f"
            else value
            for value in model.get_weights()
        ]
    )


def build(make):
    """A model with the inputs to call it on, or None where it is never called."""
    keras.backend.clear_session()
    np.random.seed(0)
    made = make()
    if isinstance(made, tuple):
        return made
    return made, [sample(tensor, seed) for seed, tensor in enumerate(made.inputs)]


def named(values):
    """Nested arrays under names that an .npz can hold."""
    if isinstance(values, dict):
        return {str(key): np.asarray(values[key]) for key in values}
    values = values if isinstance(values, (list, tuple)) else [values]
    return {str(index): np.asarray(value) for index, value in enumerate(values)}


def answer(model, inputs, path):
    """Call the model, and write down its inputs and outputs."""
    if inputs is None:
        return
    given = inputs if isinstance(inputs, dict) or len(inputs) > 1 else inputs[0]
    if getattr(given, "dtype", np.dtype("float32")).kind == "O" and TENSORFLOW >= (2, 0):
        given = tf.constant(given.astype(str))  # Keras 3 takes no arrays of text
    arrays = {"in:" + key: value for key, value in named(inputs).items()}
    if TENSORFLOW >= (2, 0):
        model.run_eagerly = True  # one call is not worth a compilation
    found = named(model.predict(given))
    arrays.update(("out:" + key, value) for key, value in found.items())
    text = {key: value.astype(str) for key, value in arrays.items() if value.dtype.kind == "O"}
    arrays.update(text)
    np.savez(path, **arrays)
    if TENSORFLOW >= (2, 0):
        model.run_eagerly = False


def save(model, path, kind):
    """Save in one format; `.keras` is whatever this version writes under that name."""
    if kind == "savedmodel":
        if KERAS_3 or NAMED == "keras":
            raise ValueError("Keras by itself saves no model as a SavedModel")
        model.save(path, save_format="tf")
    elif kind == "h5" and not KERAS_3 and NAMED != "keras":
        model.save(path, save_format="h5")
    else:
        model.save(path)


def write(name, make, folder, kinds):
    """Build one architecture and save it in each format: one record a format."""
    records = []
    try:
        model, inputs = build(make)
        if inputs is not None:
            shake(model)
            answer(model, inputs, os.path.join(folder, name + ".npz"))
    except Exception as error:  # noqa: BLE001  what this version cannot build is recorded
        if "--trace" in sys.argv:
            traceback.print_exc()
        return [{"architecture": name, "format": "", "error": complaint(error)}]
    for kind in kinds:
        record = {
            "architecture": name,
            "format": kind,
            "file": name + (SUFFIX[kind] or ".savedmodel"),
        }
        path = os.path.join(folder, record["file"])
        try:
            save(model, path, kind)
        except Exception as error:  # noqa: BLE001  what this version cannot save is recorded
            record["error"] = complaint(error)
            if os.path.isdir(path):
                shutil.rmtree(path)
            elif os.path.exists(path):
                os.remove(path)
        records.append(record)
    return records


def main():
    """Write what was asked for, and the records as they come."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--formats", default="h5,keras")
    parser.add_argument("--only", default="", help="part of an architecture's name")
    parser.add_argument("--rooms", default="", help="modules of architectures, with commas")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th architecture")
    parser.add_argument("--trace", action="store_true", help="tell where building failed")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    path = os.path.join(options.folder, "records-" + options.formats.replace(",", "-") + ".json")
    records = []
    for name, make in sorted(ARCHITECTURES.items())[:: options.every]:
        room = make.__module__.split(".")[-1]
        if options.only in name and room in (options.rooms or room).split(","):
            records += write(name, make, options.folder, options.formats.split(","))
            with open(path, "w") as target:  # as they come: a run may be cut short
                json.dump({"version": VERSION, "records": records}, target, indent=1)
    failed = sum("error" in record for record in records)
    print(f"{VERSION}: {len(records)} records, {failed} not written")


if __name__ == "__main__":
    main()
