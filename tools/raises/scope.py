"""Which modules are read: Keras's code that saves, loads, builds graphs, and takes data.

Paths are below Keras's own folder. A part of an area that a release does not have yet, or has no
more, is in another place there: the functional model is `engine/network.py` to TF 2.1,
`engine/functional.py` to 2.15 and `models/functional.py` in Keras 3.
"""

from __future__ import annotations

import re

AREAS = {
    "saving": r"saving/(?!utils_v1/|file_editor|orbax_util).*|engine/saving\.py|legacy/saving/.*"
    r"|export/(?!tf2onnx|neptune|litert|openvino|torch|onnx).*|callbacks/model_checkpoint\.py"
    r"|callbacks/backup_and_restore\.py|callbacks/monitor_callback\.py|callbacks\.py",
    "serialisation": r"utils/generic_utils\.py|(?:legacy/)?saving/.*serialization.*"
    r"|engine/base_layer\.py|layers/layer\.py|layers/core(?:/lambda_layer|)\.py",
    "functional": r"engine/(?:network|functional|functional_utils|sequential|node|input_layer"
    r"|keras_tensor)\.py|models(?:\.py|/(?:cloning|functional|model|sequential|variable_mapping)"
    r"\.py)|ops/(?:function|node|operation|symbolic_arguments)\.py|layers/core/input_layer\.py"
    r"|backend/common/keras_tensor\.py",
    "input spec": r"engine/input_spec\.py|layers/input_spec\.py",
    "data adapter": r"engine/(?:data_adapter|training_utils(?:_v1)?|compile_utils"
    r"|partial_batch_padding_handler)\.py|trainers/data_adapters/.*|utils/data_utils\.py",
    "trainer": r"engine/training(?:_arrays|_eager|_generator|_v1|_v2|_v2_utils|_arrays_v1|_eager_v1"
    r"|_generator_v1)?\.py|trainers/(?:trainer|compile_utils|epoch_iterator)\.py"
    r"|backend/\w+/trainer\.py",
    "recurrent": r"layers/(?:recurrent|recurrent_v2)\.py|layers/rnn/(?:base_rnn|rnn|gru|lstm"
    r"|gru_lstm_utils|stacked_rnn_cells|bidirectional)\.py|backend/\w+/rnn\.py",
}
_NEVER = re.compile(
    r"(?:^|/)(?:[\w]*_test|test_\w+|testing_\w+)\.py$|(?:^|/)tests?/|/numpy/trainer"
)


def area(path: str) -> str:
    """The area of a module, or nothing where it is not read."""
    if _NEVER.search(path):
        return ""
    return next((name for name, known in AREAS.items() if re.fullmatch(known, path)), "")
