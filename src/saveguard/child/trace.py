"""Which arrays of an HDF5 file a loader really read."""

from __future__ import annotations

import contextlib

from . import arrays


@contextlib.contextmanager
def reads(consumed):
    """While the block runs, add the path of every dataset that is read to the set `consumed`.

    It watches h5py itself, not a Keras loader, so that it holds for every format and release.
    """
    import h5py

    originals = {
        name: getattr(h5py.Dataset, name) for name in ("__getitem__", "__array__", "read_direct")
    }

    def watched(original):
        def read(dataset, *positions, **options):
            consumed.add(dataset.name)
            return original(dataset, *positions, **options)

        return read

    for name, original in originals.items():
        setattr(h5py.Dataset, name, watched(original))
    try:
        yield consumed
    finally:
        for name, original in originals.items():
            setattr(h5py.Dataset, name, original)


def contents(file, digests):
    """{path: [shape, digest]} of every array in an open HDF5 file, Saveguard's own left out.

    Without `digests` these are None.
    """
    found = {}
    for path, dataset in _datasets(file):
        found[path] = [list(dataset.shape), arrays.digest(dataset[()]) if digests else None]
    return found


def _datasets(file):
    import h5py

    found = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and not name.startswith(arrays.GROUP + "/"):
            found.append(("/" + name, item))

    file.visititems(visit)
    return found
