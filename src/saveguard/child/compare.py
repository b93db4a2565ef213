"""Compare the outputs of a reloaded model with the golden ones, within a tolerance per dtype."""

from __future__ import annotations

# Relative tolerances of sums in one precision, between two runs of the same program on one kind
# of machine. Whole numbers, booleans and text must be equal.
TOLERANCES = {"float64": 1e-9, "float32": 1e-5, "float16": 5e-3, "bfloat16": 4e-2}
# Another framework, another release of it, or another device adds in another order, and on
# recent GPUs multiplies float32 with ten bits of mantissa.
ELSEWHERE = {"float64": 1e-6, "float32": 1e-3, "float16": 2e-2, "bfloat16": 8e-2}
ACCELERATOR = {"float64": 1e-6, "float32": 2e-2, "float16": 5e-2, "bfloat16": 8e-2}


def tolerance_of(dtype, asked, elsewhere, accelerator):
    """The relative tolerance for outputs of `dtype`; what the caller asked for goes first."""
    if asked is not None:
        return asked
    table = ACCELERATOR if accelerator else ELSEWHERE if elsewhere else TOLERANCES
    return table.get(dtype, 0.0)


def difference(path, expected, got, kinds, relative):
    """None where `got` agrees with `expected`, else what differs, as a dictionary.

    The allowed difference of an element is `relative` times the larger of its own magnitude and
    a tenth of the largest magnitude in the output: sums that cancel lose their relative digits.
    """
    import numpy

    before, after = kinds
    if before != after or expected.shape != got.shape:
        return {
            "path": path,
            "expected": "%s %s" % (before, list(expected.shape)),
            "got": "%s %s" % (after, list(got.shape)),
        }
    if expected.dtype.kind in "OUSb" or got.dtype.kind in "OUSb":
        expected, got = _text(expected), _text(got)
        wrong = numpy.asarray(expected != got)
        return _first(path, expected, got, wrong) if wrong.any() else None
    expected, got = _wide(expected), _wide(got)
    gap, allowed = _gaps(expected, got, relative)
    if not (gap > allowed).any():
        return None
    index = numpy.unravel_index(int(numpy.argmax(gap - allowed)), gap.shape)
    return {
        "path": path,
        "expected": "%.7g" % expected[index],
        "got": "%.7g" % got[index],
        "largest": float(gap[index]) if numpy.isfinite(gap[index]) else None,
        "tolerance": float(allowed[index]),
        "index": [int(part) for part in index],
    }


def _gaps(expected, got, relative):
    """Of each element how far it is off, and how far it may be."""
    import numpy

    same = (expected == got) | (numpy.isnan(expected) & numpy.isnan(got))
    finite = numpy.abs(expected[numpy.isfinite(expected)])
    scale = numpy.maximum(numpy.abs(expected), 0.1 * (finite.max() if finite.size else 0.0))
    with numpy.errstate(invalid="ignore"):
        gap = numpy.where(same, 0.0, numpy.abs(expected - got))
        allowed = relative * numpy.where(numpy.isfinite(scale), scale, 0.0)
    return numpy.where(numpy.isnan(gap), numpy.inf, gap), allowed


def scalar_differs(before, after, relative):
    """True where two losses or metrics differ by more than the tolerance."""
    if before != before or after != after:
        return (before != before) != (after != after)
    return abs(before - after) > relative * max(abs(before), abs(after), 1e-6)


def _wide(array):
    return array.astype("complex128" if array.dtype.kind == "c" else "float64")


def _text(array):
    """Text as str throughout: frameworks give bytes, and a golden is read as str."""
    if array.dtype.kind not in "OS":
        return array
    items = [
        item.decode("utf-8", "replace") if isinstance(item, bytes) else item for item in array.flat
    ]
    same = array.copy().astype(object)
    same.flat = items
    return same


def _first(path, expected, got, wrong):
    import numpy

    index = tuple(int(part) for part in numpy.argwhere(wrong)[0])
    return {
        "path": path,
        "expected": repr(expected[index])[:80],
        "got": repr(got[index])[:80],
        "index": list(index),
    }
