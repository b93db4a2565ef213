"""Put one claim about saving Keras models to the test in the interpreter that runs this file.

Run as ``python probe.py CLAIM`` in an empty folder.  Every line of the answer starts with MARK
and holds one JSON record: either the name of a step that begins, or what came of it.  The lines
are written as they happen, so that whoever reads them still knows where a run stood that never
came back.

Two halves live here.  Each ``try_...`` function does what its claim speaks of and writes down
what happened; each ``judge_...`` function reads only those records and needs no framework, so
the driver can judge a run that was cut off.  The file runs on Python 3.6 and TensorFlow 1.15 as
well as on today's versions and needs nothing but TensorFlow and NumPy.
"""

import glob
import importlib.util
import inspect
import json
import os
import platform
import random
import re
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswer
from typing import Any, Callable, Dict, List, NamedTuple, Optional

MARK = "@@claim "
HOLDS, FAILS, PARTLY, NOT_RUN = "holds", "does not hold", "partly", "not run"
VERDICTS = (HOLDS, FAILS, PARTLY, NOT_RUN)
WORKS, RAISES, HANGS, NOTED = "works", "raises", "hangs", "noted"
TITLE = "Structure is a scalar but len(flat_sequence) == 0"
MESSAGE_LENGTH = 200
NAMED_ERROR = re.compile(r"^\w+Error: ")
SAME = 1e-6  # float32 outputs of size one that differ less are called equal
ASIDE_SECONDS = 30

Record = Dict[str, Any]
Observed = Dict[str, Record]


def first_line(message: str) -> str:
    """The first line that says something: Keras may put a traceback or a heading before it."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if lines and lines[0] == "in user code:":
        named = [number for number, line in enumerate(lines) if NAMED_ERROR.match(line)]
        lines = lines[named[0] :] if named else lines
        lines[0] = NAMED_ERROR.sub("", lines[0])
    if lines and lines[0].startswith("Exception encountered when calling"):
        return " ".join(lines[:2])
    return lines[0] if lines else "(no message)"


def short_message(error: BaseException) -> str:
    """The exception's type and the first line of its message, free of paths and addresses."""
    text = re.sub(r"\s+", " ", first_line(str(error)))
    text = re.sub(r"(?:/[\w.+-]+){2,}/([\w.+-]+)", r"…/\1", text)
    text = re.sub(r"0x[0-9a-fA-F]+", "0x…", text)
    if len(text) > MESSAGE_LENGTH:
        text = text[:MESSAGE_LENGTH].rstrip() + " …"
    return type(error).__name__ + ": " + text


def say_number(number: float) -> str:
    """A number as the page shows it; zero is told apart from merely small."""
    return "exactly 0" if number == 0 else "%.2g" % number


class Journal:
    """Writes the records of one run, one line each, the moment they are known."""

    def write(self, record: Record) -> None:
        print("\n" + MARK + json.dumps(record), flush=True)

    def note(self, step: str, value: Any, says: Optional[str] = None) -> None:
        """Record a fact: ``value`` for the judge, ``says`` for the page."""
        says = str(value) if says is None else says
        self.write({"step": step, "outcome": NOTED, "value": value, "says": says})

    def note_number(self, step: str, number: float) -> None:
        self.note(step, float(number), say_number(float(number)))

    def finish(self, step: str, error: Optional[BaseException]) -> None:
        if error is None:
            self.write({"step": step, "outcome": WORKS, "says": ""})
        else:
            self.write({"step": step, "outcome": RAISES, "says": short_message(error)})

    def step(self, name: str) -> "Step":
        return Step(self, name)

    def aside(self, step: str, action: Callable[[], Any]) -> None:
        """Do ``action`` so that the run goes on even if it never ends.

        TensorFlow 2.0 waits inside its runtime, where no signal reaches it; only another
        thread can be left behind.  Graph mode keeps its session per thread and must stay here.
        """
        if not framework().executing_eagerly():
            with self.step(step):
                action()
            return
        self.write({"begin": step})
        try:
            self.finish(step, ThreadPoolExecutor(1).submit(action).exception(ASIDE_SECONDS))
        except NoAnswer:
            says = "no answer within %d s, left behind" % ASIDE_SECONDS
            self.write({"step": step, "outcome": HANGS, "says": says})


