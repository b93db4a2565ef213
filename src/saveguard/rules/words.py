"""Words that each rule's signatures need, one tuple a signature. Written by `make rules`."""

from __future__ import annotations

WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "SG101": (
        ("truncated file: eof =",),
        (
            "' in the archive",
            "and header b'",
            "bad crc-32 for file",
            "bad magic number for",
            "expected a model.weights.h5 or model.weights.npz file",
        ),
        (
            "address of object past end of allocation",
            "bad byte number in an address",
            "corrupt object header",
            "global heap",
            "local heap",
            "message not aligned",
            "object header",
            "ran off end of input buffer",
            "symbol table",
            "unable to determine object type",
            "wrong b-tree signature",
        ),
        ("is not a zip file", "please ensure the file is an accessible `.keras` zip file"),
    ),
    "SG102": (("file signature not found",),),
    "SG104": (
        (
            "no file or directory found at",
            "no such file or directory: '",
            "unable to open file: name = '",
        ),
        ("savedmodel file does not exist at:",),
    ),
    "SG201": (("could not locate", "unknown l"),),
    "SG203": (("get_config", "layers with arguments in `__init__` must override `get_config`"),),
    "SG204": (("__init__() missing",),),
    "SG206": (("cannot serialize object", "not json serializable:", "unable to serialize"),),
    "SG207": (
        (
            "is a python lambda",
            "requested the deserialization of a",
            "requested the deserialization of a python lambda",
        ),
    ),
    "SG401": (
        (
            "cannot be saved because the input shape",
            "have not yet been created",
            "you are saving a model that has not yet been built",
        ),
    ),
    "SG501": ((", but it received",),),
    "SG502": (
        ("incompatible with the layer: expected",),
        (", but input has incompatible shape",),
    ),
    "SG503": (("but received input with shape",),),
    "SG601": (
        (
            "failed to find data adapter that can handle input: <class '",
            "unrecognized data type: x=",
        ),
    ),
    "SG602": (
        (
            "(empty",
            "empty training data",
            "expect x to be a non-empty array",
            "expected input data to be non-empty",
            "local variable '",
        ),
        ("'int' object has no attribute 'assign'", "local variable 'logs'"),
        ("structure is a scalar but len(flat_sequence) == 0", "target structure is of type"),
    ),
    "SG603": (
        (
            "failed to convert a numpy array to a tensor (unsupported object type",
            "failed to find data adapter that can handle input:",
            "invalid dtype: object",
            "unrecognized data type: x=[",
        ),
        (
            "inhomogeneous shape",
            "non-rectangular",
            "python sequence with mixed types",
            "setting an array element with a sequence",
        ),
    ),
    "SG701": (("disk quota exceeded", "no space left on device", "rrno"),),
    "SG702": (
        ("read-only file system", "rrno"),
        ("operation not permitted", "permission denied", "rrno"),
        ("operation not permitted", "permission denied", "rrno"),
    ),
    "SG703": (("is a directory", "rrno"),),
    "SG704": (
        ("invalid filepath extension for saving",),
        ("must end in `",),
        ("file format not supported: filepath=",),
    ),
    "SG709": (
        ("directory:", "file system scheme '", "name ="),
        ("directory:", "name ="),
    ),
}
