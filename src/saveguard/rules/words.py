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
    "SG102": (
        ("file signature not found",),
    ),
    "SG104": (
        (
            "no file or directory found at",
            "no such file or directory: '",
            "unable to open file: name = '",
        ),
        ("savedmodel file does not exist at:",),
    ),
    "SG201": (
        ("could not locate", "unknown layer"),
        ("unknown",),
    ),
    "SG203": (
        ("get_config", "layers with arguments in `__init__` must override `get_config`"),
    ),
    "SG204": (
        ("__init__() missing",),
    ),
    "SG206": (
        ("cannot serialize object", "not json serializable:", "unable to serialize"),
    ),
    "SG207": (
        (
            "is a python lambda",
            "requested the deserialization of a",
            "requested the deserialization of a python lambda",
        ),
    ),
    "SG210": (
        (
            "got an unexpected keyword argument '",
            "keyword argument not understood:'",
            "unrecognized keyword argument",
            "unrecognized keyword arguments",
            "unrecognized keyword arguments:",
        ),
    ),
    "SG212": (
        ("could not locate class '", "unknown layer:"),
    ),
    "SG216": (
        ("unhashable type: 'dict'",),
        ("could not", "dtypepolicy", "unhashable type: 'dtypepolicy'", "unknown dtype policy"),
    ),
    "SG217": (
        ("could not locate class '", "unknown layer:", "unsupported layer type: slicingoplambda"),
    ),
    "SG221": (
        (
            "' because it is not a kerassaveable subclass",
            "argument(s) not recognized:",
            "could not locate",
            "string indices must be integers",
        ),
        ("could not deserialize 'keras.metrics.", "could not locate function '", "function:"),
    ),
    "SG222": (
        ("file format not supported: filepath=",),
    ),
    "SG223": (
        ("layer node index out of bounds", "missing layer:"),
    ),
    "SG240": (
        (
            "cannot create group in read-only mode",
            "no model config found in the file at",
            "no model found in config file",
        ),
    ),
    "SG241": (
        ("layers into a model with", "model expected"),
        (
            "), but the saved weight has shape",
            "are incompatible",
            "called `set_weights(weights)` on",
            "not compatible with provided weight shape",
            "received incompatible tensor with shape",
            "shape mismatch",
            "shape mismatch in layer #",
            "was found to correspond to layer",
            "weight count mismatch for layer",
        ),
        (
            "are incompatible",
            "assign requires shapes of both tensors to match",
            "axes don't match array",
            "must have the same rank",
            "objects could not be loaded",
            "shape of the target variable and the shape of the target val",
            "variables, but received",
        ),
    ),
    "SG242": (
        ("' expected 0 variables, but received", "' was never built"),
        ("objects could not be loaded", "variables, but received"),
    ),
    "SG244": (
        ("(name already exists)",),
    ),
    "SG245": (
        ("attributes cannot be saved to hdf5 file because they are larger than",),
        ("larger than 64512 bytes", "object header message is too large"),
        ("sequence item 0: expected str instance, bytes found",),
    ),
    "SG246": (
        (
            "currently `save` requires model to be a graph network",
            "saving the model to hdf5 format requires the model to be a f",
        ),
        (),
    ),
    "SG247": (
        ("target structure is of type",),
        (
            "could not pack sequence. structure had",
            "structure is a scalar but len(flat_sequence) == 0",
        ),
        (
            "could not pack sequence. structure had",
            "structure is a scalar but len(flat_sequence) == 0",
        ),
        (
            "could not pack sequence. structure had",
            "structure is a scalar but len(flat_sequence) == 0",
        ),
    ),
    "SG248": (
        (
            "could not pack sequence. structure had",
            "structure is a scalar but len(flat_sequence) == 0",
        ),
    ),
    "SG255": (
        (
            "' doesn't exist",
            "can't locate attribute: '",
            "found 0 saved layers",
            "layer_names",
            "model_weights",
            "nb_layers",
            "weight file containing 0 layers",
            "weight_names",
        ),
    ),
    "SG256": (
        ("' object has no attribute '", "unhashable type: '"),
    ),
    "SG258": (
        ("' is not defined",),
        ("' is not defined",),
    ),
    "SG260": (
        ("pickle",),
    ),
    "SG262": (
        ("failed to format this callback filepath:",),
        (),
    ),
    "SG263": (
        ("callback received monitor=",),
    ),
    "SG264": (
        ("tried to export a function which references",),
    ),
    "SG265": (
        ("function to call loaded from the savedmodel",),
        (
            "binding inputs to tf.function failed due to `",
            "python inputs incompatible with input_signature",
        ),
    ),
    "SG268": (
        (
            "cannot deserialize empty config",
            "configuration must be a dictionary",
            "could not interpret serialized",
            "could not locate class 'sequential'",
            "expected 'config' to be a dict for",
            "improper config format",
            "model configuration must be a dictionary containing the",
            "unknown `config` as a `dict`",
        ),
        ("pecting property name", "pecting value", "tra data"),
        (
            "' object has no attribute '",
            "argument of type '",
            "can only concatenate str",
            "class_name",
            "config",
            "indices must be integers",
            "layers",
            "nodes",
            "output_mask_type",
        ),
    ),
    "SG269": (
        ("unable to",),
    ),
    "SG401": (
        (
            "cannot be saved because the input shape",
            "have not yet been created",
            "you are saving a model that has not yet been built",
        ),
        (
            "into a model with 0 layers",
            "loading weights into a model that has not yet been built",
            "model expected 0 layers, found",
            "which has not created its variables yet",
        ),
    ),
    "SG501": (
        (", but it received", "input(s). received"),
        (
            "could not compute output",
            "expecting",
            'missing data for input "',
            'no data provided for "',
            "the list of numpy arrays that you are passing to your model ",
        ),
    ),
    "SG502": (
        ("incompatible with",),
        (", but input has incompatible shape",),
        ("dimensions, but got array with shape",),
    ),
    "SG503": (
        ("but received input with shape",),
        ("checking input: expected", "expected shape="),
    ),
    "SG504": (
        ("data cardinality is ambiguous", "same number of samples as target arrays. found"),
        (
            "arrays (x) should have",
            "data cardinality is ambiguous",
            "found a sample_weight array with shape",
            "should have the same number of samples",
        ),
    ),
    "SG505": (
        (
            "failed to find data adapter that can handle input: <class '",
            "please provide as model inputs either a single array or a li",
            "unrecognized data type:",
        ),
        ("' object has no attribute '", "pop from an empty set"),
    ),
    "SG506": (
        (
            "argument `output` must have rank (ndim)",
            "arguments `target` and `output` must have the same",
            "error when checking target",
            "error when checking target: expected",
            "passing a target array of shape",
            "target array with shape",
        ),
        (
            "can not squeeze dim[1], expected a dimension of 1",
            "logits and labels must be",
            "must have the same",
            "y_true and y_pred must have",
        ),
        (
            "are incompatible",
            "dimensions must be equal, but are",
            "incompatible shapes for broadcasting",
            "ncompatible shapes:",
        ),
    ),
    "SG507": (
        ("is not in [0,",),
    ),
    "SG508": (
        ("which is outside the valid range of [0,",),
    ),
    "SG510": (
        (
            "model needs to be compiled before",
            "must be compiled before",
            "you must call `compile()` before",
            "you must compile",
        ),
    ),
    "SG511": (
        (
            "failed to convert a numpy array to a tensor (unsupported obj",
            "invalid dtype:",
            "is not supported",
        ),
        ("' did not contain a loop with signature", "could not convert string to float:"),
    ),
    "SG512": (
        (
            "` argument must not be specified",
            "be passed",
            "be specified",
            "not sufficient to split it into a validation and training se",
            "please specify the number of steps via the `",
            "supported",
            "validation_split",
            "when passing an infinitely repeating dataset",
            "when providing",
            "you passed a dataset or dataset iterator",
            "you should specify the `",
        ),
    ),
    "SG513": (
        (
            "no gradients provided for any variable",
            "no loss found. you may have forgotten",
            "no loss to compute",
            "no loss to optimize",
            "target data is missing",
            "target data to be provided",
        ),
        ("none values not supported", "object has no attribute 'dtype'"),
    ),
    "SG514": (
        (
            "computed output size would be",
            "must be unchanged",
            "negative dimension size caused by subtracting",
            "one of the dimensions in the output is <= 0 due to downsampl",
        ),
    ),
    "SG515": (
        (
            "argument must be a string or a",
            "cannot convert a symbolic",
            "keras symbolic input",
            "keras symbolic inputs/outputs do not implement",
            "kerastensor cannot be used as input to a tensorflow function",
            "kerastensor is symbolic",
            "symbolic kerastensor cannot be",
        ),
        ("using a `tf.tensor` as a python `bool` is not allowed",),
    ),
    "SG516": (
        (
            "`concatenate` layer",
            "`concatenate` layer requires inputs with matching shapes",
            "inputs have incompatible shapes. received shapes",
            "merge layer should be called on a list of",
            "operands could not be broadcast together with shapes",
        ),
    ),
    "SG517": (
        (
            "` is not connected to `inputs`",
            "`inputs` not connected to `outputs`",
            "graph disconnected: cannot obtain value",
            "graph disconnected: cannot obtain value for tensor",
        ),
    ),
    "SG518": (
        (
            "all layers added to a sequential model should have unique na",
            "names should be unique",
            "times in the model",
        ),
    ),
    "SG519": (
        ("could not interpret", "unknown"),
    ),
    "SG601": (
        (
            "failed to find data adapter that can handle input: <class '",
            "unrecognized data type: x=",
        ),
        ("index out of range",),
    ),
    "SG602": (
        (
            "(empty",
            "empty training data",
            "expect x to be a non-empty array",
            "expected input data to be non-empty",
            "generator must yield at least one batch",
            "local variable '",
        ),
        ("'int' object has no attribute 'assign'", "local variable 'logs'"),
        ("structure is a scalar but len(flat_sequence) == 0", "target structure is of type"),
        (),
    ),
    "SG603": (
        (
            "failed to convert a numpy array to a tensor (unsupported obj",
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
    "SG607": (
        (
            "in a stateful network, you should only pass inputs",
            "is incompatible with",
            "is incompatible with the specified batch size of your input ",
            "rnn is stateful,",
        ),
        (
            "dimensions must be equal, but are",
            "incompatible shapes: [",
            "specified a list with shape [",
        ),
    ),
    "SG701": (
        ("disk quota exceeded", "no space left on device", "rrno"),
    ),
    "SG702": (
        ("read-only file system", "rrno"),
        ("operation not permitted", "permission denied", "rrno"),
        ("operation not permitted", "permission denied", "rrno"),
    ),
    "SG703": (
        ("is a directory", "rrno"),
    ),
    "SG704": (
        ("invalid filepath extension for saving",),
        ("must end in `",),
        ("file format not supported: filepath=",),
    ),
    "SG709": (
        ("directory:", "file system scheme '", "name ="),
        ("directory:", "name ="),
    ),
    "SG710": (
        ("cannot import name '", "no module named '"),
    ),
    "SG711": (
        ("' has no attribute", "' has no attribute '", "' object has no attribute '"),
    ),
    "SG712": (
        (
            "argument(s) not recognized:",
            "got an unexpected keyword argument '",
            "is deprecated in the new keras optimizer",
            "keyword argument not understood:'",
            "unrecognized keyword argument",
        ),
    ),
    "SG713": (
        (
            "'nonetype' object has no attribute '_inbound_nodes'",
            "` must be",
            "` values must be kerastensors",
            "added layer must be an instance of class layer.",
            "can be added to a sequential model. received:",
            "found unexpected instance while processing input tensors",
            "have come from `",
            "only input tensors may be passed as positional arguments",
            "output tensors",
            "unrecognized type for `",
        ),
    ),
}