class Step:
    """A block whose end, good or bad, goes into the journal; an exception stops only the block."""

    def __init__(self, journal: Journal, name: str) -> None:
        self.journal = journal
        self.name = name
        self.works = False

    def __enter__(self) -> "Step":
        self.journal.write({"begin": self.name})
        return self

    def __exit__(self, kind: Any, error: Optional[BaseException], trace: Any) -> bool:
        if error is not None and not isinstance(error, Exception):
            return False
        self.works = error is None
        self.journal.finish(self.name, error)
        return True


def framework() -> Any:
    """TensorFlow, imported late: the judges must work where it is not installed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    import tensorflow

    return tensorflow


def numeric() -> Any:
    import numpy

    return numpy


def layers() -> Any:
    return framework().keras.layers


def fix_seeds() -> None:
    """Make the numbers on the page come out again in the next run."""
    random.seed(1)
    numeric().random.seed(1)
    framework().compat.v1.set_random_seed(1)


def example_1() -> Any:
    return framework().keras.Sequential([layers().Dense(10, input_shape=(10,)), layers().Dense(1)])


def example_2() -> Any:
    return framework().keras.Sequential([layers().LSTM(10, input_shape=(10, 1)), layers().Dense(1)])


def example_3() -> Any:
    return framework().keras.Sequential(
        [
            layers().Masking(mask_value=0.0),
            layers().LSTM(10, return_sequences=False),
            layers().Dense(1),
        ]
    )


def masked_model(length: Optional[int]) -> Any:
    """Example 3 with its input shape given and with weights that are the same everywhere.

    Fresh biases are zero, and then an LSTM ignores zeros in front of a sequence even unmasked.
    """
    model = framework().keras.Sequential(
        [layers().Masking(0.0, input_shape=(length, 1)), layers().LSTM(10), layers().Dense(1)]
    )
    draw = numeric().random.RandomState(2).uniform
    model.set_weights([draw(-0.5, 0.5, w.shape).astype("float32") for w in model.get_weights()])
    return model


def without_shape() -> Any:
    return framework().keras.Sequential([layers().Dense(10), layers().Dense(1)])


def zero_rows() -> Any:
    return numeric().array([]).reshape(0, 10, 1)


def pad(sequences: List[Any], **options: Any) -> Any:
    prepare = framework().keras.preprocessing.sequence.pad_sequences
    return prepare(sequences, maxlen=10, value=0.0, **options)


def two_sequences() -> List[Any]:
    return [numeric().random.rand(5, 1), numeric().random.rand(10, 1)]


def load(path: str, **options: Any) -> Any:
    return framework().keras.models.load_model(path, **options)


def predict(model: Any, data: Any) -> Any:
    return numeric().asarray(model.predict(data))


def largest_change(before: Any, after: Any) -> float:
    """The largest absolute difference between two arrays or two equally long lists of them."""
    if not isinstance(before, list):
        before, after = [before], [after]
    if len(before) != len(after):
        return float("inf")
    return max([float(abs(a - b).max()) for a, b in zip(before, after)] or [0.0])


def outcome(observed: Observed, step: str) -> str:
    return observed[step]["outcome"]


def value(observed: Observed, step: str) -> Any:
    return observed[step]["value"]


def judge_raises(*steps: str) -> Callable[[Observed], str]:
    """A claim that holds when every step raises; a hang is neither a result nor an error."""

    def judge(observed: Observed) -> str:
        seen = {outcome(observed, step) for step in steps}
        return HOLDS if seen == {RAISES} else FAILS if seen == {WORKS} else PARTLY

    return judge


def judge_changes(step: str) -> Callable[[Observed], str]:
    """A claim that holds when the noted number is above zero."""

    def judge(observed: Observed) -> str:
        return HOLDS if value(observed, step) > 0 else FAILS

    return judge


def try_scalar_save(journal: Journal) -> None:
    model = example_1()
    journal.note("parameters of save", ", ".join(inspect.signature(model.save).parameters))
    with journal.step("save to .h5"):
        model.save("incorrect_scalar.h5")


def feed_scalars(journal: Journal, model: Any) -> None:
    with journal.step("predict(3.0)"):
        model.predict(3.0)
    with journal.step("predict(0-d array)"):
        model.predict(numeric().array(3.0))


def try_scalar_predict(journal: Journal) -> None:
    feed_scalars(journal, example_1())


def try_scalar_then_save(journal: Journal) -> None:
    model = example_1()
    feed_scalars(journal, model)
    with journal.step("save to .h5"):
        model.save("after_scalar.h5")


def try_scalar_training(journal: Journal) -> None:
    model = example_1()
    model.compile("sgd", "mse")
    before = model.get_weights()
    with journal.step("fit(3.0, 1.0)"):
        model.fit(3.0, 1.0, verbose=0)
    with journal.step("fit(0-d arrays)"):
        model.fit(numeric().array(3.0), numeric().array(1.0), verbose=0)
    journal.note_number("largest change of a weight", largest_change(before, model.get_weights()))


def try_predict_initialises(journal: Journal) -> None:
    model = example_1()
    before = model.get_weights()
    journal.note("weight arrays before predict", len(before))
    model.save("never_called.h5")
    data = numeric().arange(1.0, 11.0).reshape(1, 10)
    expected = predict(model, data)
    journal.note_number("change by predict", largest_change(before, model.get_weights()))
    reloaded = predict(load("never_called.h5"), data)
    journal.note_number(
        "outputs of a file saved before any predict, difference", largest_change(expected, reloaded)
    )


def judge_predict_initialises(observed: Observed) -> str:
    if not value(observed, "weight arrays before predict"):
        return HOLDS
    changed = value(observed, "change by predict")
    differs = value(observed, "outputs of a file saved before any predict, difference")
    return PARTLY if changed or differs > SAME else FAILS


def kind_of_file(path: str) -> str:
    if os.path.isdir(path):
        return "a folder"
    with open(path, "rb") as stream:
        start = stream.read(4)
    return {b"\x89HDF": "an HDF5 file", b"PK\x03\x04": "a zip file"}.get(start, "something else")


def save_unbuilt(path: str) -> Callable[[Journal], None]:
    def attempt(journal: Journal) -> None:
        model = without_shape()
        step = journal.step("save")
        with step:
            model.save(path)
        if not step.works:
            return
        journal.note("written", kind_of_file(path))
        with journal.step("load and ask for the weights"):
            count = len(load(path).get_weights())
            journal.note("weight arrays after loading", count)

    return attempt


def judge_unbuilt(observed: Observed) -> str:
    if outcome(observed, "save") == RAISES:
        return HOLDS
    return FAILS if observed.get("weight arrays after loading", {}).get("value") else PARTLY


def try_empty_predict(journal: Journal) -> None:
    model = example_2()
    with journal.step("predict(zero rows)"):
        journal.note("shape returned", list(predict(model, zero_rows()).shape))
    model = example_2()
    model.compile("sgd", "mse")
    with journal.step("predict(zero rows), compiled"):
        journal.note("shape returned, compiled", list(predict(model, zero_rows()).shape))


def try_empty_then_save(journal: Journal) -> None:
    model = example_2()
    journal.aside("predict(zero rows)", lambda: model.predict(zero_rows()))
    with journal.step("save to .h5"):
        model.save("incorrect_empty_sequence.h5")
    data = numeric().random.rand(3, 10, 1)
    difference = largest_change(
        predict(model, data), predict(load("incorrect_empty_sequence.h5"), data)
    )
    journal.note_number("outputs of the loaded model, difference", difference)


def try_empty_weights(journal: Journal) -> None:
    model = example_2()
    before = model.get_weights()
    journal.note("weight arrays before predict", len(before))
    journal.aside("predict(zero rows)", lambda: model.predict(zero_rows()))
    journal.note_number("change by predict", largest_change(before, model.get_weights()))
    unshaped = framework().keras.Sequential([layers().LSTM(10), layers().Dense(1)])
    journal.aside("without input_shape: predict(zero rows)", lambda: unshaped.predict(zero_rows()))
    count = 0
    with journal.step("without input_shape: ask for the weights"):
        count = len(unshaped.get_weights())
    journal.note("without input_shape: weight arrays", count)


def judge_empty_weights(observed: Observed) -> str:
    if not value(observed, "weight arrays before predict"):
        return HOLDS
    if value(observed, "change by predict") > 0:
        return HOLDS
    return FAILS if value(observed, "without input_shape: weight arrays") else PARTLY


def try_empty_training(journal: Journal) -> None:
    model = example_2()
    model.compile("sgd", "mse")
    before = model.get_weights()
    targets = numeric().zeros((0, 1))
    journal.aside("fit(zero rows)", lambda: model.fit(zero_rows(), targets, verbose=0))
    journal.note_number("largest change of a weight", largest_change(before, model.get_weights()))


def try_example_3(journal: Journal) -> None:
    model = example_3()
    with journal.step("fit without compile"):
        padded = pad(two_sequences(), padding="post")
        model.fit(padded, numeric().array([1, 2]), verbose=0)
    with journal.step("save to .h5 all the same"):
        model.save("variable_length.h5")


def judge_example_3(observed: Observed) -> str:
    steps = ("fit without compile", "save to .h5 all the same")
    return HOLDS if {outcome(observed, step) for step in steps} == {WORKS} else FAILS


def try_padding(journal: Journal) -> None:
    sequences = two_sequences()
    journal.note("values other than zero before", sum(int((s != 0).sum()) for s in sequences))
    for name, options in (("no dtype", {}), ("dtype='float32'", {"dtype": "float32"})):
        padded = pad(sequences, padding="post", **options)
        journal.note(name + ": type", str(padded.dtype))
        journal.note(name + ": values other than zero", int((padded != 0).sum()))


def judge_padding(observed: Observed) -> str:
    before = value(observed, "values other than zero before")
    after = value(observed, "no dtype: values other than zero")
    return HOLDS if after == before else PARTLY if after else FAILS


def train_padded(**options: Any) -> Callable[[Journal], None]:
    """Example 3 with compile added, as it stands and with a known input shape.

    The optimizer is plain SGD, so that a weight moves only if its gradient is not zero.
    """

    def attempt(journal: Journal) -> None:
        padded, targets = pad(two_sequences(), padding="post", **options), [[1.0], [2.0]]
        journal.note("type of the padded array", str(padded.dtype))
        model = example_3()
        model.compile(framework().keras.optimizers.SGD(0.1), "mse")
        with journal.step("fit"):
            model.fit(padded, numeric().array(targets), verbose=0)
        model = masked_model(10)
        model.compile(framework().keras.optimizers.SGD(0.1), "mse")
        before = model.get_weights()
        with journal.step("with input_shape=(10, 1): fit, 3 epochs"):
            history = model.fit(padded, numeric().array(targets), epochs=3, verbose=0)
            losses = history.history["loss"]
            journal.note("loss, first and last", losses, "%.3g, %.3g" % (losses[0], losses[-1]))
        names = ("LSTM kernel", "LSTM recurrent kernel", "LSTM bias", "Dense kernel", "Dense bias")
        for name, old, new in zip(names, before, model.get_weights()):
            journal.note_number("change of " + name, largest_change(old, new))

    return attempt


def judge_training(observed: Observed) -> str:
    learns = value(observed, "change of LSTM kernel") > 0
    return FAILS if not learns else HOLDS if outcome(observed, "fit") == WORKS else PARTLY


def masked_difference(padding: str) -> Callable[[Journal], None]:
    def attempt(journal: Journal) -> None:
        model = masked_model(None)
        plain = framework().keras.Sequential(
            [layers().LSTM(10, input_shape=(None, 1)), layers().Dense(1)]
        )
        plain.set_weights(model.get_weights())
        sequence = (numeric().random.rand(5, 1) + 0.1).astype("float32")
        padded = pad([sequence], padding=padding, dtype="float32")
        alone = predict(model, sequence[None])
        journal.note_number("difference", largest_change(alone, predict(model, padded)))
        journal.note_number(
            "difference without Masking",
            largest_change(predict(plain, sequence[None]), predict(plain, padded)),
        )
        with_zero = sequence.copy()
        with_zero[2] = 0.0
        change = largest_change(predict(model, with_zero[None]), predict(plain, with_zero[None]))
        journal.note_number("a measured zero inside: difference made by Masking", change)

    return attempt


def judge_masking(observed: Observed) -> str:
    return HOLDS if value(observed, "difference") <= SAME else FAILS


def try_masked_empty(journal: Journal) -> None:
    model = masked_model(None)
    with journal.step("pad an empty and a full sequence, predict"):
        sequences = [numeric().zeros((0, 1)), numeric().random.rand(10, 1)]
        result = predict(model, pad(sequences, padding="post", dtype="float32"))
        journal.note_number("output for the empty one", result[0, 0])


def judge_masked_empty(observed: Observed) -> str:
    if outcome(observed, "pad an empty and a full sequence, predict") != WORKS:
        return FAILS
    number = value(observed, "output for the empty one")
    return HOLDS if number == number else FAILS  # NaN is the one number unequal to itself


def try_reload(journal: Journal) -> None:
    model = example_3()
    model.compile("adam", "mse")
    padded = pad(two_sequences(), padding="post", dtype="float32")
    model.fit(padded, numeric().array([1.0, 2.0]), verbose=0)
    expected = predict(model, padded)
    with journal.step("save to .h5"):
        model.save("variable_length.h5")
    for name, options in (("load", {}), ("load with compile=False", {"compile": False})):
        with journal.step(name):
            outputs = predict(load("variable_length.h5", **options), padded)
            journal.note_number(name + ": difference", largest_change(expected, outputs))


def judge_reload(observed: Observed) -> str:
    def same(name: str) -> bool:
        record = observed.get(name + ": difference")
        return record is not None and record["value"] <= SAME

    return HOLDS if same("load") else PARTLY if same("load with compile=False") else FAILS


def constant_output() -> Any:
    inputs = layers().Input((3,))
    outputs = layers().Dense(1, kernel_initializer="ones")(framework().constant([[1.0]]))
    return framework().keras.Model(inputs, outputs)


def no_output() -> Any:
    return framework().keras.Model(layers().Input((3,)), [])


def unused_input() -> Any:
    used, unused = layers().Input((3,)), layers().Input((3,))
    return framework().keras.Model([used, unused], layers().Dense(1)(used))


def try_title_unreachable(journal: Journal) -> None:
    row = numeric().ones((1, 3), "float32")
    for name, build, data in (
        ("output from a constant", constant_output, row),
        ("no output", no_output, None),
        ("one of two Inputs unused", unused_input, [row, row]),
    ):
        model = None
        with journal.step(name + ": build"):
            model = build()
        if model is None:
            continue
        if data is not None:
            with journal.step(name + ": predict"):
                model.predict(data)
        save = journal.step(name + ": save")
        with save:
            model.save("unreachable.h5")
        if save.works:
            with journal.step(name + ": load"):
                load("unreachable.h5")


def rename(layer: Any, name: str) -> None:
    """The usual recipe; Keras 3 keeps the name elsewhere and lets it be set."""
    layer._name = name
    if layer.name != name:
        layer.name = name


def try_title_renamed(journal: Journal) -> None:
    for position, name in ((0, "input layer"), (1, "hidden layer"), (2, "output layer")):
        inputs = layers().Input((3,))
        model = framework().keras.Model(inputs, layers().Dense(1)(layers().Dense(2)(inputs)))
        with journal.step(name + ": rename"):
            rename(model.layers[position], "another_name")
        with journal.step(name + ": predict"):
            model.predict(numeric().ones((1, 3), "float32"))
        with journal.step(name + ": save"):
            model.save("renamed.h5")


def try_title_zero_batches(journal: Journal) -> None:
    model = example_2()
    rows = numeric().zeros((0, 10, 1), "float32")
    with journal.step("predict(empty tf.data)"):
        model.predict(framework().data.Dataset.from_tensor_slices(rows).batch(2))
    with journal.step("predict(zero rows)"):
        model.predict(rows)
    model = example_2()
    model.compile("sgd", "mse")
    with journal.step("predict(zero rows), compiled"):
        model.predict(rows)


def judge_title(observed: Observed) -> str:
    """Holds if the very words were printed, partly if predict, save or load failed otherwise.

    A model that cannot even be built is no case of the message.
    """
    acts = [record for step, record in observed.items() if not step.endswith(": build")]
    troubled = [record for record in acts if record["outcome"] in (RAISES, HANGS)]
    if any(TITLE in record["says"] for record in troubled):
        return HOLDS
    return PARTLY if troubled else FAILS


def try_theano(journal: Journal) -> None:
    os.environ["KERAS_BACKEND"] = "theano"  # read once, when Keras is first imported
    with journal.step("import with KERAS_BACKEND=theano"):
        journal.note("backend in use", framework().keras.backend.backend())
    folder = os.path.join(os.path.dirname(sys.modules["numpy"].__file__), os.pardir)
    found: List[str] = []
    for package in ("keras", os.path.join("tensorflow*", "python", "keras")):
        found += glob.glob(os.path.join(folder, package, "**", "*theano*"), recursive=True)
    journal.note("files named after Theano in the package", len(found))


def judge_theano(observed: Observed) -> str:
    return HOLDS if observed.get("backend in use", {}).get("value") == "theano" else FAILS


def stored_bytes(path: str) -> bytes:
    """Everything in a saved file or folder, with the members of a zip unpacked."""
    names = [path]
    if os.path.isdir(path):
        names = glob.glob(os.path.join(path, "**", "*"), recursive=True)
    content = b""
    for name in names:
        if zipfile.is_zipfile(name):
            with zipfile.ZipFile(name) as archive:
                content += b"".join(archive.read(member) for member in archive.namelist())
        elif os.path.isfile(name):
            with open(name, "rb") as stream:
                content += stream.read()
    return content


def try_data_stored(journal: Journal) -> None:
    numpy = numeric()
    model = example_1()
    model.compile("sgd", "mse")
    data = numpy.random.rand(4, 10).astype("float32")
    model.fit(data, data[:, :1], verbose=0)
    model.predict(data)
    forms = [data[0].tobytes(), data[0].astype("float64").tobytes()]
    bias = model.layers[0].get_weights()[1].astype("float32").tobytes()
    for path in ("data.h5", "data.keras", "data_folder"):
        step = journal.step("save to " + path)
        with step:
            model.save(path)
        if step.works:
            content = stored_bytes(path)
            journal.note(path + ": a row of the data found", any(f in content for f in forms))
            journal.note(path + ": a weight found, as a check", bias in content)


def judge_data_stored(observed: Observed) -> str:
    """Only files in which the search finds a weight can show that the data is absent."""
    usable = [n[: n.index(":")] for n, r in observed.items() if "as a check" in n and r["value"]]
    if not usable:
        return NOT_RUN
    found = [value(observed, path + ": a row of the data found") for path in usable]
    return HOLDS if all(found) else PARTLY if any(found) else FAILS


def try_dense_rank(journal: Journal) -> None:
    model = framework().keras.Sequential([layers().Dense(2, input_shape=(5, 10))])
    with journal.step("predict(3-d array)"):
        journal.note("shape returned", list(predict(model, numeric().ones((2, 5, 10))).shape))


class Claim(NamedTuple):
    """A claim in neutral words, how to try it, and how to judge what was seen."""

    name: str
    text: str
    attempt: Callable[[Journal], None]
    judge: Callable[[Observed], str]


CLAIMS = (
    Claim(
        "scalar-save",
        "Example 1: saving the built Dense model raises (nothing is fed to it before)",
        try_scalar_save,
        judge_raises("save to .h5"),
    ),
    Claim(
        "scalar-predict",
        "A scalar or a 0-d array is refused as input",
        try_scalar_predict,
        judge_raises("predict(3.0)", "predict(0-d array)"),
    ),
    Claim(
        "scalar-then-save",
        "After a scalar was fed, saving fails",
        try_scalar_then_save,
        judge_raises("save to .h5"),
    ),
    Claim(
        "scalar-training",
        "Training on scalars changes the weights",
        try_scalar_training,
        judge_changes("largest change of a weight"),
    ),
    Claim(
        "dense-rank",
        "A Dense layer takes only arrays of two dimensions",
        try_dense_rank,
        judge_raises("predict(3-d array)"),
    ),
    Claim(
        "predict-initialises",
        "With input_shape given, predict is needed before saving to create the weights",
        try_predict_initialises,
        judge_predict_initialises,
    ),
    Claim(
        "unbuilt-h5",
        "A model without input_shape, never called, cannot be saved to .h5",
        save_unbuilt("unbuilt.h5"),
        judge_unbuilt,
    ),
    Claim(
        "unbuilt-keras",
        "A model without input_shape, never called, cannot be saved to .keras",
        save_unbuilt("unbuilt.keras"),
        judge_unbuilt,
    ),
    Claim(
        "empty-predict",
        "Example 2: predict on zero rows raises",
        try_empty_predict,
        judge_raises("predict(zero rows)", "predict(zero rows), compiled"),
    ),
    Claim(
        "empty-then-save",
        "After predict on zero rows, saving fails",
        try_empty_then_save,
        judge_raises("save to .h5"),
    ),
    Claim(
        "empty-weights",
        "Predict on zero rows keeps the weights from being created",
        try_empty_weights,
        judge_empty_weights,
    ),
    Claim(
        "empty-training",
        "Training on zero rows changes the weights",
        try_empty_training,
        judge_changes("largest change of a weight"),
    ),
    Claim(
        "example-3",
        "Example 3 runs as written (fit without compile, then save)",
        try_example_3,
        judge_example_3,
    ),
    Claim(
        "padding",
        "pad_sequences as in example 3 (no dtype) keeps the values of float sequences",
        try_padding,
        judge_padding,
    ),
    Claim(
        "train-padded",
        "With compile added, the LSTM of example 3 learns from the padded sequences",
        train_padded(),
        judge_training,
    ),
    Claim(
        "train-padded-float32",
        "The same with dtype='float32' given to pad_sequences",
        train_padded(dtype="float32"),
        judge_training,
    ),
    Claim(
        "masking-post",
        "With Masking, padding behind a sequence leaves the output as it was",
        masked_difference("post"),
        judge_masking,
    ),
    Claim(
        "masking-pre",
        "With Masking, padding in front of a sequence leaves the output as it was",
        masked_difference("pre"),
        judge_masking,
    ),
    Claim(
        "masking-empty",
        "An empty sequence, padded and masked, passes without an error",
        try_masked_empty,
        judge_masked_empty,
    ),
    Claim(
        "example-3-reload",
        "Example 3 (compiled with 'adam' and 'mse', float32) comes back from .h5 with its outputs",
        try_reload,
        judge_reload,
    ),
    Claim(
        "title-unreachable-input",
        "The title's message appears for an Input that reaches no output",
        try_title_unreachable,
        judge_title,
    ),
    Claim(
        "title-renamed-layer",
        "The title's message appears for a layer renamed after the model was built",
        try_title_renamed,
        judge_title,
    ),
    Claim(
        "title-zero-batches",
        "The title's message appears for predict on zero batches",
        try_title_zero_batches,
        judge_title,
    ),
    Claim(
        "theano",
        "Theano is a backend that Keras can run on",
        try_theano,
        judge_theano,
    ),
    Claim(
        "data-stored",
        "Saving serialises the input data (a row of it is in the file)",
        try_data_stored,
        judge_data_stored,
    ),
)


def judge(name: str, observed: Observed) -> str:
    """The verdict on a claim; a run that ended before the decisive step has none."""
    claim = next(claim for claim in CLAIMS if claim.name == name)
    try:
        return claim.judge(observed)
    except KeyError:
        return NOT_RUN


def versions() -> Dict[str, str]:
    """What is installed here, as the page names it; up to 2.5, Keras is a part of TensorFlow."""
    tensorflow = framework()
    separate = importlib.util.find_spec("keras") is not None
    keras = importlib.import_module("keras") if separate else tensorflow.keras
    return {
        "Python": platform.python_version(),
        "TensorFlow": tensorflow.__version__,
        "Keras": keras.__version__,
        "NumPy": numeric().__version__,
    }


def main(name: str) -> None:
    journal = Journal()
    if name == "versions":
        journal.note("versions", versions())
    else:
        claim = next(claim for claim in CLAIMS if claim.name == name)
        if name != "theano":  # that claim must set the backend before the first import
            fix_seeds()
        claim.attempt(journal)
    sys.stdout.flush()
    os._exit(0)  # a call left behind in another thread would keep the interpreter alive


if __name__ == "__main__":
    main(sys.argv[1])
