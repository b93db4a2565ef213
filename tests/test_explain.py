"""A traceback, as text: what is read of it, and what the rules make of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saveguard.diagnosis.clean import decoded
from saveguard.diagnosis.parse import traces
from saveguard.diagnosis.report import explain, explained
from saveguard.rules.signatures import table

RECORDED = Path(__file__).parent / "recorded"
TOOL = Path(__file__).parent.parent / "tools" / "signatures.py"
SAMPLES = sorted(RECORDED.glob("*/*.txt"))
# What TensorFlow tells of where an operation was made is read as frames, escapes as what they mean.
TOLD_INSIDE = re.compile(
    r"in user code|Detected at node|defined at|in converted code|Traceback \(most recent|\\n"
)
LAST_LINE = "ValueError: Structure is a scalar but len(flat_sequence) == 0 > 1"


@pytest.mark.parametrize("code", sorted({path.parent.name for path in SAMPLES}))
def test_types_and_messages_are_read_as_they_were_raised(code: str) -> None:
    for path in sorted((RECORDED / code).glob("*.txt")):
        facts = json.loads(path.with_suffix(".json").read_text())
        trace, *_ = traces(path.read_text())
        assert trace.last.type.removeprefix("MultilineMessage") == facts["type"], path.name
        if not TOLD_INSIDE.search(facts["message"]):
            message = " ".join(re.sub(r"\x1b\[\d*m", "", facts["message"]).split())
            assert " ".join(trace.last.message.split()).startswith(message), path.name


def test_a_chain_is_read_from_its_first_cause() -> None:
    (trace,) = traces((RECORDED / "SG201" / "keras-3.15.1-tensorflow-1.txt").read_text())
    assert [one.type for one in trace.raised] == ["TypeError", "TypeError"]
    assert [one.link for one in trace.raised] == ["", "context"]
    assert (trace.keras, trace.eras) == ("frame", ("keras3",))
    assert "load" in trace.stages


def test_a_notebook_s_form_is_read() -> None:
    text = """
---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
Cell In[3], line 2
      1 x = np.ones((0, 4))
----> 2 model.predict(x)

File ~/env/lib/python3.10/site-packages/keras/utils/traceback_utils.py:70, in error_handler(*a)
     67     filtered_tb = _process_traceback_frames(e.__traceback__)
---> 70     raise e.with_traceback(filtered_tb) from None

ValueError: Unexpected result of `predict_function` (Empty batch_outputs).
"""
    (trace,) = traces(text)
    assert [frame.function for frame in trace.frames] == ["", "error_handler"]
    assert trace.frames[0].source == "model.predict(x)"
    assert trace.stages == ("predict",)
    assert explain(text).codes == ("SG602",)


def test_the_last_line_alone_is_less_sure() -> None:
    (first, *_) = explain(LAST_LINE).findings
    assert first.code == "SG602"
    assert first.certainty != "certain"


def test_unknown_is_an_answer_and_can_be_shown_to_others() -> None:
    told = explained(
        'Traceback (most recent call last):\n  File "/Users/ann/train.py", line 3, in <module>\n'
        '    model.fit(x, token="abc123")\n'
        '  File "/Users/ann/env/lib/python3.11/site-packages/keras/src/trainers/trainer.py",'
        " line 9, in fit\n    raise ValueError(x)\n"
        "ValueError: odd thing at /Users/ann/secret.csv of 10.0.0.7, layer 'enc_1'\n"
    )
    assert told.report.findings == ()
    assert "no rule knows this error" in told.report.not_read[0]
    assert "Keras 3" in told.report.read[0] and "fit" in told.report.read[0]
    assert "enc_1" in told.report.read[0]
    assert not any(secret in told.issue for secret in ("ann", "secret", "10.0.0.7", "abc123"))
    assert "keras/src/trainers/trainer.py:9 in fit" in told.issue


@given(st.binary(max_size=2000))
@settings(max_examples=150)
def test_any_bytes_are_no_error(raw: bytes) -> None:
    explain(decoded(raw))


@given(st.sampled_from(SAMPLES), st.data())
@settings(max_examples=60)
def test_a_damaged_traceback_is_no_error(path: Path, data: st.DataObject) -> None:
    text = path.read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    noise = data.draw(st.text(max_size=30))
    explain(text[:start] + noise + text[end:])


@pytest.mark.parametrize(
    "unit",
    [
        "x" * 79 + "\n",
        "Traceback (most recent call last):\n",
        'File "',
        "a" * 1000,
        " ",
        "ValueError: ",
    ],
)
def test_ten_megabytes_come_to_an_end(unit: str) -> None:
    text = unit * (10_000_000 // len(unit))
    start = time.process_time()
    explain(text)
    assert time.process_time() - start < 10.0  # it takes a part of a second; this is a hang


def test_the_table_of_signatures_is_that_of_the_rules() -> None:
    done = subprocess.run([sys.executable, str(TOOL), "--check"], check=False)
    assert done.returncode == 0, "run `make rules`"


def test_every_signature_is_found_by_its_words() -> None:
    for code, entry in table().items():
        for needed, signature in zip(entry.words, entry.signatures, strict=True):
            for path in sorted((RECORDED / code).glob("*.json")):
                message = json.loads(path.read_text())["message"]
                found = re.search(signature.pattern, message)
                lowered = " ".join(found[0].split()).lower() if found else ""
                assert not found or not needed or any(word in lowered for word in needed)


def test_every_signature_s_text_can_be_filled() -> None:
    for code, entry in table().items():
        for signature in entry.signatures:
            names = dict.fromkeys(re.compile(signature.pattern).groupindex, "x") | {"where": "m"}
            for text in (signature.message, signature.why, signature.fix):
                assert text.format_map(names), code


def test_explaining_a_traceback_loads_nothing_heavy() -> None:
    code = (
        "from saveguard.cli.main import main; import sys\n"
        f"main(['explain', {str(SAMPLES[0])!r}], standalone_mode=False)\n"
        "print([n for n in ('numpy', 'h5py', 'keras', 'tensorflow', 'jax') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
