"""What every way is asked of the files that `benchmarks/audit.py` makes.

Of lists: rows, nulls, how many there are of each length, empties, wrong lengths, the range; values
out of bounds, NaN and infinite ones, with the rows that have them; how many values are the padding
value, and the rows that begin, end, or are nothing but it. Of plain columns: nulls, range, values
out of bounds. The audit also names the first places of each, tells padding between real steps, and
has a histogram of values.
"""

from __future__ import annotations

# The lengths that are due, and the bounds of the values.
LISTS = {"tokens": (1, 380, 0, 29999), "measured": (1, 400, -1e6, 1e6), "image": (48, 48, -9, 9)}
PLAIN = {"age": (0, 110), "label": (0, 9)}
FLOATS = ("measured", "image")
PADS = {"tokens": 0, "measured": -1}
THREADS = 2
